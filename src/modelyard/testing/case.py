"""A generated repository as its own tests see it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from polars import selectors

from modelyard import config as configuration
from modelyard.config import ProjectConfig
from modelyard.data.load import open_table
from modelyard.data.types import plainly

if TYPE_CHECKING:
    from modelyard.data.contract import CheckResult, Contract
    from modelyard.data.encode import Encoding
    from modelyard.training.build import BuildConfig

_STRANGERS = 4


@dataclass(frozen=True)
class Case:
    """The project in `root`, with the features that its `features` makes of the sample."""

    root: Path
    config: ProjectConfig
    contract: "Contract"
    sample: pl.DataFrame
    make: Callable[[pl.DataFrame], pl.DataFrame]

    @property
    def target(self) -> str:
        """The column to predict."""
        return self.config.data.target

    @property
    def contract_columns(self) -> list[str]:
        """Every column that the contract describes."""
        return [column.name for column in self.contract.columns]

    @property
    def personal(self) -> frozenset[str]:
        """Columns of personal data that the project does not use."""
        return frozenset(c.name for c in self.contract.columns if c.personal) & frozenset(self.config.data.ignore)

    @property
    def named(self) -> frozenset[str]:
        """Columns to which modelyard.yaml gives a part."""
        return self.config.data.not_features | frozenset(self.config.data.known_at)

    @cached_property
    def features(self) -> list[str]:
        """Columns that the model may use."""
        return [name for name in self.sample.columns if name not in self.config.data.not_features]

    @cached_property
    def inputs(self) -> list[str]:
        """Columns that reach `features`: those that the model may use, and the time."""
        return [name for name in self.sample.columns if name in self.features or name == self.config.data.time]

    @property
    def hidden(self) -> list[str]:
        """Columns that a server never gets: the target, the id, and whatever is ignored."""
        return [name for name in self.sample.columns if name not in self.inputs]

    @property
    def rows(self) -> pl.DataFrame:
        """The sample as a server would get it."""
        return self.sample[self.inputs]

    @property
    def rows_with_answers(self) -> pl.DataFrame:
        """The sample with the columns that no server gets."""
        return self.sample[[*self.inputs, *self.hidden]]

    @property
    def ordered(self) -> list[str]:
        """Columns whose values have an order."""
        return [name for name in self.features if self.sample.schema[name] != pl.String]

    @cached_property
    def encoding(self) -> "Encoding":
        """What turns features into the matrix."""
        from modelyard.data.encode import learn

        made = self.make(self._labelled[self.inputs])
        kept = [name for name in made.columns if name not in self.config.data.not_features]
        return learn(made[kept], max_categories=50, min_count=2, target=self.truth)

    @cached_property
    def matrix(self) -> np.ndarray:
        """The labelled rows of the sample as the model gets them: (n, f) float32."""
        return self.encoding.apply(self.make(self._labelled[self.inputs]))

    @cached_property
    def truth(self) -> np.ndarray:
        """The answers to `matrix`: (n,) positions of classes, or values."""
        from modelyard.training.labels import codes, labels, numbers

        column = self._labelled[self.target]
        if self.config.task == "regression":
            return numbers(column).to_numpy()
        return codes(labels(column), self._classes)

    @property
    def strangers(self) -> np.ndarray:
        """Rows of values that training does not promise: missing, unknown, very small, very large."""
        rows = np.zeros((_STRANGERS, self.matrix.shape[1]), dtype=np.float32)
        numeric, categorical = list(self.encoding.numeric), list(self.encoding.categorical)
        rows[:, numeric] = np.array([np.nan, 0.0, -1e9, 1e9], dtype=np.float32)[:, None]
        rows[:, categorical] = np.array([0.0, 1.0, 0.0, 1.0], dtype=np.float32)[:, None]
        return rows

    @cached_property
    def build_config(self) -> "BuildConfig":
        """What `build` is called with."""
        from modelyard.training.build import BuildConfig

        training = self.config.training
        return BuildConfig(
            task=self.config.task,
            estimator=training.estimator,
            parameters=training.parameters,
            seed=training.seed,
            threads=training.threads,
            class_weight=training.class_weight,
            n_classes=len(self._classes),
            rows=max(len(self.truth), 5 * self.encoding.width),  # for made-up rows a table is never too wide
            names=tuple(self.encoding.names),
            numeric=tuple(self.encoding.numeric),
            categorical=tuple(self.encoding.categorical),
        )

    def check(self, *, without: str | None = None) -> "CheckResult":
        """Check the sample, or the sample without one column, against the contract."""
        import tempfile

        from modelyard.data.contract import check

        rows = self.sample if without is None else self.sample.drop(selectors.by_name(without))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "sample.parquet")
            rows.write_parquet(path)
            return check(self._expected, open_table(str(path)))

    def possible_scores(self) -> Iterator[np.ndarray]:
        """Yield scores that a model could give the labelled rows: even ones, and sure ones."""
        if self.config.task == "regression":
            yield np.full(len(self.truth), self.truth.mean())
            yield self.truth.astype(float).copy()
            return
        classes = self.build_config.n_classes
        yield np.full((len(self.truth), classes), 1 / classes)
        yield np.eye(classes)[self.truth]

    @cached_property
    def _classes(self) -> list[str]:
        from modelyard.training.labels import classes, labels

        if self.config.task == "regression":
            return []
        return classes(labels(self._labelled[self.target]), self.config.data.positive, self.config.task)[0]

    @cached_property
    def _labelled(self) -> pl.DataFrame:
        return self.sample.filter(plainly(self.sample[self.target]).is_not_null())

    @property
    def _expected(self) -> "Contract":
        """The contract without what a sample cannot keep: personal columns, and rules on the whole table."""
        columns = tuple(column for column in self.contract.columns if column.name not in self.personal)
        return self.contract.model_copy(update={"columns": columns, "rules": ()})


def open_case(root: Path, features: Callable[[pl.DataFrame], pl.DataFrame]) -> Case:
    """Read the project in `root`.

    Raises:
        RequestError: Its configuration, contract or sample cannot be read.
    """
    from modelyard.data import contract as contracts

    config = configuration.load(root).config
    contract = contracts.load(root / config.data.contract)
    sample = config.data.sample or config.data.source
    optional = frozenset(config.data.ignore)
    present = open_table(sample, root)
    found = set(present.frame.collect_schema().names())
    frame = contracts.read(contract, present, optional=optional).collect()
    return Case(root, config, contract, frame[[name for name in frame.columns if name in found]], features)
