"""Which image is meant, down to its digest: a tag may move, what was tested may not."""

import re
from dataclasses import dataclass
from typing import Any, Self

from modelyard.deploy.target import Target
from modelyard.errors import RequestError
from modelyard.infra import aws

# distribution/reference: a digest is the only part that says what is inside
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_ABSENT = ("ImageNotFoundException", "RepositoryNotFoundException")


@dataclass(frozen=True)
class Reference:
    """The parts of an image's name; `repository` with its registry, empty where only tag or digest is given."""

    repository: str
    tag: str
    digest: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read REPOSITORY[:TAG][@DIGEST], or only :TAG, TAG or DIGEST, of the service's own repository.

        Raises:
            RequestError: It is none of them.
        """
        name, _, digest = text.strip().rpartition("@") if "@" in text else (text.strip(), "", "")
        if _DIGEST.fullmatch(name):
            name, digest = "", name
        repository, tag = _split(name, digest)
        wrong = (tag and not _TAG.fullmatch(tag)) or (digest and not _DIGEST.fullmatch(digest)) or not (tag or digest)
        if wrong or any(c.isspace() for c in text.strip()):
            raise RequestError(
                f"{text!r} names no image.",
                "Use REPOSITORY:TAG or REPOSITORY@sha256:DIGEST, as the push printed it.",
                code="bad_image",
            )
        return cls(repository, tag, digest)


def resolve(text: str, target: Target) -> str:
    """Return REPOSITORY@DIGEST of an image that is in the registry.

    Raises:
        RequestError: It is not there, or in a repository that the service cannot pull from.
        OutsideError: The registry does not answer.
    """
    asked = Reference.parse(text)
    if asked.repository not in {"", target.repository, target.repository_url}:
        raise RequestError(
            f"{text} is not in {target.repository_url}, the only repository that {target.service} may pull from.",
            f"Push it there: docker tag {text} {target.repository_url}:TAG and docker push.",
            code="wrong_repository",
        )
    found = _found(asked, text, target)
    if asked.digest and asked.digest != found["imageDigest"]:
        raise RequestError(
            f"{text}: the tag {asked.tag} is {found['imageDigest']}.", "Leave the tag out.", code="bad_image"
        )
    if found.get("imageStatus", "ACTIVE") != "ACTIVE":
        raise RequestError(f"{text} is archived.", "Restore it in the registry, or push it again.", code="no_image")
    return f"{target.repository_url}@{found['imageDigest']}"


def _found(asked: Reference, text: str, target: Target) -> dict[str, Any]:
    from botocore.exceptions import ClientError

    which = {"imageTag": asked.tag} if asked.tag else {"imageDigest": asked.digest}
    with aws.told(f"looking for {text}"):
        try:
            details = aws.client("ecr", target.region).describe_images(
                registryId=target.account, repositoryName=target.repository, imageIds=[which]
            )["imageDetails"]
        except ClientError as error:
            if aws.code(error) not in _ABSENT:
                raise
            details = []
    if not details:
        raise RequestError(
            f"There is no image {text} in {target.repository_url}.",
            "Build and push it first, or name another.",
            code="no_image",
        )
    return details[0]


def _split(name: str, digest: str) -> tuple[str, str]:
    """Return repository and tag; a colon before the last slash belongs to a port, one word alone is a tag."""
    head, slash, last = name.rpartition("/")
    base, colon, tag = last.partition(":")
    if colon:
        return f"{head}{slash}{base}", tag
    return (name, "") if slash or digest else ("", last)
