"""How rows are divided, and that a later plan only moves rows from test to train."""

import datetime as dt
import hashlib

import numpy as np
import polars as pl
import pytest

from modelyard.config.model import Data
from modelyard.config.model import Split as Config
from modelyard.data.split import PARTS, Split, folds, parts, plan
from modelyard.errors import RequestError

RANDOM = np.random.default_rng(7)


def table(n: int, days: int = 30) -> pl.DataFrame:
    start = dt.datetime(2020, 1, 1)
    return pl.DataFrame(
        {
            "id": [f"c{i}" for i in range(n)],
            "when": [start + dt.timedelta(hours=24 * days * i / n) for i in range(n)],
            "group": [f"g{i % 40}" for i in range(n)],
            "": RANDOM.normal(size=n),
            "y": [i % 3 == 0 for i in range(n)],
        }
    )


def data(**roles: str) -> Data:
    return Data(source="t.csv", target="y", **roles)


def planned(frame: pl.DataFrame, by: str, previous: Split | None = None, **roles: str) -> Split:
    return plan(frame, Config(by=by), data(**roles), previous)


KINDS = [("time", {"time": "when"}), ("group", {"group": "group"}), ("hash", {"id": "id"}), ("hash", {})]


@pytest.mark.parametrize(("by", "roles"), KINDS)
def test_shares_are_about_what_was_asked(by: str, roles: dict) -> None:
    frame = table(3000)
    side = parts(planned(frame, by, **roles), frame)
    assert (side.len(), side.dtype) == (3000, pl.String)
    counts = dict(side.value_counts().iter_rows())
    assert set(counts) == set(PARTS)
    assert counts["test"] == pytest.approx(600, abs=200)
    assert counts["validation"] == pytest.approx(600, abs=200)


@pytest.mark.parametrize(("by", "roles"), KINDS)
def test_a_row_is_on_the_same_side_in_any_company_and_order(by: str, roles: dict) -> None:
    frame = table(500)
    split = planned(frame, by, **roles)
    again = Split.model_validate_json(split.model_dump_json())
    side = parts(split, frame)
    few = frame.reverse().head(50).select(reversed(frame.columns))
    assert parts(again, few).to_list() == side.reverse().head(50).to_list()


def test_hashes_never_change() -> None:
    frame = pl.DataFrame(
        {
            "i": [1, None, -5, 2**60],
            "f": [0.5, -0.0, float("nan"), None],
            "b": [True, False, None, True],
            "d": [dt.date(2020, 1, 1), None, dt.date(1960, 2, 3), dt.date(2300, 1, 1)],
            "t": [dt.datetime(2020, 1, 1, 1, 2, 3), None, None, dt.datetime(1960, 1, 1)],
            "s": ["a", None, "ü", ""],
        }
    )
    from modelyard.data.split import hashes

    digest = hashlib.sha256(hashes.of_rows(frame).tobytes())
    for column in frame.iter_columns():
        digest.update(hashes.of_column(column, frame).tobytes())
    assert digest.hexdigest() == "fd83f920a28c8e2bdaee028fe82bf31324eca2bf7a9005163ea5edc013b0d45a"


def test_an_id_is_what_it_looks_like() -> None:
    split = Split(by="hash", column="id", validation=0.2, test=0.2, salt="s")
    texts = pl.DataFrame({"id": [str(i) for i in range(200)]})
    for kind in (pl.Int32, pl.UInt64, pl.Float64):
        assert parts(split, texts.with_columns(pl.col("id").cast(kind))).equals(parts(split, texts))


def test_groups_stay_together_but_rows_without_one_do_not() -> None:
    frame = table(400).with_columns(group=pl.when(pl.int_range(pl.len()) < 100).then(None).otherwise("group"))
    side = parts(planned(frame, "group", group="group"), frame)
    known = frame.with_columns(part=side).drop_nulls("group")
    assert known.group_by("group").agg(pl.col("part").n_unique())["part"].to_list() == [1] * 40
    assert side.head(100).n_unique() == 3


