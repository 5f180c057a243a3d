"""The version that scores: found by its number, brought to this machine and loaded."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from modelyard.config import Project
from modelyard.data import contract as contracts
from modelyard.data.contract import Column, Contract
from modelyard.data.store import Store
from modelyard.errors import RequestError
from modelyard.routing import Ref, Routing, document
from modelyard.serving.bundles import bundle
from modelyard.serving.fields import Field, fields
from modelyard.serving.scorer import Scorer
from modelyard.serving.version import CONTRACT

Registered = Callable[[int], Ref]
"""Looks a version up in the registry, for one that routing does not name."""


@dataclass(frozen=True)
class Model:
    """A loaded version.

    Attributes:
        ref: Number and sha256.
        scorer: The model.
        contract: The contract of its bundle; names every column that the model reads.
        fields: What a server would ask of each column.
    """

    ref: Ref
    scorer: Scorer
    contract: Contract
    fields: tuple[Field, ...]

    @classmethod
    def load(cls, project: Project, version: int | None, registered: Registered | None) -> Self:
        """Load the champion, or the version of this number.

        Raises:
            RequestError: There is no such version, or none at all.
            OutcomeError: Its bundle is damaged, or cannot be run here.
            OutsideError: The store failed.
        """
        store = Store.open(project.environment.store, project.root)
        ref = _find(document.read(store), version, registered)
        folder = bundle(store, ref, project.root / ".modelyard" / "work" / project.env / "cache")
        scorer = Scorer.load(folder)
        contract = contracts.load(folder / CONTRACT)
        asked = fields(contract, scorer.served)
        columns: tuple[Column, ...] = tuple(field.column for field in asked)
        return cls(ref, scorer, contract.model_copy(update={"columns": columns}), asked)


def _find(routing: Routing, version: int | None, registered: Registered | None) -> Ref:
    if version is None:
        if routing.champion is None:
            raise RequestError(
                "No version is released yet.", "Train and register one with `modelyard run`.", code="no_version"
            )
        return routing.champion
    roles = (routing.champion, routing.challenger, routing.previous, routing.pinned)
    known = next((ref for ref in roles if ref is not None and ref.version == version), None)
    if known is not None:
        return known
    if registered is None:
        raise RequestError(
            f"Routing names no version {version}.", "`modelyard models list` shows all.", code="no_version"
        )
    return registered(version)
