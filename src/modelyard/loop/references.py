"""The champion and the pinned best, on held-out rows that they never saw.

A version is there in two forms: as served (refitted on all its rows) and as evaluated (fitted without its own
held-out rows). With a split by time the served form is compared on rows after its last one, if there are
enough; else the evaluated form stands for it on rows that were held out from it too.
"""

import re
from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import Path

import numpy as np
import polars as pl

from modelyard.bundle.served import missing
from modelyard.bundle.served import read as read_served
from modelyard.data.split import Split, parts
from modelyard.data.types import plainly
from modelyard.evaluation.judged import LEAST_ROWS, Reference
from modelyard.loop.context import Context
from modelyard.loop.models import local_bundle
from modelyard.record import Record
from modelyard.routing.document import Ref, Routing
from modelyard.serving.scorer import Scorer

FILE_NAME = "seen.json"
_COUNTED = re.compile(r"-?[0-9]+")


class Seen(Record):
    """Which rows a version has seen; a file of its bundle."""

    recipe: str  # the key of the training: versions of one recipe are one model, and no rivals
    snapshot: str
    split: Split
    time: str | None  # the time column
    data_end: str | None  # the last moment that the served form has seen, ISO
    eval_data_end: str | None  # likewise, for the evaluated form

    @property
    def end(self) -> datetime | int | None:
        """What `data_end` says."""
        return None if self.data_end is None else moment(self.data_end)


def moment(text: str) -> datetime | int:
    """Return what a recorded end of rows says: naive UTC, or a number where the time column counts (years, say)."""
    return int(text) if _COUNTED.fullmatch(text) else datetime.fromisoformat(text)


def require_readable(context: Context, rivals: Mapping[str, Ref], columns: Collection[str]) -> None:
    """Refuse rows that a version to be compared with cannot read, before anything is trained on them.

    Args:
        context: The project.
        rivals: The versions by their roles.
        columns: Of the rows.

    Raises:
        OutcomeError: A version reads a column that is none of `columns`.
    """
    for role, ref in rivals.items():
        inputs = read_served(local_bundle(context, ref)).inputs
        absent = [name for name in inputs if name not in columns]
        if absent:
            hint = "Keep them in the table and in contract.yaml, empty where unknown: a new model is compared with it."
            raise missing(absent, f"The {role} v{ref.version}", hint)


def reference(context: Context, role: str, ref: Ref, held_out: pl.DataFrame) -> Reference:
    """Score `held_out` by a version, in the form that has not seen the rows it is compared on.

    Raises:
        OutcomeError: The bundle was damaged, or cannot run here.
    """
    folder = local_bundle(context, ref)
    seen = seen_by(folder)
    after = _after(held_out, seen)
    if after is not None and int(after.sum()) >= LEAST_ROWS:
        return _scored(Scorer.load(folder), f"{role} v{ref.version} as served", ref, held_out, after)
    unseen = (parts(seen.split, held_out) == "test").to_numpy()
    return _scored(
        Scorer.load(folder / "evaluated", pipeline=folder / "pipeline"),
        f"{role} v{ref.version} as evaluated",
        ref,
        held_out,
        unseen,
    )


def seen_by(folder: Path) -> Seen:
    """Return what the version in the bundle `folder` has seen."""
    return Seen.model_validate_json((folder / FILE_NAME).read_bytes())


def champion_split(context: Context, routing: Routing) -> Split | None:
    """Return the split of the champion: rows may move from its test side to training, never back."""
    if routing.champion is None:
        return None
    folder = local_bundle(context, routing.champion)
    return seen_by(folder).split


def _after(held_out: pl.DataFrame, seen: Seen) -> np.ndarray | None:
    """Return which rows lie after everything the served form has seen; None without a split by time."""
    end = seen.end
    if seen.split.by != "time" or seen.time not in held_out.columns or end is None:
        return None
    moments = plainly(held_out[seen.time])
    if isinstance(end, int) != moments.dtype.is_integer():
        return None  # the column has another type since
    moments = moments if isinstance(end, int) else moments.cast(pl.Datetime("us"))
    return (moments > end).fill_null(value=False).to_numpy()


def _scored(scorer: Scorer, label: str, ref: Ref, held_out: pl.DataFrame, mask: np.ndarray) -> Reference:
    scores = scorer.score(held_out.filter(pl.Series(mask)))
    return Reference(label=label, version=str(ref.version), mask=mask, scores=scores, threshold=scorer.served.threshold)
