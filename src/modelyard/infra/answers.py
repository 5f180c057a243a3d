"""AWS's answers, held to the shape that is read from them: what answers may be a proxy, which is no AWS at all."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_pascal

from modelyard.infra import aws


class Http(BaseModel):
    """How an answer came."""

    headers: Mapping[str, str] = Field({}, alias="HTTPHeaders")


class Answer(BaseModel):
    """What is read of one answer; the keys are AWS's, in its spelling."""

    model_config = ConfigDict(alias_generator=to_pascal, frozen=True)

    response_metadata: Http = Http()


class Page(Answer):
    """One page of a listing."""

    next_token: str | None = None


# what botocore's parsers raise on what is no answer of that call; the last, where S3 redirects and does not say whither
_LOST = (LookupError, ValueError, TypeError, AttributeError, RecursionError)
Pages = TypeVar("Pages", bound=Page)
Shape = TypeVar("Shape", bound=Answer)


def ask(shape: type[Shape], what: str, call: Callable[..., Any], **arguments: Any) -> Shape:  # noqa: ANN401
    """Call AWS once and return the answer.

    Raises:
        OutsideError: As `aws.told` says; or the answer is not of that shape.
    """
    with aws.told(what):
        found = _called(what, call, arguments)
    try:
        if Answer.model_validate(found).response_metadata.headers.get("content-type", "").startswith("text/html"):
            raise aws.unreadable(what, "it is a web page")
        return shape.model_validate(found)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise aws.unreadable(what, f"{where}: {first['msg']}") from error


def pages(shape: type[Pages], what: str, call: Callable[..., Any], **arguments: Any) -> Iterator[Pages]:  # noqa: ANN401
    """Yield all pages of a listing, also of one for which boto3 has no paginator.

    Raises:
        OutsideError: As `ask`.
    """
    page = ask(shape, what, call, **arguments)
    yield page
    while page.next_token:
        page = ask(shape, what, call, **arguments, NextToken=page.next_token)
        yield page


def _called(what: str, call: Callable[..., Any], arguments: Mapping[str, Any]) -> Any:  # noqa: ANN401
    from botocore.exceptions import BotoCoreError

    try:
        return call(**arguments)
    except BotoCoreError:  # some of them are ValueErrors as well
        raise
    except _LOST as error:
        raise aws.unreadable(what, str(error)) from error