@pytest.mark.parametrize("positives", [3, 6, 20])
@pytest.mark.parametrize("n", [60, 200])
def test_every_part_of_a_tiny_table_has_every_class(n: int, positives: int) -> None:
    for seed in range(5):
        labels = np.random.default_rng(seed).permutation([True] * positives + [False] * (n - positives))
        frame = table(n).with_columns(y=pl.Series(labels))
        side = parts(planned(frame, "hash"), frame)
        seen = frame.with_columns(part=side).group_by("part").agg(pl.col("y").n_unique(), pl.len())
        assert seen["y"].to_list() == [2, 2, 2]
        assert seen["len"].min() >= n * 0.1


def test_missing_targets_do_not_disturb_the_choice_of_salt() -> None:
    frame = table(60).with_columns(y=pl.lit(None, dtype=pl.Boolean))
    assert parts(planned(frame, "hash"), frame).n_unique() == 3


def test_time_splits_cut_between_whole_days_in_order() -> None:
    frame = table(1000)
    split = planned(frame, "time", time="when")
    sides = frame.with_columns(part=parts(split, frame), day=pl.col("when").cast(pl.Date))
    assert sides.group_by("day").agg(pl.col("part").n_unique())["part"].max() == 1
    train, validation, test = (sides.filter(pl.col("part") == part)["day"] for part in PARTS)
    assert train.max() < validation.min() <= validation.max() < test.min()
    assert (split.validation_from, split.test_from) == (validation.min().isoformat(), test.min().isoformat())


def test_rows_without_a_time_are_trained_on() -> None:
    frame = table(300).with_columns(when=pl.when(pl.int_range(pl.len()) % 10 == 0).then(None).otherwise("when"))
    side = parts(planned(frame, "time", time="when"), frame)
    assert set(side.gather_every(10)) == {"train"}
    assert set(side) == set(PARTS)


