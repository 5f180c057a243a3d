"""Values that nobody may see: a preview without the right to open secrets puts a mask in the place of each."""

from collections.abc import Callable

import pulumi
import pulumi_aws as aws

MASK = "[masked]"
_SPACE, _NAME = "modelyard", "masked"
KEY = f"{_SPACE}:{_NAME}"  # the config that tells a program to ask for no secret


def secret(ask: Callable[[], pulumi.Output[str]]) -> pulumi.Output[str]:
    """Return a secret text: what `ask` answers, or the mask, and then nothing is asked of AWS."""
    masked = pulumi.Config(_SPACE).get_bool(_NAME)
    return pulumi.Output.secret(MASK if masked else ask())


def password(length: int) -> pulumi.Output[str]:
    """Return a secret text of letters and digits, drawn anew by each run."""
    return secret(lambda: _drawn(length))


def _drawn(length: int) -> pulumi.Output[str]:
    drawn = aws.secretsmanager.get_random_password_output(password_length=length, exclude_punctuation=True)
    return drawn.random_password
