"""A small project whose champion has answered newer rows, whose outcomes came in."""

import shutil
import sys
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

sys.path.insert(0, str(Path(__file__).parents[1] / "loop"))

import answered
import projects

from modelyard import feedback
from modelyard.data.store import Store
from modelyard.feedback import FeedbackRequest
from modelyard.loop.run import RunRequest, run
from modelyard.routing import document

ROWS = 600  # of the first training, two an hour
TARGET = "y"


def made(root, blank=None, frame=None, **changes):
    """A project with version 1 as champion."""
    settings = {"min_labels": 100, "release": False, **changes.pop("retrain", {})}
    project = projects.make(root, frame=frame, monitoring={"retrain": settings, "label_horizon_days": 1}, **changes)
    if blank is not None:
        (root / ".modelyard").mkdir()
        shutil.copy(blank, root / ".modelyard" / "mlflow.db")
    assert run(project, RunRequest()).version == 1
    return project


def store_of(project):
    return Store.open(project.environment.store, project.root)


def serve(project, rows=300, begin=ROWS, boot="b", without=("key",), labelled=None, **more):
    """Capture answers to `rows` new rows, and add the outcomes of those that `labelled` picks; return the rows."""
    table = projects.table(rows=rows, begin=begin)
    return answer(project, table, boot=boot, without=without, labelled=labelled, **more)


def answer(project, table, boot="b", without=("key",), labelled=None, when="when", **more):
    store = store_of(project)
    champion = document.read(store).champion
    captured = answered.rows(
        table.drop(TARGET, *without),
        [0.5] * table.height,
        champion.sha256,
        version=champion.version,
        times=table[when].to_list() if when in table.columns else None,
        entities=[str(key) for key in table["key"]] if "key" in table.columns else None,
        boot=boot,
        **more,
    )
    answered.store(store, captured)
    truth = pl.DataFrame({"request_id": captured["request_id"], "row": captured["row"], TARGET: table[TARGET]})
    truth = truth if labelled is None else truth.filter(labelled)
    path = project.root / f"labels-{boot}.parquet"
    truth.write_parquet(path)
    result = feedback.add(project, FeedbackRequest(labels=str(path), as_of=later()))
    assert result.matched == truth.height
    return table


def later(days=2, begin=ROWS + 300):
    """When the labels of the captured rows have matured."""
    return datetime(2024, 1, 1) + timedelta(minutes=30 * begin, days=days)


def change(project, **retrain):
    return projects.edit(project.root, monitoring__retrain={"min_labels": 100, "release": False, **retrain})
