import time
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest
import released as served

from modelyard.bundle.golden import FILE_NAME, Golden
from modelyard.capture import Capture, shape_of
from modelyard.config.serving import Capture as CaptureConfig
from modelyard.data.store import Store
from modelyard.errors import OutcomeError
from modelyard.feedback import ledger
from modelyard.release.answers import Rescored
from modelyard.release.captured import Captured
from modelyard.release.outcomes import outcomes
from modelyard.routing.document import Ref
from modelyard.routing.release import Release
from modelyard.serving.scorer import Scorer

pytestmark = pytest.mark.slow

INPUTS = ["a", "b", "n"]


class World:
    """A store with a champion, a challenger, and what the challenger served."""

    def __init__(self, folder, *, task="binary", features=None, golden=None, **contract):
        self.folder, self.store = folder, Store.open("store", folder)
        self.rows = served.frame(400, task)
        self.contract = served.contract(self.rows, **contract)
        self.champion = self._put("champion", self.rows[::3], task)
        self.challenger = self._put("challenger", self.rows, task, features=features, golden=golden)
        self.scorer = Scorer.load(folder / "store/models" / self.challenger)
        self.release = self.started(datetime.now(UTC) - timedelta(minutes=1))
        self.sent = 0

    def _put(self, name, rows, task, features=None, golden=None):
        made = self.folder / name
        served.trained(made, rows, task=task, features=features)
        scorer = Scorer.load(made)
        held_out = Golden.of(rows[::2], INPUTS, scorer.score)
        scores = held_out.scores if golden is None else golden(held_out.scores)
        (made / FILE_NAME).write_bytes(Golden(held_out.rows, scores).dump())
        return served.put(self.store, made, rows, self.contract)

    def started(self, at):
        return Release(
            id="r",
            state="running",
            challenger=Ref(version=2, sha256=self.challenger),
            champion=Ref(version=1, sha256=self.champion),
            steps=(5, 100),
            step=0,
            lease_s=30,
            started=at.isoformat(),
            step_since=at.isoformat(),
        )

    def serve(self, change=lambda scores: scores, rows=None, role="challenger", sha256=None, entity=None, at=None):
        """Capture what the challenger (or another) answers to rows, after `change`."""
        rows = self.rows if rows is None else rows
        sha256 = sha256 or self.challenger
        scorer = Scorer.load(self.folder / "store/models" / sha256)
        into = Capture(self.store, CaptureConfig(), spool=self.folder / "spool")
        columns = [c for c in self.contract.columns if c.name in INPUTS]
        shape = shape_of(2, sha256, columns, classes=scorer.served.classes)
        scores = change(scorer.score(rows))
        into.start()
        for i, row in enumerate(rows.select(INPUTS).iter_rows()):
            self.sent += 1
            name = entity(i) if entity else None
            into.add(shape, role, f"q{self.sent}", name, [row], scores[i : i + 1], at or time.time())
        into.stop(10)
        return self

    def answers(self):
        with Rescored(self.store, self.release) as rescored:
            return rescored.read()


def test_what_is_served_right_equals_the_offline_scores(tmp_path):
    found = World(tmp_path).serve().answers()
    assert (found.compared, found.differing, found.not_finite, found.golden_differing) == (400, 0, 0, 0)
    assert (found.distinct, found.varied, found.skipped) == (8, 8, "")


@pytest.mark.parametrize("task", ["multiclass", "regression"])
def test_other_tasks_are_compared_too(tmp_path, task):
    world = World(tmp_path, task=task).serve()
    assert (world.answers().compared, world.answers().differing) == (400, 0)
    assert world.serve(lambda scores: scores * 1.01).answers().differing >= 390


def test_a_features_function_is_called_offline_as_well(tmp_path):
    found = World(tmp_path, features=served.FEATURES).serve().answers()
    assert (found.compared, found.differing) == (400, 0)


def test_swapped_classes_differ(tmp_path):
    assert World(tmp_path).serve(lambda scores: scores[:, ::-1]).answers().differing >= 390


def test_constant_and_absent_numbers_are_seen(tmp_path):
    world = World(tmp_path).serve(lambda scores: np.full_like(scores, 0.5))
    assert (world.answers().distinct, world.answers().varied) == (1, 8)

    def holes(scores):
        scores[:7] = np.nan
        return scores

    assert World(tmp_path / "other").serve(holes).answers().not_finite == 7


def test_one_row_again_and_again_is_no_constant_model(tmp_path):
    world = World(tmp_path)
    found = world.serve(rows=pl.concat([world.rows[:1]] * 50)).answers()
    assert (found.compared, found.distinct, found.varied) == (50, 1, 1)


