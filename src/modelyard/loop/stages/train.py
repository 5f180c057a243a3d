"""The stage `train`: fit the recipe, export it, and check the served form against the trained one."""

from pathlib import Path

from polars import selectors

from modelyard.evaluation.results import Parity
from modelyard.loop.results import TrainRecord
from modelyard.loop.work import Work
from modelyard.training.export import Export, export
from modelyard.training.fit import fit
from modelyard.training.rowwise import check as check_rowwise

MODEL = "model"  # folder of the exported model, inside the workspace


def train(work: Work) -> TrainRecord:
    """Fit on training rows, choose threshold and calibration on validation rows, export.

    Raises:
        OutcomeError: The rows cannot give a model; or features() depends on the batch; or ONNX is required and
            the model cannot be served as such.
    """
    context, config, rows = work.context, work.config, work.rows
    hidden = config.data.not_features - {config.data.time}
    check_rowwise(work.pipeline, rows.frame.drop(selectors.by_name(hidden & set(rows.frame.columns))))
    fitted = fit(
        rows.frame, rows.parts, work.data.split, config, work.pipeline, work.schema,
        study=_study(work), progress=context.progress,
    )  # fmt: skip
    context.progress("export", 0, 1)
    folder = work.trained.fresh(MODEL)
    exported = export(fitted, folder, config, rows=rows.side("test"), lock_sha256=work.code.lock)
    context.progress("export", 1, 1)
    record = TrainRecord(
        estimator=config.training.estimator,
        parameters=fitted.parameters,
        rows=fitted.n_rows,
        bytes=exported.bytes,
        parity=exported.parity or _untested(exported),
        notes=[*_left_out(work), *fitted.notes],
    )
    work.trained.save("train", record)
    return record


def _left_out(work: Work) -> list[str]:
    """Say which rows no model could learn to predict."""
    rows = work.data.unlearnable
    told = f"{rows:,} rows are left out: no training row has their class of {work.config.data.target!r}"
    return [told] if rows else []


def _study(work: Work) -> Path:
    """Return the journal of the search: beside the workspaces, so that a killed search goes on."""
    folder = work.context.local / "runs" / "studies"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{work.trained.folder.name}.log"


def _untested(exported: Export) -> Parity:
    return Parity(
        rows=0,
        differing=0,
        largest=0.0,
        flips=0,
        passed=False,
        served=exported.form,
        reason="no held-out rows",
    )
