"""What `modelyard.yaml` may say. Every key has its default here and nowhere else."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from modelyard.config.github import Github
from modelyard.config.monitoring import Monitoring
from modelyard.config.release import Release
from modelyard.config.section import Section
from modelyard.config.serving import Serving

Task = Literal["binary", "multiclass", "regression"]
Estimator = Literal["linear", "forest", "boosting", "xgboost", "lightgbm"]
Share = Annotated[float, Field(gt=0, lt=1)]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Label = str | bool | int | float


class Data(Section):
    """Which table, and what its columns are for. A column named nowhere here is a feature."""

    source: str = Field(description="Path or URI of the table, relative to this file.")
    query: str | None = Field(None, description="File of the SELECT whose answer is the table; for a database.")
    sample: str | None = Field(None, description="At most 500 rows for tests and `run --sample`.")
    contract: str = Field("contract.yaml", description="The data contract (ODCS v3.1).")
    target: str = Field(description="The column to predict.")
    positive: Label | None = Field(None, description="The class that counts as positive (binary only).")
    id: str | None = Field(None, description="Identifies a row or an entity; never a feature.")
    time: str | None = Field(None, description="When the row happened; orders the split.")
    group: str | None = Field(None, description="Rows of one group stay on one side of the split.")
    ignore: dict[str, str] = Field({}, description="Columns that are not features, each with its reason.")
    known_at: dict[str, Literal["prediction"]] = Field(
        {}, description="Ignored as a suspected leak, but known when predicting: used after all."
    )

    @property
    def not_features(self) -> frozenset[str]:
        """Columns that never reach the model (the time column may reach `features`)."""
        roles = {c for c in (self.target, self.id, self.time, self.group) if c is not None}
        return frozenset(roles | (set(self.ignore) - set(self.known_at)))

    @model_validator(mode="after")
    def _target_has_one_part(self) -> "Data":
        parts = [part for part in ("id", "time", "group") if getattr(self, part) == self.target]
        parts += ["ignore"] * (self.target in self.ignore)
        if parts:
            raise ValueError(f"{self.target!r} is the target, and cannot be data.{parts[0]} as well")
        return self


class Split(Section):
    """How rows are divided. The same splitter serves search, calibration, evaluation and the gate."""

    by: Literal["time", "group", "hash"] = "hash"
    validation: Share = Field(0.2, description="Share of rows that choose threshold, calibration and search.")
    test: Share = Field(0.2, description="Share of rows that only the gate sees.")

    @model_validator(mode="after")
    def _leaves_rows_to_train_on(self) -> "Split":
        if self.validation + self.test >= 0.9:
            raise ValueError("validation + test must leave at least a tenth of the rows to train on")
        return self


class Search(Section):
    """Hyper-parameter search with Optuna; off unless the section is there."""

    trials: int = Field(20, ge=1)
    timeout_s: float | None = Field(None, gt=0)


class Training(Section):
    """The recipe. `pipeline.model.build` receives it."""

    estimator: Estimator = "boosting"
    parameters: dict[str, bool | int | float | str | None] = Field({}, description="Passed to the estimator.")
    seed: int = Field(0, ge=0, lt=2**31)  # what every library takes
    threads: int = Field(
        2, ge=1, le=1024, description="Part of what makes a run repeatable; not taken from the machine."
    )
    class_weight: Literal["balanced"] | None = None
    calibration: Literal["none", "sigmoid", "isotonic"] = "none"
    threshold: Literal["f1", "youden", "rate"] | Share = Field(
        "f1",
        description="Binary decision threshold, chosen on validation rows: best F1, best Youden index, "
        "the share of positives, or a fixed number.",
    )
    search: Search | None = None


class Fairness(Section):
    """Groups between which decisions are compared."""

    columns: list[str] = []
    max_gap: float = Field(0.1, gt=0, description="Largest allowed gap in selection and true positive rate.")


class Evaluation(Section):
    """How the held-out rows are measured."""

    metric: str = Field(description="The metric that decides; see the README for the names.")
    block: str = Field("auto", description="Unit of resampling: a column, `day`, `row`, or auto.")
    resamples: int = Field(1000, ge=100, le=100_000)
    slices: list[str] | Literal["auto"] = "auto"
    fairness: Fairness = Fairness()


class ChampionRule(Section):
    """The paired comparison with the champion and the pinned best."""

    test: Literal["non_inferiority", "superiority"] = "non_inferiority"
    margin: Annotated[float, Field(ge=0, allow_inf_nan=False)] | Literal["auto"] = Field(
        "auto", description="Largest tolerated loss, in the metric's units; auto is what the rows can resolve."
    )


class Gate(Section):
    """The rules a model must pass before it is registered."""

    floors: dict[str, Finite] = Field({}, description="Metric -> worst value allowed (at its lower bound).")
    beats_dummy: bool = True
    champion: ChampionRule = ChampionRule()
    slice_drop: float | None = Field(0.05, gt=0, description="Harm to a slice that stops a model.")
    calibration_error: float | None = Field(None, gt=0, description="Largest expected calibration error.")
    latency_ms: float | None = Field(50.0, gt=0, description="Largest p99 of scoring one row.")
    size_mb: float | None = Field(200.0, gt=0, description="Largest size of the served model.")
    fairness: bool = True
    parity: bool = True


class Environment(Section):
    """Where snapshots, models and routing live, and where runs are tracked."""

    store: str = Field(".modelyard", min_length=1, description="A folder, or s3://BUCKET/PREFIX.")
    tracking: str | None = Field(None, description="MLflow tracking URI; default SQLite inside the store.")


class ProjectConfig(Section):
    """The whole of `modelyard.yaml`."""

    name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,62}$")
    task: Task
    data: Data
    split: Split = Split()
    training: Training = Training()
    evaluation: Evaluation
    gate: Gate = Gate()
    serving: Serving = Serving()
    release: Release = Release()
    monitoring: Monitoring = Monitoring()
    github: Github = Github()
    environments: dict[str, Environment] = {"local": Environment()}

    @model_validator(mode="after")
    def _split_has_its_column(self) -> "ProjectConfig":
        column = {"time": self.data.time, "group": self.data.group}.get(self.split.by, "")
        if column is None:
            raise ValueError(f"split.by is {self.split.by!r}, but data.{self.split.by} names no column")
        return self
