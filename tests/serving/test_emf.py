"""What a server tells CloudWatch of requests that failed."""

from types import SimpleNamespace

from modelyard.serving.emf import Emf
from modelyard.serving.metrics import Metrics

LABELS = ("2", "challenger")
PROJECT = SimpleNamespace(
    env="prod", config=SimpleNamespace(name="churn", serving=SimpleNamespace(emf=True))
)  # all that is read of one


def answered(metrics, status, failure=None):
    metrics.request("/predict", status, LABELS)
    metrics.series(LABELS).tried(0.01, failure)


def test_a_failure_that_became_an_answer_of_500_is_one_error_and_unanswered():
    metrics, told = Metrics(), []
    emf = Emf(PROJECT, metrics, SimpleNamespace(add=told.append))
    answered(metrics, 200)
    answered(metrics, 200, "raised")  # the champion answered
    answered(metrics, 500, "raised")
    emf.emit()
    answered(metrics, 200, "not_finite")
    emf.emit()
    first, second = told
    assert (first["requests"], first["errors"], first["unanswered"]) == (3, 2, 1)
    assert (second["requests"], second["errors"]) == (1, 1)
    assert "unanswered" not in second  # a metric that is always zero costs as much as another
