import pytest
import simulated
from simulated import running

from modelyard.config.release import Release as Config
from modelyard.release.counts import Counts, Histogram, Process, Snapshot
from modelyard.release.judge import Answers, Outcomes, Reference, judge

BOUNDS = (0.001, 0.002, 0.004)
FAST, SLOW, AWFUL = (1, 0, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1)
FINE = Answers(compared=5000, distinct=8, varied=8)
CONFIG = Config(hold_s=10)


def counts(n, failures=0, errors=0, seconds=FAST, load_failures=0):
    bins = Histogram(bounds=BOUNDS, counts=tuple(n * s for s in seconds))
    return Counts(
        requests=n, rows=n, failures=failures, errors=errors, load_failures=load_failures, scorer=bins, request=bins
    )


def process(at, **changes):
    return Process(**{"since": 0.0, "rss_bytes": 100 * 2**20, "ready_at": {"1": at, "2": at}, **changes})


def snapshot(at, challenger=None, champion=None, problems=(), one=None, **more):
    known = {"challenger/2": challenger, "champion/1": champion, **more}
    return Snapshot(
        at=at,
        counts={key: value for key, value in known.items() if value is not None},
        processes={"one": one or process(at)},
        problems=problems,
    )


BEFORE = snapshot(0.0, champion=counts(1000))


def judged(now, *, answers=FINE, outcomes=None, config=CONFIG, reference=None, before=BEFORE, start=None, **release):
    reference = reference or Reference(p99_ms=50)
    return judge(before, now, answers, outcomes, config, reference, release=running(**release), start=start)


def verdicts(verdict):
    return {check.name: check.verdict for check in verdict.checks}


def errors(verdict):
    return next(check for check in verdict.checks if check.name == "errors")


def good(at=100.0, **more):
    return snapshot(at, **{"challenger": counts(2000), "champion": counts(20_000), **more})


def test_a_challenger_like_its_champion_advances():
    verdict = judged(good())
    assert (verdict.state, verdict.ends, set(verdicts(verdict).values())) == ("advance", "", {"pass"})


def test_the_least_time_of_a_step_is_kept():
    verdict = judged(good(at=5.0))
    assert (verdict.state, verdict.reason) == ("hold", "held for 5 of 10 s")


@pytest.mark.parametrize("rows", [0, 1, 299])
def test_less_than_300_rows_give_no_verdict_however_bad_they_are(rows):
    verdict = judged(good(challenger=counts(rows, failures=rows)))
    assert (verdict.state, verdicts(verdict)["errors"]) == ("hold", "waiting")


def test_300_rows_that_all_fail_are_enough():
    assert judged(good(challenger=counts(300, failures=300))).state == "roll_back"


def test_a_p99_needs_1000_requests_to_pass():
    verdict = judged(good(challenger=counts(999)))
    assert (verdict.state, verdicts(verdict)["errors"], verdicts(verdict)["scorer_p99"]) == ("hold", "pass", "waiting")


def test_too_little_traffic_ends_as_configured_and_never_advances():
    quiet = good(at=3601.0, challenger=counts(200))
    assert (judged(quiet).state, judged(quiet).ends) == ("hold", "rollback")
    abort = judged(quiet, config=Config(quiet="abort"))
    assert (abort.state, abort.ends) == ("hold", "abort")
    assert "200 of 300 rows" in abort.reason
    assert judged(good(at=3599.0, challenger=counts(200))).ends == ""


def test_a_rescued_failure_counts_like_an_error_and_not_twice():
    verdict = judged(good(challenger=counts(2000, failures=60, errors=60)))
    check = next(c for c in verdict.checks if c.name == "errors")
    assert (verdict.state, check.value, check.rows) == ("roll_back", 0.03, 2000)
    assert "3.00 % of 2000 requests failed" in verdict.reason


def test_failed_loads_count_against_the_challenger_only():
    loads = {"load/2": Counts(load_failures=400), "load/1": Counts(load_failures=9)}
    assert verdicts(judged(good(**loads)))["errors"] == "fail"
    assert judged(good(**{"load/1": Counts(load_failures=400)})).state == "advance"


def test_a_champion_that_fails_as_often_is_no_reason_to_go_back():
    now = good(challenger=counts(20_000, failures=400), champion=counts(100_000, failures=2000))
    assert judged(now).state == "advance"


def test_few_errors_above_the_champions_are_noise():
    assert judged(good(challenger=counts(2000, failures=4), champion=counts(2000))).state != "roll_back"


def test_what_was_counted_before_the_step_is_left_out():
    before = snapshot(0.0, counts(5000, failures=5000), counts(1000))
    assert judged(good(challenger=counts(7000, failures=5000)), before=before).state == "advance"


