import numpy as np
import polars as pl
import pytest
from judging import SERVED, binary, configured, regression, rival

from modelyard.config.model import ChampionRule, Fairness, Gate, Serving
from modelyard.errors import RequestError
from modelyard.evaluation.gate import judge, markdown
from modelyard.evaluation.measure import evaluate
from modelyard.evaluation.results import Comparison, Estimate, GateResult, Slice


def gated(candidate, config, **options):
    result = judge(evaluate(candidate, config), config, generation=7, **options)
    return result, {rule.name: rule for rule in result.rules}


def against(evaluation, **changes):
    """The same evaluation with another champion comparison."""
    found = {
        "reference": "champion v3 as served",
        "metric": "roc_auc",
        "candidate": 0.8,
        "other": 0.8,
        "difference": Estimate(value=0.0, low=-0.01, high=0.01),
        "rows": 800,
        "unit": "row",
        "blocks": 800,
        "units": 500,
        "deviation": 0.005,
        "resolvable": 0.014,
    }
    return evaluation.model_copy(update={"versus_champion": Comparison(**{**found, **changes}), "champion": "3"})


def estimate(value, reach):
    return Estimate(value=value, low=value - reach, high=value + reach)


def test_a_good_first_model_passes_and_says_that_it_is_the_first():
    result, rules = gated(binary(), configured())
    assert (result.verdict, result.first_model, result.champion, result.generation) == (
        "passed",
        True,
        None,
        7,
    )
    assert rules["beats-dummy"].interval[0] > 0
    assert "champion" not in rules
    assert GateResult.model_validate_json(result.model_dump_json()) == result


def test_a_model_that_knows_nothing_fails_even_as_the_first():
    some = binary()
    blind = type(some)(**{**vars(some), "scores": np.full((800, 2), 0.5), "score": None})
    result, rules = gated(blind, configured())
    assert (result.verdict, rules["beats-dummy"].verdict) == ("failed", "fail")


def test_a_model_equal_to_the_champion_passes():
    result, rules = gated(binary(champion=rival(binary())), configured())
    assert (result.verdict, rules["champion"].verdict) == ("passed", "pass")
    assert result.champion == "3"


def test_a_model_clearly_worse_than_the_champion_fails_and_names_it():
    some = binary(3000)
    truth = np.column_stack([1 - some.truth, some.truth])
    better = type(rival(some))("champion v3 as served", "3", np.ones(3000, dtype=bool), some.scores + 0.5 * truth, 0.5)
    result, rules = gated(binary(3000, champion=better), configured())
    assert (result.verdict, rules["champion"].verdict) == ("failed", "fail")
    assert "champion v3" in rules["champion"].reason


@pytest.mark.parametrize(
    ("difference", "margin", "test", "verdict"),
    [
        (estimate(0.0, 0.01), "auto", "non_inferiority", "pass"),
        (estimate(0.0, 0.01), 0.011, "non_inferiority", "pass"),
        (estimate(0.0, 0.01), 0.005, "non_inferiority", "inconclusive"),
        (estimate(-0.008, 0.01), "auto", "non_inferiority", "inconclusive"),
        (estimate(-0.02, 0.01), "auto", "non_inferiority", "fail"),
        (estimate(-0.012, 0.01), 0.03, "non_inferiority", "pass"),
        (estimate(0.005, 0.01), "auto", "superiority", "inconclusive"),
        (estimate(0.02, 0.01), "auto", "superiority", "pass"),
        (estimate(-0.001, 0.01), "auto", "superiority", "fail"),
    ],
)
def test_the_lower_bound_must_clear_the_margin(difference, margin, test, verdict):
    config = configured(gate=Gate(champion=ChampionRule(test=test, margin=margin)))
    result = judge(against(evaluate(binary(), config), difference=difference), config, generation=1)
    rule = next(rule for rule in result.rules if rule.name == "champion")
    assert rule.verdict == verdict
    assert (rule.power > 0.75) is (test == "non_inferiority" and margin in {"auto", 0.03})