def test_an_integer_time_such_as_a_year_counts_as_its_own_unit() -> None:
    frame = pl.DataFrame({"year": [2010 + i // 10 for i in range(100)], "y": [True, False] * 50})
    split = planned(frame, "time", time="year")
    assert (split.validation_from, split.test_from) == ("2016", "2018")
    assert dict(parts(split, frame).value_counts().iter_rows()) == {"train": 60, "validation": 20, "test": 20}


def test_three_days_make_three_parts_however_uneven() -> None:
    days = [dt.date(2020, 1, 1)] * 2 + [dt.date(2020, 1, 2)] + [dt.date(2020, 1, 3)] * 500
    frame = pl.DataFrame({"when": days, "y": [True] * 503})
    assert parts(planned(frame, "time", time="when"), frame).n_unique() == 3


@pytest.mark.parametrize(
    ("frame", "by", "roles", "told"),
    [
        (table(50, days=2), "time", {"time": "when"}, "2 distinct days"),
        (table(50), "time", {"time": "id"}, "cannot order a split"),
        (table(50), "time", {"time": "gone"}, "no column 'gone'"),
        (table(50).with_columns(group=pl.lit("one")), "group", {"group": "group"}, "1 distinct values"),
        (table(50), "group", {"group": "gone"}, "no column 'gone'"),
        (table(2), "hash", {}, "2 distinct rows"),
        (table(0), "hash", {}, "0 distinct rows"),
        (table(0), "time", {"time": "when"}, "0 distinct days"),
        (table(40).select(pl.lit(1).alias("a"), pl.lit(1).alias("y")), "hash", {}, "1 distinct rows"),
    ],
)
def test_what_cannot_be_divided_is_refused(frame: pl.DataFrame, by: str, roles: dict, told: str) -> None:
    with pytest.raises(RequestError) as caught:
        planned(frame, by, **roles)
    assert told in caught.value.message
    assert caught.value.hint


def test_a_later_time_plan_moves_rows_from_test_to_train_only() -> None:
    whole = table(3000, days=60)
    early = whole.head(1500)
    first = planned(early, "time", time="when")
    later = planned(whole, "time", first, time="when")
    assert later.test_from > first.test_from
    moved = pl.DataFrame({"before": parts(first, early), "after": parts(later, early)})
    assert moved.filter((pl.col("before") != "test") & (pl.col("after") == "test")).height == 0


def test_a_cutoff_never_moves_back() -> None:
    frame = table(3000, days=60)
    first = planned(frame, "time", time="when")
    for share in (0.2, 0.4):
        again = plan(frame, Config(by="time", test=share), data(time="when"), first)
        assert again.test_from == first.test_from
    assert plan(frame, Config(by="time"), data(time="when"), first) == first
    older = frame.filter(pl.col("when") < dt.datetime(2020, 1, 20))
    with pytest.raises(RequestError, match=str(first.test_from)):
        planned(older, "time", first, time="when")


@pytest.mark.parametrize("roles", [{"id": "id"}, {}])
def test_hash_sides_never_change_when_rows_arrive_or_shares_grow(roles: dict) -> None:
    whole = table(900)
    early = whole.head(300)
    first = planned(early, "hash", **roles)
    later = plan(whole, Config(by="hash", test=0.3), data(**roles), first)
    assert later.salt == first.salt
    assert later.test == first.test
    assert parts(later, whole).head(300).equals(parts(first, early))


def test_a_column_that_comes_later_moves_no_row() -> None:
    frame = table(300)
    first = planned(frame, "hash")
    wider = frame.with_columns(new=pl.int_range(pl.len()))
    assert parts(planned(wider, "hash", first), wider).equals(parts(first, frame))


def test_a_smaller_test_share_moves_rows_out_of_test_only() -> None:
    frame = table(900)
    first = planned(frame, "hash")
    later = plan(frame, Config(by="hash", test=0.1), data(), first)
    before, after = parts(first, frame), parts(later, frame)
    assert not ((before != "test") & (after == "test")).any()
    assert (after == "test").sum() < (before == "test").sum()


def test_another_kind_of_split_starts_afresh() -> None:
    frame = table(900)
    first = planned(frame, "hash", id="id")
    assert planned(frame, "group", first, group="group").by == "group"


@pytest.mark.parametrize(("by", "roles"), KINDS[1:])
def test_folds_test_each_row_once_and_keep_groups_together(by: str, roles: dict) -> None:
    frame = table(500)
    made = folds(planned(frame, by, **roles), frame, 5)
    assert sorted(np.concatenate([test for _, test in made]).tolist()) == list(range(500))
    for train, test in made:
        assert len(test) == pytest.approx(100, abs=40)
        assert not set(train.tolist()) & set(test.tolist())
        if by == "group":
            assert not set(frame["group"].gather(train)) & set(frame["group"].gather(test))


def test_time_folds_are_expanding_windows_of_whole_days() -> None:
    frame = table(1000).sample(fraction=1, shuffle=True, seed=1)
    made = folds(planned(frame, "time", time="when"), frame, 4)
    assert len(made) == 4
    days = frame["when"].cast(pl.Date)
    for train, test in made:
        assert days.gather(train).max() < days.gather(test).min()
    assert [len(train) for train, _ in made] == sorted(len(train) for train, _ in made)


def test_folds_are_fewer_where_days_or_groups_are_few_and_refused_where_there_is_one() -> None:
    few = table(60, days=3)
    assert len(folds(planned(few, "time", time="when"), few, 5)) == 2
    groups = table(60).with_columns(group=pl.int_range(pl.len()) % 3)
    assert len(folds(planned(groups, "group", group="group"), groups, 5)) == 3
    split = planned(few, "time", time="when")
    with pytest.raises(RequestError):
        folds(split, table(10, days=1), 5)
    with pytest.raises(RequestError):
        folds(split, few, 1)
