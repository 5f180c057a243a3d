"""The way into an EKS cluster: its address, its certificate, and tokens made of the signed-in role."""

import base64
from collections.abc import Callable
from dataclasses import dataclass

from modelyard.deploy.target import Target
from modelyard.errors import OutsideError, RequestError
from modelyard.infra import aws

_TOKEN_S = 60


@dataclass(frozen=True)
class Access:
    """One API server.

    Attributes:
        endpoint: https://HOST[:PORT]
        certificate: PEM of the authority that signed its certificate.
        token: Makes the bearer of one request.
    """

    endpoint: str
    certificate: str
    token: Callable[[], str]


def of_eks(target: Target) -> Access:
    """Return the way into a target's cluster.

    Raises:
        RequestError: There is no such cluster.
        OutsideError: AWS does not answer, or the cluster is not ready.
    """
    from botocore.exceptions import ClientError

    with aws.told(f"looking for the cluster {target.cluster}"):
        try:
            found = aws.client("eks", target.region).describe_cluster(name=target.cluster)["cluster"]
        except ClientError as error:
            if aws.code(error) != "ResourceNotFoundException":
                raise
            raise RequestError(
                f"There is no cluster {target.cluster}.",
                f"Make it first: modelyard infra up --env {target.env}.",
                code="no_service",
            ) from error
    if not found.get("endpoint"):
        raise OutsideError(f"The cluster {target.cluster} is {found.get('status')}.", "Wait for it.", code="not_ready")
    authority = base64.b64decode(found["certificateAuthority"]["data"]).decode("ascii", "replace")  # PEM
    return Access(found["endpoint"], authority, lambda: eks_token(target.cluster, target.region))


def eks_token(cluster: str, region: str) -> str:
    """Return a token: a request to STS, signed and not sent, which the API server sends for itself.

    The form is that of aws-iam-authenticator: `k8s-aws-v1.` and the URL in base64 without padding.
    """
    import boto3
    from botocore.model import ServiceId
    from botocore.signers import RequestSigner

    with aws.told("signing in to the cluster"):
        session = boto3.Session()._session
        credentials, events = session.get_credentials(), session.get_component("event_emitter")
        if credentials is None:
            raise OutsideError("There are no AWS credentials.", "Sign in: aws sso login.", code="no_credentials")
        request = {
            "method": "GET",
            "url": f"https://sts.{region}.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15",
            "body": {},
            "headers": {"x-k8s-aws-id": cluster},
            "context": {},
        }
        signer = RequestSigner(ServiceId("STS"), region, "sts", "v4", credentials, events)
        url = signer.generate_presigned_url(request, region_name=region, expires_in=_TOKEN_S, operation_name="")
    return "k8s-aws-v1." + base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")
