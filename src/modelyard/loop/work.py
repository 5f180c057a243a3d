"""A run at work, once its rows are known: what the later stages share, each read when first needed."""

from dataclasses import dataclass
from functools import cached_property

import polars as pl

from modelyard.bundle.source import Pipeline
from modelyard.config import ProjectConfig
from modelyard.data import contract as contracts
from modelyard.data.contract import Contract
from modelyard.loop.context import Context
from modelyard.loop.keys import run_key, train_key
from modelyard.loop.models import local_bundle
from modelyard.loop.provenance import Provenance
from modelyard.loop.references import seen_by
from modelyard.loop.results import DataRecord
from modelyard.loop.stages.data import Rows, load
from modelyard.loop.workspace import Workspace
from modelyard.routing.document import Ref, Routing


@dataclass(frozen=True)
class Work:
    """Rows, code and routing of one run."""

    context: Context
    data: DataRecord
    code: Provenance
    routing: Routing  # as it was when the run began

    @property
    def config(self) -> ProjectConfig:
        """The project's configuration."""
        return self.context.project.config

    @cached_property
    def rows(self) -> Rows:
        """The labelled rows and their sides."""
        return load(self.context, self.data)

    @cached_property
    def pipeline(self) -> Pipeline:
        """The user's code."""
        return self.context.pipeline()

    @cached_property
    def contract(self) -> Contract:
        """The data contract."""
        return self.context.contract()

    @cached_property
    def schema(self) -> pl.Schema:
        """The contract's types."""
        return contracts.schema(self.contract)

    @cached_property
    def personal(self) -> frozenset[str]:
        """Columns that look like personal data."""
        return frozenset(c.name for c in self.contract.columns if c.personal)

    @cached_property
    def trained(self) -> Workspace:
        """Where the trained recipe lies; the same for every way of judging it."""
        return Workspace(self.context.local / "runs" / "train" / self.recipe)

    @cached_property
    def judged(self) -> Workspace:
        """Where evaluation, verdict and registration lie."""
        return Workspace(self.context.local / "runs" / "judge" / self.key)

    @cached_property
    def champion(self) -> Ref | None:
        """The champion to compare with; None where there is none, or where it is this very recipe."""
        return self._rival(self.routing.champion)

    @cached_property
    def pinned(self) -> Ref | None:
        """The pinned best to compare with, where it is another one."""
        pinned = self.routing.pinned
        return None if pinned == self.routing.champion else self._rival(pinned)

    @cached_property
    def recipe(self) -> str:
        """The idempotency key of the training alone."""
        return train_key(self.data, self.code, self.config)

    @cached_property
    def key(self) -> str:
        """The idempotency key of the whole run."""
        return run_key(self.data, self.code, self.config)

    def _rival(self, ref: Ref | None) -> Ref | None:
        """Leave out a version of this recipe: one that a killed run let in, or that other gate settings judged."""
        if ref is None or seen_by(local_bundle(self.context, ref)).recipe == self.recipe:
            return None
        return ref