def test_at_a_hundred_percent_the_champion_since_the_beginning_is_compared_with():
    before = snapshot(0.0, counts(2000), counts(30_000))
    slow = snapshot(100.0, counts(4000).plus(counts(1000, seconds=SLOW)), counts(30_000))
    verdict = judged(slow, before=before, start=BEFORE, step=3)
    assert (verdict.state, verdicts(verdict)["scorer_p99"]) == ("roll_back", "fail")
    same = snapshot(100.0, counts(4000), counts(30_000))
    assert judged(same, before=before, start=BEFORE, step=3).state == "advance"


def test_a_release_of_one_step_has_no_champion_to_compare_with_and_still_judges_errors():
    only = {"steps": (100.0,), "step": 0}
    assert judged(snapshot(100.0, counts(2000)), before=snapshot(0.0), **only).state == "advance"
    bad = judged(snapshot(100.0, counts(2000, failures=60)), before=snapshot(0.0), **only)
    assert (bad.state, verdicts(bad)["errors"]) == ("roll_back", "fail")
    warned = next(c for c in judged(snapshot(100.0, counts(2000)), before=snapshot(0.0), **only).checks if c.warning)
    assert warned.name == "scorer_p99"


def test_the_first_features_function_may_take_its_time_and_no_more():
    slower, reference = good(challenger=counts(2000, seconds=SLOW)), Reference(features=2.0)
    assert judged(slower).state == "roll_back"
    assert judged(slower, reference=reference).state == "advance"
    check = next(c for c in judged(slower, reference=reference).checks if c.name == "scorer_median")
    assert "its features() is new, and takes about 1.414 ms" in check.reason
    assert judged(good(challenger=counts(2000, seconds=AWFUL)), reference=reference).state == "roll_back"


def test_an_outage_at_a_hundred_percent_is_no_fault_of_the_challenger():
    before = snapshot(0.0, counts(2000), counts(30_000))
    both = {"challenger": counts(4000, failures=900, errors=900), "champion": counts(30_000, failures=900)}
    verdict = judged(snapshot(100.0, **both), before=before, start=BEFORE, step=3)
    assert (verdict.state, verdicts(verdict)["errors"]) == ("hold", "waiting")
    assert "both on 900: an outage, not the challenger" in verdict.reason
    ended = judged(snapshot(4000.0, **both), before=before, start=BEFORE, step=3)
    assert (ended.state, ended.ends) == ("hold", "rollback")
    over = snapshot(900.0, both["challenger"].plus(counts(120_000)), both["champion"])
    assert judged(over, before=before, start=BEFORE, step=3).state == "advance"


def test_a_bad_challenger_is_seen_through_an_outage():
    before = snapshot(0.0, counts(2000), counts(30_000))
    now = snapshot(100.0, counts(4000, failures=500, errors=400), counts(30_000, failures=400))
    verdict = judged(now, before=before, start=BEFORE, step=3)
    assert (verdict.state, verdicts(verdict)["errors"]) == ("roll_back", "fail")


def test_requests_that_always_fail_on_both_are_no_outage():
    before = snapshot(0.0, counts(2000, failures=40), counts(30_000, failures=600))
    now = snapshot(100.0, counts(12_000, failures=240, errors=200), counts(30_000, failures=800))
    assert judged(now, before=before, start=BEFORE, step=3).state == "advance"


def test_while_both_answer_what_the_champion_failed_to_rescue_is_not_its_own_failure():
    rescued = good(challenger=counts(2000, failures=120, errors=60), champion=counts(2000, failures=60))
    assert errors(judged(rescued)).verdict == "fail"
    assert "the champion's 0.00 %" in errors(judged(rescued)).reason


def test_a_client_whose_requests_no_version_can_answer_sends_no_challenger_back():
    both = good(challenger=counts(2000, failures=300, errors=300), champion=counts(20_000, failures=300))
    verdict = judged(both)
    assert (verdict.state, verdicts(verdict)["errors"]) == ("advance", "pass")
    assert "15.00 % of 2000 requests failed, the champion's 0.00 %, and both on 300" in errors(verdict).reason


def test_what_the_challenger_fails_on_alone_is_seen_beside_what_nobody_can_answer():
    both = good(challenger=counts(2000, failures=340, errors=300), champion=counts(20_000, failures=300))
    assert errors(judged(both)).verdict == "fail"