def test_the_margin_is_half_a_point_where_the_rows_resolve_more():
    config = configured()
    sharp = against(evaluate(binary(), config), resolvable=0.001, deviation=0.0004, difference=estimate(0, 0.0008))
    rule = next(r for r in judge(sharp, config, generation=1).rules if r.name == "champion")
    assert rule.threshold == pytest.approx(-0.005)


def test_half_a_point_of_an_error_is_half_a_percent_of_the_dummys():
    config = configured("regression")
    found = evaluate(regression(), config)
    sharp = against(found, metric="rmse", resolvable=0.0001, deviation=0.00004, difference=estimate(0, 0.00008))
    rule = next(r for r in judge(sharp, config, generation=1).rules if r.name == "champion")
    assert rule.threshold == pytest.approx(-0.005 * found.dummy["rmse"])


def test_under_twenty_blocks_nothing_is_concluded():
    config = configured()
    few = against(evaluate(binary(), config), blocks=19, difference=estimate(0.1, 0.01))
    result = judge(few, config, generation=1)
    assert result.verdict == "inconclusive"
    assert "19 blocks" in next(r for r in result.rules if r.name == "champion").reason
    assert result.resolves.startswith("Nothing can be resolved: 19 blocks")


def test_a_first_model_on_few_days_is_inconclusive_by_rule_and_passes():
    table = binary().frame.with_columns(when=pl.date(2026, 1, 1) + pl.duration(days=pl.int_range(800) % 10))
    result, rules = gated(binary(frame=table), configured(data={"time": "when"}, gate=Gate(floors={"roc_auc": 0.6})))
    assert rules["beats-dummy"].verdict == rules["floor:roc_auc"].verdict == "inconclusive"
    assert result.verdict == "passed"


def test_a_champion_that_saw_every_row_blocks_a_second_model():
    blind = rival(binary(), mask=np.zeros(800, dtype=bool))
    result, rules = gated(binary(champion=blind), configured())
    assert (result.verdict, rules["champion"].verdict) == ("inconclusive", "inconclusive")
    assert rules["champion"].value is None
    markdown(result)


def test_the_pinned_best_is_an_anchor_of_its_own():
    some = binary(3000)
    truth = np.column_stack([1 - some.truth, some.truth])
    best = type(rival(some))("pinned v1 as evaluated", "1", np.ones(3000, dtype=bool), some.scores + 0.5 * truth, 0.5)
    result, rules = gated(binary(3000, champion=rival(some), pinned=best), configured())
    assert (rules["champion"].verdict, rules["pinned"].verdict, result.verdict) == ("pass", "fail", "failed")


@pytest.mark.parametrize(
    ("floors", "verdict"),
    [
        ({"roc_auc": 0.6}, "pass"),
        ({"roc_auc": 0.99}, "fail"),
        ({"log_loss": 0.69}, "pass"),
        ({"log_loss": 0.1}, "fail"),
    ],
)
def test_floors_are_cleared_by_the_bound_on_their_side(floors, verdict):
    _, rules = gated(binary(), configured(gate=Gate(floors=floors)))
    assert rules[f"floor:{next(iter(floors))}"].verdict == verdict


def test_a_value_above_its_floor_with_a_bound_below_is_inconclusive():
    value = evaluate(binary(), configured()).metrics["roc_auc"].value
    _, rules = gated(binary(), configured(gate=Gate(floors={"roc_auc": value - 0.001})))
    assert rules["floor:roc_auc"].verdict == "inconclusive"


def test_a_floor_on_an_unknown_metric_is_refused():
    config = configured(gate=Gate(floors={"auc_roc": 0.5}))
    with pytest.raises(RequestError, match="auc_roc"):
        judge(evaluate(binary(), configured()), config, generation=1)


def sliced(evaluation, *differences, deviation=0.01):
    base = against(evaluation)
    parts = [
        Slice(
            column="country",
            value=str(k),
            rows=200,
            metric=Estimate(value=0.8),
            versus=base.versus_champion.model_copy(
                update={"difference": estimate(d, 2 * deviation), "deviation": deviation, "rows": 200}
            ),
        )
        for k, d in enumerate(differences)
    ]
    return base.model_copy(update={"slices": parts})


