"""Speaks to the API server as a provider does: server-side apply with strict validation, over HTTP and nothing else."""

import json
import ssl
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from typing import Any

_APPLY = "application/apply-patch+yaml"
_MERGE = "application/merge-patch+json"


class RefusedError(AssertionError):
    """The API server said no; its words are the message."""


@dataclass
class Api:
    """One API server on this machine."""

    port: int
    token: str
    known: dict[str, dict[str, tuple[str, bool]]] = field(default_factory=dict)

    def ask(self, method: str, path: str, body: Any = None, kind: str = "application/json") -> str:
        """Send one request.

        Raises:
            RefusedError: The server refused it.
        """
        data = None if body is None else (body if isinstance(body, str) else json.dumps(body)).encode()
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": kind}
        request = urllib.request.Request(f"https://127.0.0.1:{self.port}{path}", data, headers, method=method)
        trusting = ssl._create_unverified_context()  # a certificate that the server made for itself
        try:
            with urllib.request.urlopen(request, timeout=120, context=trusting) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError as error:
            text = error.read().decode()
            raise RefusedError(json.loads(text).get("message", text) if text.startswith("{") else text) from None

    def apply(self, thing: dict[str, Any]) -> dict[str, Any]:
        """Make an object, or bring it to this state; unknown fields are refused."""
        query = "?fieldManager=tests&fieldValidation=Strict&force=true"
        return json.loads(self.ask("PATCH", self._path(thing) + query, thing, _APPLY))

    def create(self, thing: dict[str, Any], *, dry: bool = False) -> dict[str, Any]:
        """Make a new object, or only see what would come of it."""
        query = "?fieldValidation=Strict" + ("&dryRun=All" if dry else "")
        collection = self._path(thing).rpartition("/")[0]
        return json.loads(self.ask("POST", collection + query, thing))

    def change(self, thing: dict[str, Any], patch: dict[str, Any]) -> None:
        """Merge a change into an object that is there."""
        self.ask("PATCH", self._path(thing), patch, _MERGE)

    def read(self, thing: dict[str, Any]) -> dict[str, Any]:
        """Return an object as the server has it."""
        return json.loads(self.ask("GET", self._path(thing)))

    def all(self, version: str, kind: str, namespace: str | None = None, labels: str = "") -> list[dict[str, Any]]:
        """Return all objects of a kind, in a namespace, with these labels."""
        path = self._path(named(version, kind, "x", namespace)).rpartition("/")[0]
        query = f"?labelSelector={urllib.parse.quote(labels)}" if labels else ""
        return json.loads(self.ask("GET", path + query))["items"]

    def _path(self, thing: dict[str, Any]) -> str:
        version, meta = thing["apiVersion"], thing["metadata"]
        root = f"/apis/{version}" if "/" in version else f"/api/{version}"
        plural, namespaced = self._resources(version, root)[thing["kind"]]
        inside = f"/namespaces/{meta.get('namespace', 'default')}" if namespaced else ""
        return f"{root}{inside}/{plural}/{meta['name']}"

    def _resources(self, version: str, root: str) -> dict[str, tuple[str, bool]]:
        if version not in self.known:
            found = json.loads(self.ask("GET", root))["resources"]
            whole = {one["kind"]: (one["name"], one["namespaced"]) for one in found if "/" not in one["name"]}
            self.known[version] = whole
        return self.known[version]


def named(version: str, kind: str, name: str, namespace: str | None = None) -> dict[str, Any]:
    """Return what names an object."""
    meta = {"name": name} | ({"namespace": namespace} if namespace else {})
    return {"apiVersion": version, "kind": kind, "metadata": meta}