def test_a_client_whose_requests_no_version_can_answer_is_no_outage_at_a_hundred_percent():
    begun, before = (
        snapshot(0.0),
        snapshot(50.0, counts(10_000, failures=1000, errors=1000), counts(30_000, failures=1000)),
    )
    now = snapshot(100.0, counts(20_000, failures=1300, errors=1300), counts(30_000, failures=1300))
    assert errors(judged(now, before=before, start=begun, step=3)).verdict == "pass"


def test_a_server_that_cannot_be_read_is_not_one_without_the_challenger():
    silent = process(100.0, seen=20.0, ready_at={"1": 20.0, "2": 20.0})
    verdict = judged(good(at=100.0, one=silent, problems=("http://one did not answer",)))
    assert (verdict.state, verdicts(verdict)["source"], verdicts(verdict)["ready"]) == ("hold", "waiting", "pass")
    heard = process(100.0, seen=100.0, ready_at={"1": 100.0, "2": 20.0})
    assert verdicts(judged(good(at=100.0, one=heard)))["ready"] == "fail"


def test_requests_beyond_the_absolute_limit_go_back_unless_the_champions_are_too():
    late = counts(2000, seconds=AWFUL)
    assert verdicts(judged(good(challenger=late), reference=Reference(p99_ms=1)))["request_p99"] == "fail"
    both = judged(good(challenger=late, champion=late), reference=Reference(p99_ms=1))
    assert verdicts(both)["request_p99"] == "pass"
    assert [c.name for c in both.checks if c.warning] == ["request_p99"]


def many(n, single, batches):
    """Return counts of `n` requests of one row, and of as many of several rows."""
    one, several = (Histogram(bounds=BOUNDS, counts=tuple(n * s for s in of)) for of in (single, batches))
    every = one.plus(several)
    return Counts(requests=2 * n, rows=n, scorer=every, request=every, batch_scorer=several, batch_request=several)


def test_a_client_that_sends_many_rows_at_once_makes_no_version_slow():
    config = Config(hold_s=10, p99_ms=3)
    verdict = judged(good(challenger=many(2000, FAST, AWFUL)), config=config)
    assert verdict.state == "advance", verdict.reason
    assert judged(good(challenger=many(2000, AWFUL, FAST)), config=config).state == "roll_back"


def test_versions_that_are_asked_for_many_rows_only_are_compared_by_these():
    batches = good(challenger=many(2000, (0, 0, 0, 0), AWFUL), champion=many(20_000, (0, 0, 0, 0), FAST))
    assert verdicts(judged(batches))["scorer_p99"] == "fail"


def test_without_a_limit_there_is_no_check_of_requests():
    assert "request_p99" not in verdicts(judged(good(), reference=Reference()))
    limited = judged(good(), reference=Reference(), config=Config(hold_s=10, p99_ms=5))
    assert verdicts(limited)["request_p99"] == "pass"


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ({"not_finite": 1}, "no finite score"),
        ({"distinct": 1}, "the same score"),
        ({"differing": 100}, "other scores than offline"),
        ({"golden_differing": 3}, "golden.parquet"),
    ],
)
def test_wrong_answers_go_back(answers, reason):
    verdict = judged(good(), answers=FINE.model_copy(update=answers))
    assert verdict.state == "roll_back"
    assert reason in verdict.reason


def test_answers_that_nobody_has_looked_at_do_not_pass():
    assert judged(good(), answers=None).state == "hold"
    assert judged(good(), answers=FINE.model_copy(update={"compared": 299})).state == "hold"
    assert judged(good(), answers=Answers(skipped="capturing is off")).state == "advance"


def test_one_score_for_rows_that_the_champion_cannot_tell_apart_either_is_right():
    assert judged(good(), answers=FINE.model_copy(update={"distinct": 1, "varied": 1})).state == "advance"


def test_a_larger_difference_from_the_champion_than_at_the_gate_only_warns():
    far = FINE.model_copy(update={"difference": 0.4, "recorded": 0.05})
    verdict = judged(good(), answers=far)
    assert (verdict.state, [c.name for c in verdict.checks if c.warning]) == ("advance", ["difference"])
    near = FINE.model_copy(update={"difference": 0.06, "recorded": 0.05})
    assert not any(c.warning for c in judged(good(), answers=near).checks)


def test_outcomes_that_are_surely_worse_go_back_and_few_labels_do_not_hold():
    worse = Outcomes(champion_trials=5000, champion_losses=500, challenger_trials=2000, challenger_losses=500)
    assert verdicts(judged(good(), outcomes=worse))["outcomes"] == "fail"
    few = Outcomes(champion_trials=50, champion_losses=5, challenger_trials=20, challenger_losses=20)
    assert judged(good(), outcomes=few).state == "advance"