def test_golden_rows_show_a_wrong_class_order_before_anything_is_served(tmp_path):
    found = World(tmp_path, golden=lambda scores: scores[:, ::-1]).answers()
    assert (found.compared, found.golden_differing) == (0, 200)


def test_only_the_challengers_rows_of_this_release_count(tmp_path):
    world = World(tmp_path)
    world.serve(role="champion", sha256=world.champion)
    world.serve(role="champion")
    world.serve(at=time.time() - 3600)
    assert world.answers().compared == 0
    assert world.serve(role="shadow").answers().compared == 400


def test_new_files_are_added_to_what_is_known(tmp_path):
    world = World(tmp_path)
    with Rescored(world.store, world.release) as rescored:
        assert rescored.read().compared == 0
        world.serve()
        assert rescored.read().compared == 400
        assert rescored.read().compared == 400
        world.serve()
        assert rescored.read().compared == 800


def test_the_distance_to_the_champion_is_measured_live_and_on_golden_rows(tmp_path):
    found = World(tmp_path).serve().answers()
    assert found.difference == pytest.approx(found.recorded, abs=0.02)
    assert World(tmp_path / "far").serve(lambda scores: scores[:, ::-1]).answers().difference > 0.3


def test_a_lost_champion_is_no_obstacle(tmp_path):
    world = World(tmp_path).serve()
    (tmp_path / "store/models" / world.champion / "model.json").unlink()
    found = world.answers()
    assert (found.compared, found.differing, found.difference, found.varied) == (400, 0, None, 8)


def test_a_damaged_challenger_is_refused(tmp_path):
    world = World(tmp_path)
    (tmp_path / "store/models" / world.challenger / "model.json").write_text("{}")
    with pytest.raises(OutcomeError):
        world.answers()


def test_personal_columns_cannot_be_scored_again_and_it_says_so(tmp_path):
    found = World(tmp_path, b={"personal": True}).serve().answers()
    assert (found.compared, found.differing) == (400, 0)
    assert "personal columns ('b')" in found.skipped


def test_without_capture_it_says_so(tmp_path):
    world = World(tmp_path)
    answers, found = Captured(world.store, enabled=False)(world.release)
    assert ("capturing is off" in answers.skipped, found) == (True, None)


def test_answers_and_outcomes_come_together(tmp_path):
    world = World(tmp_path).serve()
    with Captured(world.store) as captured:
        answers, found = captured(world.release)
    assert (answers.compared, found) == (400, None)


def label(world, truth):
    known = datetime.now(UTC).replace(tzinfo=None)
    frame = pl.DataFrame({"request_id": list(truth), "row": 0, "label": [str(v) for v in truth.values()]})
    rows = frame.with_columns(label_time=pl.lit(known), known=pl.lit(known), captured_time=pl.lit(known))
    assert ledger.append(world.store, rows, known)


def losses(world):
    moments = datetime.now() - timedelta(days=2), datetime.now() + timedelta(days=2)
    kinds = {s: Scorer.load(world.folder / "store/models" / s).served for s in (world.champion, world.challenger)}
    return outcomes(world.store, world.release, kinds, moments, scale=1.0)


def test_labelled_answers_become_losses_of_those_who_answered(tmp_path):
    world = World(tmp_path)
    world.serve(rows=world.rows[:100], role="champion", sha256=world.champion)
    world.serve(lambda scores: scores[:, ::-1], rows=world.rows[:100])
    assert losses(world) is None
    label(world, {f"q{i + 1}": y for i, y in enumerate([*world.rows["y"][:100], *world.rows["y"][:80]])})
    found = losses(world)
    assert (found.champion_trials, found.challenger_trials) == (100, 80)
    assert found.champion_losses / 100 < 0.1
    assert found.challenger_losses / 80 > 0.9


def test_rows_of_one_entity_are_one_trial(tmp_path):
    world = World(tmp_path, task="regression")
    world.serve(rows=world.rows[:90], entity=lambda i: f"e{i % 9}")
    label(world, {f"q{i + 1}": y for i, y in enumerate(world.rows["y"][:90])})
    found = losses(world)
    assert (found.challenger_trials, found.champion_trials) == (9, 0)
    assert 0 <= found.challenger_losses < 1


def test_answers_that_cannot_be_opened_leave_no_folder_however_often_it_is_tried(tmp_path, monkeypatch):
    made, temporary = World(tmp_path), tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    gone = made.release.model_copy(update={"challenger": Ref(version=3, sha256="f" * 64)})
    for _ in range(2):
        with pytest.raises(OutcomeError, match="has no models/f"):
            Captured(made.store)(gone)
    assert list(temporary.iterdir()) == []
