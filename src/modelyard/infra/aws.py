"""The one door to boto3: its clients, and AWS's errors as ours."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from modelyard.errors import ModelyardError, OutsideError

NO_CREDENTIALS = ("NoCredentialsError", "PartialCredentialsError", "SSOTokenLoadError", "ProfileNotFound")
EXPIRED = (
    "ExpiredToken",
    "ExpiredTokenException",
    "RequestExpired",
    "UnauthorizedSSOTokenError",
    "TokenRetrievalError",
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "InvalidAccessKeyId",
    "IncompleteSignature",
    "SignatureDoesNotMatch",
    "InvalidSignatureException",
    "RequestTimeTooSkewed",
)
ABSENT = ("404", "NoSuchBucket", "NoSuchResourceException")
DENIED = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "403", "AuthFailure")


def client(service: str, region: str) -> Any:  # noqa: ANN401 - boto3 makes its classes at run time
    """Return a client that retries throttling and gives up on a dead network within seconds."""
    import boto3
    from botocore.config import Config

    with told(f"a client for {service}"):
        config = Config(retries={"mode": "standard", "max_attempts": 5}, connect_timeout=5, read_timeout=30)
        try:
            return boto3.client(service, region_name=region, config=config)
        except ValueError as error:  # an address or number in the settings that is none
            raise _of_settings(f"a client for {service}", error) from error


@contextmanager
def told(what: str) -> Generator[None]:
    """Turn what boto3 raises into one error of ours that says what was being done.

    Raises:
        OutsideError: No credentials, settings that cannot be used, no permission, no network, or a refusal of AWS.
    """
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.parsers import ResponseParserError

    try:
        yield
    except ClientError as error:
        raise _of_client(what, error) from error
    except ResponseParserError as error:
        raise unreadable(what, str(error)) from error
    except BotoCoreError as error:
        raise _of_core(what, error) from error
    except OSError as error:  # a file or command that the settings name: boto3 makes errors of the network its own
        raise _of_settings(what, error) from error


def code(error: Exception) -> str:
    """Return the service's own name of an error."""
    return str(getattr(error, "response", {}).get("Error", {}).get("Code", type(error).__name__))


def pages(service: Any, operation: str, key: str, **arguments: Any) -> list[Any]:  # noqa: ANN401
    """Return the items of all pages of a listing."""
    with told(f"listing with {operation}"):
        return [item for page in service.get_paginator(operation).paginate(**arguments) for item in page.get(key, [])]


def unreadable(what: str, why: str) -> OutsideError:
    """Return the error for an answer that is none of AWS's."""
    return OutsideError(
        f"AWS's answer cannot be read ({what}): {why}",
        "See what answers in its place: a proxy (HTTPS_PROXY), a sign-in page, or AWS_ENDPOINT_URL.",
        code="bad_answer",
    )


def _of_client(what: str, error: Exception) -> ModelyardError:
    found = code(error)
    message = str(getattr(error, "response", {}).get("Error", {}).get("Message", error))
    if found in EXPIRED:
        return OutsideError(
            f"The AWS credentials have expired or are not valid: {found} ({what}).",
            "Sign in again. If that is of no use, set this machine's clock, and see that the region is enabled.",
            code="expired_credentials",
        )
    if found in DENIED:
        operation = getattr(error, "operation_name", "")
        return OutsideError(
            f"AWS refused {operation} ({what}): {message}", "Give the signed-in role that action.", code="access_denied"
        )
    return OutsideError(
        f"AWS answered {found} ({what}): {message}",
        "Run the same command again.",
        code="not_found" if found in ABSENT else "aws_failed",
    )


def _of_core(what: str, error: Exception) -> ModelyardError:
    from botocore.exceptions import ConnectionError as NoConnection
    from botocore.exceptions import HTTPClientError, WaiterError

    kind = type(error).__name__
    if kind in EXPIRED:
        return OutsideError(f"The AWS credentials have expired ({what}): {error}", _SIGN_IN, code="expired_credentials")
    if kind in NO_CREDENTIALS:
        return OutsideError(f"There are no AWS credentials ({what}): {error}", _SIGN_IN, code="no_credentials")
    if isinstance(error, WaiterError):
        return OutsideError(f"AWS did not finish ({what}): {error}", "Run the same command again.", code="aws_failed")
    if isinstance(error, (NoConnection, HTTPClientError)):
        return OutsideError(
            f"AWS could not be reached ({what}): {error}", "Check the network and the region's name.", code="no_network"
        )
    return _of_settings(what, error)


_SIGN_IN = "Sign in: aws sso login, or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."


def _of_settings(what: str, error: Exception) -> OutsideError:
    """Return what says that not AWS is at fault, but how this machine is set up to ask it."""
    return OutsideError(
        f"This machine's settings for AWS cannot be used ({what}): {error}",
        "Correct what it names: in ~/.aws/config, ~/.aws/credentials, or a variable that begins with AWS_.",
        code="bad_aws_settings",
    )