def test_memory_that_grows_with_every_request_goes_back():
    leaking = good(one=process(100.0, rss_bytes=300 * 2**20))
    verdict = judged(leaking, before=BEFORE, start=BEFORE)
    assert (verdict.state, verdicts(verdict)["memory"]) == ("roll_back", "fail")
    assert "grew by 200 MiB, 102.4 KiB for each of 2000 requests" in verdict.reason


@pytest.mark.parametrize(
    "now", [process(100.0, rss_bytes=150 * 2**20), process(100.0, rss_bytes=900 * 2**20, restarts=1)]
)
def test_memory_that_grows_a_little_or_belongs_to_another_process_is_no_leak(now):
    assert verdicts(judged(good(one=now)))["memory"] == "pass"


def test_loading_the_challenger_is_no_leak():
    start = snapshot(0.0, champion=counts(1000), one=process(0.0, ready_at={"1": 0.0}))
    grown = good(one=process(100.0, rss_bytes=400 * 2**20))
    assert verdicts(judged(grown, before=start, start=start))["memory"] == "pass"
    loaded = snapshot(50.0, champion=counts(1000), one=process(50.0, rss_bytes=390 * 2**20))
    assert verdicts(judged(grown, before=loaded, start=start))["memory"] == "pass"


def test_a_server_without_the_challenger_is_waited_for_and_then_ends_the_release():
    absent = {"1": 70.0}
    soon = judged(good(at=30.0, one=process(30.0, ready_at=absent)))
    assert (soon.state, verdicts(soon)["ready"]) == ("hold", "waiting")
    late = judged(good(at=70.0, one=process(70.0, ready_at=absent)))
    assert (late.state, "v2 is not loaded at one, for 70 s" in late.reason) == ("roll_back", True)


def test_a_scrape_from_before_the_challenger_says_nothing_of_how_long_it_takes_to_load():
    absent = {"1": 100.0}
    before = judged(good(at=100.0, one=process(100.0, ready_at=absent, scraped=-20.0)))
    assert (before.state, verdicts(before)["ready"]) == ("hold", "waiting")
    soon = judged(good(at=100.0, one=process(100.0, ready_at=absent, scraped=30.0)))
    assert (soon.state, verdicts(soon)["ready"]) == ("hold", "waiting")
    late = judged(good(at=100.0, one=process(100.0, ready_at=absent, scraped=70.0)))
    assert (late.state, "v2 is not loaded at one, for 70 s" in late.reason) == ("roll_back", True)


def test_a_challenger_that_nobody_has_seen_loaded_is_waited_for_at_the_first_look():
    begun = snapshot(50.0, champion=counts(1000), one=process(50.0, ready_at={"1": 50.0}))
    assert verdicts(judged(begun, before=begun, start=begun))["ready"] == "waiting"


def test_a_server_that_started_just_now_has_its_own_time_to_load():
    young = process(500.0, since=490.0, ready_at={}, restarts=1)
    verdict = judged(good(at=500.0, one=young))
    assert (verdicts(verdict)["ready"], verdicts(verdict)["restarts"]) == ("waiting", "pass")


def test_a_server_that_dies_again_and_again_goes_back():
    assert verdicts(judged(good(one=process(100.0, restarts=2))))["restarts"] == "fail"


def test_a_silent_source_holds():
    verdict = judged(good(problems=("http://one did not answer",)))
    assert (verdict.state, verdict.reason) == ("hold", "source: http://one did not answer")


def test_mirrored_requests_are_judged_without_requests_of_their_own():
    bins = Histogram(bounds=BOUNDS, counts=(2000, 0, 0, 0))
    now = snapshot(100.0, champion=counts(20_000), **{"shadow/2": Counts(rows=2000, scorer=bins)})
    assert judged(now, shadow=True).state == "advance"
    bad = snapshot(100.0, champion=counts(20_000), **{"shadow/2": Counts(rows=1900, failures=100, scorer=bins)})
    assert judged(bad, shadow=True).state == "roll_back"


def test_a_verdict_survives_a_round_trip_through_json():
    verdict = judged(good(challenger=counts(2000, seconds=(0, 0, 0, 1))))
    assert type(verdict).model_validate_json(verdict.model_dump_json()) == verdict


@pytest.mark.parametrize("name", simulated.BROKEN)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_broken_challenger_is_rolled_back(name, seed):
    assert simulated.walk(simulated.BROKEN[name], seed).state == "rolled back"


@pytest.mark.parametrize("name", simulated.GOOD)
@pytest.mark.parametrize("seed", [0, 1])
def test_a_good_challenger_is_promoted(name, seed):
    assert simulated.walk(simulated.GOOD[name], seed).state == "promoted"
