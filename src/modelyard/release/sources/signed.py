"""Signs the questions to a Prometheus that AWS runs, with whatever credentials boto3 finds."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from modelyard.errors import OutsideError

_HOST = re.compile(r"aps-workspaces(-fips)?\.(?P<region>[a-z0-9-]+)\.(amazonaws\.com|api\.aws)")
_HINT = "Sign in (aws sso login, AWS_PROFILE), as a role that may aps:QueryMetrics; see `release.prometheus`."


class Signer:
    """Version 4 of AWS's signature, for one region; one is good for minutes only, so each question has its own."""

    def __init__(self, region: str) -> None:
        """Take the credentials of this machine.

        Raises:
            OutsideError: boto3 is missing, or there are none.
        """
        self._region = region
        self._credentials = _credentials()

    def headers(self, url: str) -> Mapping[str, str]:
        """Return what goes with a GET of exactly this address.

        Raises:
            OutsideError: The credentials have expired and cannot be renewed.
        """
        from botocore.auth import SigV4Auth
        from botocore.awsrequest import AWSRequest
        from botocore.exceptions import BotoCoreError, ClientError

        request = AWSRequest("GET", url)
        try:
            SigV4Auth(self._credentials.get_frozen_credentials(), "aps", self._region).add_auth(request)
        except (BotoCoreError, ClientError) as error:
            raise _no_credentials(str(error)) from error
        return dict(request.headers.items())


def signer(url: str) -> Signer | None:
    """Return who signs for the address of a workspace; None where it is none of AWS's.

    Raises:
        OutsideError: It is, and boto3 or credentials are missing.
    """
    try:
        found = _HOST.fullmatch(urlsplit(url).hostname or "")
    except ValueError:  # no address at all, which who asks it says better
        return None
    return Signer(found["region"]) if found else None


def _credentials() -> Any:  # noqa: ANN401 - of a package that need not be there
    try:
        import boto3
        from botocore.exceptions import BotoCoreError
    except ImportError as error:
        raise OutsideError(
            "Asking Prometheus on AWS needs boto3.", "pip install boto3", code="missing_library"
        ) from error
    try:
        found = boto3.Session().get_credentials()
    except BotoCoreError as error:
        raise _no_credentials(str(error)) from error
    if found is None:
        raise _no_credentials("there are none")
    return found


def _no_credentials(why: str) -> OutsideError:
    return OutsideError(f"Prometheus on AWS cannot be asked without AWS credentials: {why}.", _HINT, code="no_metrics")
