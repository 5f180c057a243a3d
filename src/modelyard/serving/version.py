"""A loaded version: from rows of a request to predictions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import polars as pl
from pydantic import ValidationError

from modelyard.bundle import golden
from modelyard.bundle.golden import Golden
from modelyard.capture.shape import Shape, shape_of
from modelyard.data import contract as contracts
from modelyard.data.types import polars_type
from modelyard.errors import OutcomeError
from modelyard.reference.profile import Profile
from modelyard.routing import Ref
from modelyard.serving.body import Decoder, Row
from modelyard.serving.example import example
from modelyard.serving.fields import Field, fields
from modelyard.serving.rows import encoder, row_encoder
from modelyard.serving.scorer import Scorer
from modelyard.serving.single import single
from modelyard.serving.watch import Watch, watch
from modelyard.serving.writer import Write, writer

CONTRACT = "contract.yaml"
PROFILE = "profile.json"


@dataclass(frozen=True, eq=False)
class Version:
    """One version of the model, ready to answer.

    Attributes:
        ref: Number and sha256.
        scorer: The model.
        fields: The columns of a request, in the contract's order.
        decoder: Body -> rows of these fields.
        example: A row that the contract allows, column -> JSON value.
        score: Rows -> the scores that `scorer.score` gives for them; from any thread.
        one: The same for a single row, faster; from one thread at a time.
        write: Scores -> the answer.
        watch: Counts what is unusual in rows.
        shape: What its captured rows look like.
        golden: Held-out rows that /explain compares with; None where the bundle has none.
    """

    ref: Ref
    scorer: Scorer
    fields: tuple[Field, ...]
    decoder: Decoder
    example: dict[str, Any]
    score: Callable[[Sequence[Row]], np.ndarray]
    one: Callable[[Row], np.ndarray]
    write: Write
    watch: Watch
    shape: Shape
    golden: Golden | None = None

    @classmethod
    def load(cls, ref: Ref, folder: Path) -> Self:
        """Load a verified bundle, and answer its example once.

        Raises:
            OutcomeError: This environment cannot run it, or it has no answer.
            RequestError: Its contract or its features.py cannot be read.
        """
        scorer = Scorer.load(folder)
        known = fields(contracts.load(folder / CONTRACT), scorer.served)
        profile = _profile(folder / PROFILE)
        score = _score(scorer, known)
        version = cls(
            ref=ref,
            scorer=scorer,
            fields=known,
            decoder=Decoder(known),
            example=example(known, folder / PROFILE),
            score=score,
            one=_one(scorer, known, score),
            write=writer(scorer.served, ref.version),
            watch=watch(known, scorer.served, _complete(scorer, profile)),
            shape=_shape(ref, scorer, known, profile),
            golden=golden.load(folder),
        )
        version.try_example()
        return version

    def try_example(self) -> None:
        """Answer the example.

        Raises:
            OutcomeError: It has no answer.
        """
        shown = self.example
        row = [None if f.column.name not in shown else f.read(shown[f.column.name]) for f in self.fields]
        if not (np.isfinite(self.score([row])).all() and np.isfinite(self.one(row)).all()):
            raise OutcomeError(f"Version {self.ref.version} has no number for its own example.", code="bad_scores")


def _profile(path: Path) -> Profile | None:
    try:
        return Profile.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None


def _shape(ref: Ref, scorer: Scorer, known: Sequence[Field], profile: Profile | None) -> Shape:
    served = scorer.served
    return shape_of(
        ref.version,
        ref.sha256,
        [field.column for field in known],
        classes=served.classes,
        threshold=served.threshold,
        time=profile.time if profile else None,
    )


def _complete(scorer: Scorer, profile: Profile | None) -> frozenset[str]:
    """Return the columns whose vocabulary holds every category of the training rows: no value was too rare for it."""
    if profile is None:
        return frozenset()
    distinct = {column.name: column.distinct for column in profile.columns if column.kind == "category"}
    known = scorer.served.encoding.columns
    return frozenset(c.source for c in known if c.kind == "category" and distinct.get(c.source) == len(c.vocabulary))


def _positions(known: Sequence[Field]) -> dict[str, int]:
    return {field.column.name: i for i, field in enumerate(known)}


def _one(
    scorer: Scorer, known: Sequence[Field], score: Callable[[Sequence[Row]], np.ndarray]
) -> Callable[[Row], np.ndarray]:
    served = scorer.served
    if not served.identity or served.form != "onnx":
        return lambda row: score([row])
    encode = row_encoder(served.encoding, served.types, _positions(known))
    run = single(scorer.run, served.encoding.width)
    return lambda row: run(encode(row))


def _score(scorer: Scorer, known: Sequence[Field]) -> Callable[[Sequence[Row]], np.ndarray]:
    direct = _identity(scorer, known) if scorer.served.identity else _with_features(scorer, known)
    empty = pl.DataFrame(schema=dict.fromkeys(scorer.served.inputs, pl.Null))
    return lambda rows: direct(rows) if rows else scorer.score(empty)


def _identity(scorer: Scorer, known: Sequence[Field]) -> Callable[[Sequence[Row]], np.ndarray]:
    run = scorer.run
    encode = encoder(scorer.served.encoding, scorer.served.types, _positions(known))
    return lambda rows: run(encode(rows))


def _with_features(scorer: Scorer, known: Sequence[Field]) -> Callable[[Sequence[Row]], np.ndarray]:
    run, make, encode = scorer.run, scorer.make, scorer.encode
    positions = _positions(known)
    read = [(name, positions[name]) for name in scorer.served.inputs]
    schema = {name: polars_type(known[positions[name]].column.type) for name in scorer.served.inputs}

    def score(rows: Sequence[Row]) -> np.ndarray:
        # half the time that lists in the order of the schema take, a fifth of a series for each column
        frame = pl.from_dicts([{name: row[i] for name, i in read} for row in rows], schema=schema)
        return run(encode(make(frame)))

    return score