@pytest.mark.parametrize(
    ("differences", "failing"),
    [((-0.2, 0.0, 0.0), ["0"]), ((-0.06, 0.0, 0.0), []), ((-0.2, -0.2, 0.1), ["0", "1"]), ((-0.04,), [])],
)
def test_a_slice_fails_only_when_surely_harmed(differences, failing):
    config = configured()
    result = judge(sliced(evaluate(binary(), config), *differences), config, generation=1)
    assert sorted(one.value for one in result.slices if one.verdict == "fail") == failing
    assert (result.verdict == "failed") is bool(failing)


def test_holm_asks_more_of_a_slice_among_many():
    config = configured()
    found = evaluate(binary(), config)
    alone = judge(sliced(found, -0.072), config, generation=1)
    among = judge(sliced(found, -0.072, *[0.0] * 40), config, generation=1)
    assert (alone.slices[0].verdict, min(among.slices, key=lambda s: s.upper).verdict) == ("fail", "pass")
    assert among.slices[0].catches > alone.slices[0].catches


def test_a_harmed_slice_is_found_in_rows():
    some = binary(4000)
    hurt = some.frame["count"].to_numpy() == "x"
    champion = rival(some)
    scores = some.scores.copy()
    scores[hurt] = 0.5 + 0.001 * np.random.default_rng(0).normal(size=(hurt.sum(), 2))
    result, rules = gated(type(some)(**{**vars(some), "scores": scores, "champion": champion}), configured())
    assert rules["slices"].verdict == "fail"
    assert ("count", "x") in {(s.column, s.value) for s in result.slices if s.verdict == "fail"}
    assert "count = x" in rules["slices"].reason


def test_limits_on_latency_size_calibration_and_parity_are_kept():
    gate = Gate(latency_ms=1.5, size_mb=0.0001, calibration_error=0.001)
    broken = SERVED.model_copy(update={"passed": False, "differing": 5})
    result, rules = gated(binary(parity=broken), configured(gate=gate))
    failed = {name for name, rule in rules.items() if rule.verdict == "fail"}
    assert failed == {"latency", "size", "calibration", "parity"}
    assert result.verdict == "failed"


def test_a_natively_served_model_passes_unless_onnx_is_required():
    native = binary(parity=SERVED.model_copy(update={"served": "python", "reason": "no converter for it"}))
    free = configured()
    strict = free.model_copy(update={"serving": Serving(require_onnx=True)})
    assert gated(native, free)[1]["parity"].verdict == "pass"
    refused = gated(native, strict)[1]["parity"]
    assert refused.verdict == "fail"
    assert "no converter" in refused.reason


def test_a_surely_unfair_gap_fails():
    table = binary(2000).frame
    sex = pl.Series(np.where(table["a b"].to_numpy() > 0, "f", "m"))
    candidate = binary(2000, frame=table.with_columns(sex=sex))
    config = configured(fairness=Fairness(columns=["sex"]))
    _, rules = gated(candidate, config)
    assert rules["fairness:sex:selection rate"].verdict == "fail"
    off = config.model_copy(update={"gate": Gate(fairness=False)})
    assert "fairness:sex:selection rate" not in gated(candidate, off)[1]


def test_a_sample_is_judged_only_by_dummy_and_parity():
    slow = binary(latency=binary().latency.model_copy(update={"p99_ms": 1e6}), champion=rival(binary()))
    result, rules = gated(slow, configured(gate=Gate(floors={"roc_auc": 0.99})), sample=True)
    assert list(rules) == ["beats-dummy", "parity"]
    assert result.verdict == "passed"


def test_the_summary_is_one_table_whatever_the_words_in_it():
    config = configured(slices=["count"])
    result, _ = gated(binary(2000, champion=rival(binary(2000), 0.1)), config)
    text = markdown(result)
    assert text.startswith("### Gate: ")
    assert result.resolves in text
    assert "80 % power" in text
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert {line.replace("\\|", "").count("|") for line in rows} == {7, 8}
    assert all(rule.reason.rstrip().endswith(".") for rule in result.rules)
