import numpy as np
import pytest
from sklearn import metrics as reference

from modelyard.errors import OutcomeError, RequestError
from modelyard.evaluation.bootstrap import replicates
from modelyard.evaluation.metrics import METRICS, find, measure, names_for
from modelyard.evaluation.scored import scored
from modelyard.evaluation.units import Plan, units


def rows(task, n=400, *, ties=False, seed=0):
    random = np.random.default_rng(seed)
    if task == "regression":
        truth = random.normal(size=n) * 3 + 1e6
        return truth, truth + random.normal(size=n)
    classes = 2 if task == "binary" else 4
    truth = random.integers(0, classes, n)
    scores = random.dirichlet(np.ones(classes), n)
    scores[np.arange(n), truth] += 0.2
    scores = scores / scores.sum(axis=1, keepdims=True)
    return truth, np.round(scores, 1) if ties and task == "binary" else scores


BINARY = {
    "roc_auc": lambda y, s: reference.roc_auc_score(y, s[:, 1]),
    "average_precision": lambda y, s: reference.average_precision_score(y, s[:, 1]),
    "brier": lambda y, s: reference.brier_score_loss(y, s[:, 1]),
    "log_loss": lambda y, s: reference.log_loss(y, np.clip(s[:, 1], 1.2e-7, 1 - 1.2e-7)),
    "f1": lambda y, s: reference.f1_score(y, s[:, 1] >= 0.5),
    "precision": lambda y, s: reference.precision_score(y, s[:, 1] >= 0.5),
    "recall": lambda y, s: reference.recall_score(y, s[:, 1] >= 0.5),
    "accuracy": lambda y, s: reference.accuracy_score(y, s[:, 1] >= 0.5),
    "balanced_accuracy": lambda y, s: reference.balanced_accuracy_score(y, s[:, 1] >= 0.5),
    "macro_f1": lambda y, s: reference.f1_score(y, s[:, 1] >= 0.5, average="macro"),
    "mcc": lambda y, s: reference.matthews_corrcoef(y, s[:, 1] >= 0.5),
}
MULTICLASS = {
    "roc_auc": lambda y, s: reference.roc_auc_score(y, s, multi_class="ovr"),
    "average_precision": lambda y, s: reference.average_precision_score(np.eye(4)[y], s),
    "log_loss": reference.log_loss,
    "brier": lambda y, s: ((s - np.eye(4)[y]) ** 2).sum(axis=1).mean(),
    "accuracy": lambda y, s: reference.accuracy_score(y, s.argmax(axis=1)),
    "balanced_accuracy": lambda y, s: reference.balanced_accuracy_score(y, s.argmax(axis=1)),
    "macro_f1": lambda y, s: reference.f1_score(y, s.argmax(axis=1), average="macro"),
    "mcc": lambda y, s: reference.matthews_corrcoef(y, s.argmax(axis=1)),
}
VALUES = {
    "rmse": reference.root_mean_squared_error,
    "mae": reference.mean_absolute_error,
    "r2": reference.r2_score,
    "median_ae": reference.median_absolute_error,
    "mape": reference.mean_absolute_percentage_error,
}
PEERS = {"binary": BINARY, "multiclass": MULTICLASS, "regression": VALUES}


@pytest.mark.parametrize(("task", "name"), [(task, name) for task, peers in PEERS.items() for name in peers])
@pytest.mark.parametrize("ties", [False, True])
def test_metrics_agree_with_scikit_learn(task, name, ties):
    truth, scores = rows(task, ties=ties)
    assert measure(name, task, truth, scores) == pytest.approx(PEERS[task][name](truth, scores), rel=1e-6)


@pytest.mark.parametrize("task", list(PEERS))
def test_every_metric_of_a_task_is_checked_against_a_peer(task):
    assert set(names_for(task)) == set(PEERS[task])


@pytest.mark.parametrize(("task", "name"), [(task, name) for task, peers in PEERS.items() for name in peers])
def test_resampled_values_are_those_of_the_resampled_rows(task, name):
    truth, scores = rows(task, 300)
    where = units(np.arange(300) % 30, Plan(40))
    metric = METRICS[name]
    fast = replicates(metric, scored(task, truth, scores), where)
    slow = []
    for counts in where.draws:
        taken = np.repeat(np.arange(300), counts[where.codes].astype(int))
        slow.append(metric.function(scored(task, truth[taken], scores[taken])))
    assert np.abs(fast - slow).max() < 0.3 * np.std(slow)


def test_rare_positives_resample_exactly_where_precision_steps():
    random = np.random.default_rng(1)
    truth = (random.random(20_000) < 0.005).astype(int)
    scores = np.clip(random.normal(size=20_000) / 6 + 0.2 + 0.3 * truth, 0, 1)
    where = units(np.arange(20_000) % 50, Plan(20))
    fast = replicates(METRICS["average_precision"], scored("binary", truth, scores), where)
    for k, counts in enumerate(where.draws):
        taken = np.repeat(np.arange(20_000), counts[where.codes].astype(int))
        slow = reference.average_precision_score(truth[taken], scores[taken])
        assert fast[k] == pytest.approx(slow, abs=2e-3)


def test_the_positive_class_may_be_the_first():
    truth, scores = rows("binary")
    turned = measure("roc_auc", "binary", 1 - truth, scores[:, ::-1], positive=0)
    assert turned == pytest.approx(measure("roc_auc", "binary", truth, scores))
    assert measure("recall", "binary", truth, scores, positive=0) == pytest.approx(
        reference.recall_score(truth, scores[:, 0] < 0.5, pos_label=0)
    )


def test_an_unknown_metric_names_the_nearest_and_all():
    with pytest.raises(RequestError) as raised:
        find("roc-acu", "binary")
    assert "'roc_auc'" in raised.value.hint
    assert "average_precision" in raised.value.hint
    assert "rmse" not in raised.value.hint


def test_a_metric_of_another_task_is_refused():
    with pytest.raises(RequestError, match="not defined for a regression"):
        find("f1", "regression")


def test_one_class_has_no_auc():
    assert np.isnan(measure("roc_auc", "binary", np.zeros(5), np.full(5, 0.3)))
    assert np.isnan(measure("recall", "binary", np.zeros(5), np.full(5, 0.3)))


def test_zero_truths_do_not_blow_up_relative_errors():
    assert measure("mape", "regression", np.array([0.0, 10.0]), np.array([1.0, 11.0])) == pytest.approx(0.1)


def test_scores_that_are_not_finite_are_refused_with_their_number():
    with pytest.raises(OutcomeError, match="2 of 3 scores"):
        scored("regression", np.zeros(3), np.array([np.nan, 1.0, np.inf]))
