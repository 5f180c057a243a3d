"""Who is signed in."""

from modelyard.errors import RequestError
from modelyard.infra import answers, aws


class Caller(answers.Answer):
    """The account and the name of the credentials in use."""

    account: str
    arn: str


def identity(region: str) -> Caller:
    """Return whose the credentials in use are.

    Raises:
        OutsideError: There are none, they are not valid, or AWS cannot be asked.
    """
    return answers.ask(Caller, "asking AWS who is signed in", aws.client("sts", region).get_caller_identity)


def must_be(account: str, region: str) -> None:
    """Check that the credentials belong to the account of the configuration.

    Raises:
        RequestError: They belong to another one.
    """
    found = identity(region).account
    if found != account:
        raise RequestError(
            f"The credentials belong to account {found}, the configuration names {account}.",
            "Sign in to the right account (AWS_PROFILE), or correct `account` in platform.yaml.",
            code="wrong_account",
        )
