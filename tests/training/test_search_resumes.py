import pytest
import tables

from modelyard.errors import OutcomeError, OutsideError
from modelyard.training.fit import fit


def searched(frame, template, study, trials=4, told=None, metric="f1", **training):
    config = tables.config(
        "binary", "linear", metric=metric, parameters=training.pop("parameters", {}), search={"trials": trials}
    )
    notes = told if told is not None else []
    return fit(
        frame,
        tables.parts(frame.height),
        None,
        config,
        template,
        frame.schema,
        study=study,
        progress=lambda *step: notes.append(step),
    )


def test_a_search_that_was_cut_off_ends_as_if_it_had_not_been(template, tmp_path):
    frame = tables.strings(200, "binary")
    whole = searched(frame, template, tmp_path / "whole.log")

    class Killed(BaseException):
        pass

    def kill(what, done, total):
        if (what, done) == ("search", 2):
            raise Killed

    config = tables.config("binary", "linear", metric="f1", parameters={}, search={"trials": 4})
    with pytest.raises(Killed):
        fit(frame, tables.parts(200), None, config, template, frame.schema, study=tmp_path / "cut.log", progress=kill)
    told = []
    resumed = searched(frame, template, tmp_path / "cut.log", told=told)
    assert told[0] == ("search", 2, 4)
    assert resumed.parameters == whole.parameters


def test_the_search_reports_each_trial_and_keeps_fixed_parameters(template):
    told = []
    fitted = searched(tables.strings(200, "binary"), template, None, told=told, parameters={"C": 0.5})
    assert fitted.parameters["C"] == 0.5
    assert [step for step in told if step[0] == "search"] == [("search", n, 4) for n in range(5)]


def test_a_search_in_which_no_trial_works_says_why(template):
    with pytest.raises(OutcomeError, match="None of 2 trials"):
        searched(tables.strings(200, "binary"), template, None, trials=2, parameters={"solver": "nonsense"})


def test_a_damaged_journal_is_told(template, tmp_path):
    (tmp_path / "bad.log").write_bytes(b"\x00 not a journal\n" * 3)
    with pytest.raises(OutsideError, match="journal"):
        searched(tables.strings(200, "binary"), template, tmp_path / "bad.log")
