"""Records a judged run in MLflow, whatever the verdict: parameters, metrics, plots, card and provenance."""

import json
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from modelyard.evaluation.card import About, card
from modelyard.evaluation.results import Comparison, Evaluation, GateResult
from modelyard.loop.results import TrainRecord
from modelyard.loop.stages.evaluate import PLOTS
from modelyard.loop.work import Work
from modelyard.registry.models import Registry

CARD = "MODEL_CARD.md"


def track(work: Work, registry: Registry, train: TrainRecord, evaluation: Evaluation, gate: GateResult) -> str:
    """Return the id of the run; the same key gives the same run."""
    with tempfile.TemporaryDirectory() as folder:
        _collect(work, train, evaluation, gate, Path(folder))
        return registry.track(
            work.key,
            params=_parameters(work, train),
            metrics=_metrics(evaluation),
            tags=tags(work, gate),
            folder=Path(folder),
        )


def tags(work: Work, gate: GateResult) -> dict[str, str]:
    """Return what a run and its version say of their origin."""
    return {
        "snapshot": work.data.snapshot.id,
        "source": work.data.snapshot.source,
        "commit": work.code.commit,
        "dirty": str(work.code.dirty).lower(),
        "code": work.code.code,
        "lock": work.code.lock,
        "verdict": gate.verdict,
        "held_out": gate.held_out.sha256,
        "libraries": json.dumps(work.code.libraries),
    }


def _parameters(work: Work, train: TrainRecord) -> dict[str, object]:
    training = work.config.training.model_dump(mode="json", exclude={"parameters"})
    return {"task": work.config.task, **training, **train.parameters}


def _metrics(evaluation: Evaluation) -> dict[str, float | None]:
    found: dict[str, float | None] = {}
    for name, estimate in evaluation.metrics.items():
        found |= {name: estimate.value, f"{name}_low": estimate.low, f"{name}_high": estimate.high}
    for comparison in (evaluation.versus_dummy, evaluation.versus_champion, evaluation.versus_pinned):
        found |= _difference(comparison)
    latency = {"latency_p50_ms": evaluation.latency.p50_ms, "latency_p99_ms": evaluation.latency.p99_ms}
    return found | latency | {"size_bytes": float(evaluation.size_bytes)} | dict(evaluation.user_metrics)


def _difference(comparison: Comparison | None) -> dict[str, float | None]:
    if comparison is None:
        return {}
    name = comparison.reference.split()[0]
    return {f"{comparison.metric}_minus_{name}": comparison.difference.value}


def _collect(work: Work, train: TrainRecord, evaluation: Evaluation, gate: GateResult, folder: Path) -> None:
    for name in ("evaluate.json", "gate.json", "gate.md"):
        shutil.copyfile(work.judged.folder / name, folder / name)
    shutil.copytree(work.judged.folder / PLOTS, folder / PLOTS)
    (folder / CARD).write_text(card(evaluation, gate, about(work, train)), encoding="utf-8")


def about(work: Work, train: TrainRecord) -> About:
    """Say which model a card is about."""
    config = work.config
    return About(
        project=config.name,
        version="candidate",
        target=config.data.target,
        features=[c.name for c in work.contract.columns if c.name not in config.data.not_features],
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        estimator=train.estimator,
        parameters=train.parameters,
        rows=train.rows,
        source=work.data.snapshot.source,
        snapshot=work.data.snapshot.id,
        commit=work.code.commit,
        personal=sorted(work.personal),
        libraries=work.code.libraries,
    )
