"""How something is known to belong to an environment: its tags, or the name of what made it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from modelyard.infra.components import names
from modelyard.infra.components.tags import PREFIX


@dataclass(frozen=True)
class Clues:
    """The environment that is searched for."""

    platform: str
    env: str
    region: str
    projects: tuple[str, ...] = ()

    @property
    def owners(self) -> tuple[str, ...]:
        """Values of the tag that names whose a resource is."""
        return (self.platform, *self.projects)

    @property
    def prefix(self) -> str:
        """How physical names of this environment begin."""
        return f"{names.physical(self.platform, self.env, '')}-"

    @property
    def paths(self) -> tuple[str, ...]:
        """How path-like names of this environment begin, those of its services included."""
        ours = [f"{names.path(owner, self.env)}/" for owner in self.owners]
        clusters = f"/aws/eks/{self.prefix}", f"/aws/containerinsights/{self.prefix}"
        return (*ours, *clusters, f"/aws/rds/instance/{self.prefix}", f"/aws/codebuild/{self.prefix}")

    def why(self, tags: Mapping[str, str], *, name: str = "") -> str | None:
        """Return what gives a resource away, or None when it is not of this environment."""
        if tags.get(f"{PREFIX}env") == self.env and tags.get(f"{PREFIX}project") in self.owners:
            return f"tag {PREFIX}env={self.env}"
        if f"{PREFIX}project" in tags:
            return None  # it says itself whose it is, whatever its name looks like
        for key, value in tags.items():
            if value.startswith(self.prefix) and key in {"eks:eks-cluster-name", "aws:eks:cluster-name"}:
                return f"tag {key}={value}"
            if key.startswith(f"kubernetes.io/cluster/{self.prefix}"):
                return f"tag {key}"
        if name and name.startswith((self.prefix, *self.paths)):
            return f"name {name}"
        return None


def pairs(tags: Iterable[Mapping[str, Any]] | None) -> dict[str, str]:
    """Return AWS's list of tags as a mapping."""
    return {str(t.get("Key", t.get("key"))): str(t.get("Value", t.get("value", ""))) for t in tags or ()}


def batches(items: Sequence[Any], size: int) -> Iterable[Sequence[Any]]:
    """Return items in groups as small as an interface accepts."""
    return (items[i : i + size] for i in range(0, len(items), size))
