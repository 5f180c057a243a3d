"""What is asked of the Kubernetes API about one Deployment, over plain HTTPS."""

import http.client
import json
import ssl
import urllib.parse
from dataclasses import dataclass
from typing import Any

from modelyard.deploy.kubernetes.access import Access
from modelyard.deploy.kubernetes.rollout import Rollout
from modelyard.errors import ModelyardError, OutcomeError, OutsideError, RequestError

_TIMEOUT_S = 20
_PATCH = "application/strategic-merge-patch+json"


@dataclass(frozen=True)
class Api:
    """One Deployment: its namespace and its name."""

    access: Access
    namespace: str
    name: str

    def read(self) -> Rollout:
        """Return the Deployment.

        Raises:
            RequestError: There is none.
            OutcomeError: It is not one of ours.
            OutsideError: The cluster does not answer, or refuses.
        """
        return Rollout.of(self._ask("GET", self._path()))

    def change(self, patch: dict[str, Any]) -> Rollout:
        """Merge a change into the Deployment, and return it as it is then."""
        query = "?fieldManager=modelyard&fieldValidation=Strict"
        return Rollout.of(self._ask("PATCH", self._path() + query, patch))

    def troubles(self, labels: dict[str, str]) -> list[str]:
        """Return why containers of its pods do not run, each reason once."""
        selector = urllib.parse.quote(",".join(f"{name}={value}" for name, value in labels.items()))
        pods = self._ask("GET", f"/api/v1/namespaces/{self.namespace}/pods?labelSelector={selector}&limit=100")
        found = [text for pod in pods.get("items", []) for text in _of_pod(pod)]
        return list(dict.fromkeys(found))

    def _path(self) -> str:
        return f"/apis/apps/v1/namespaces/{self.namespace}/deployments/{self.name}"

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        headers = {"authorization": f"Bearer {self.access.token()}", "accept": "application/json"}
        headers |= {"content-type": _PATCH} if body is not None else {}
        parts = urllib.parse.urlsplit(self.access.endpoint)
        try:
            trusting = ssl.create_default_context(cadata=self.access.certificate)
            connection = http.client.HTTPSConnection(
                parts.hostname or "", parts.port, timeout=_TIMEOUT_S, context=trusting
            )
            try:
                connection.request(method, parts.path.rstrip("/") + path, json.dumps(body) if body else None, headers)
                answer = connection.getresponse()
                status, text = answer.status, answer.read()
            finally:
                connection.close()
        except (OSError, http.client.HTTPException) as error:
            raise OutsideError(
                f"The cluster at {parts.hostname} could not be reached: {error}",
                "Run this where the cluster can be reached: on its runner, or from a range in public_access_cidrs.",
                code="no_network",
            ) from error
        if status >= 300:
            raise self._refused(method, status, text)
        return json.loads(text)

    def _refused(self, method: str, status: int, text: bytes) -> ModelyardError:
        try:
            said = str(json.loads(text).get("message", ""))
        except (ValueError, AttributeError):
            said = ""
        if status == 404:
            return RequestError(
                f"There is no Deployment {self.name} in namespace {self.namespace}.",
                "Make it first: modelyard infra up --layer project.",
                code="no_service",
            )
        if status in {401, 403}:
            hint = f"That is the right of {self.name}'s role `loop`; `modelyard infra up --layer project` gives it."
            return OutsideError(f"The cluster refused to {method} ({status}): {said}", hint, code="access_denied")
        if status in {400, 409, 422}:
            return OutcomeError(f"The cluster did not take the change ({status}): {said}", code="not_taken")
        return OutsideError(f"The cluster answered {status}: {said}", "Run the same command again.", code="k8s_failed")


def _of_pod(pod: dict[str, Any]) -> list[str]:
    status = pod.get("status", {})
    waiting = [one.get("state", {}).get("waiting") for one in status.get("containerStatuses", [])]
    found = [f"{one.get('reason', 'waiting')}: {one.get('message', '')}".rstrip(": ") for one in waiting if one]
    unplaced = [
        one.get("message", "") for one in status.get("conditions", [])
        if one.get("type") == "PodScheduled" and one.get("status") == "False"
    ]  # fmt: skip
    return [text for text in (*found, *unplaced) if text and not text.startswith("ContainerCreating")]
