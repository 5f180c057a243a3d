"""The Prometheus text format."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate

from modelyard.serving.cells import Key

Labels = tuple[tuple[str, str], ...]

HELP = {
    "modelyard_requests_total": "Answered requests.",
    "modelyard_errors_total": "Requests answered with a status of 500 or above.",
    "modelyard_predictions_total": "Predicted rows.",
    "modelyard_request_seconds": "Time to answer a prediction request.",
    "modelyard_scorer_seconds": "Time of features(), encoding and model for one request.",
    "modelyard_batch_request_seconds": "As modelyard_request_seconds, of requests of several rows only.",
    "modelyard_batch_scorer_seconds": "As modelyard_scorer_seconds, of requests of several rows only.",
    "modelyard_scorer_failures_total": "Requests on which a version raised or had no finite score.",
    "modelyard_prediction_score_sum": "Sum of the scores: positive's or likeliest class's probability, or the value.",
    "modelyard_unseen_total": "Values that the training rows or the contract's warnings do not cover.",
    "modelyard_capture_rows_total": "Rows taken for the capture.",
    "modelyard_capture_dropped_rows_total": "Rows that the capture had to drop.",
    "modelyard_capture_written_rows_total": "Captured rows that are in the store.",
    "modelyard_capture_files_total": "Captured files that are in the store.",
    "modelyard_capture_failures_total": "Tries to write a captured file that failed; most are made good later.",
    "modelyard_load_failures_total": "Loads of a version that failed.",
    "modelyard_poll_failures_total": "Reads of the routing document that failed.",
    "modelyard_mirror_dropped_total": "Requests that were not mirrored to the shadow, which was behind.",
    "modelyard_info": "Which project and environment is served.",
    "modelyard_champion_answers": "Whether the champion answers, in every worker; 0: another version, or none.",
    "modelyard_ready": "Whether a version is loaded, in every worker.",
    "modelyard_workers": "Worker processes.",
    "process_resident_memory_bytes": "Resident memory of all worker processes.",
    "process_start_time_seconds": "When the server began, in seconds since 1970.",
}
_HISTOGRAMS = {
    "modelyard_request_seconds",
    "modelyard_scorer_seconds",
    "modelyard_batch_request_seconds",
    "modelyard_batch_scorer_seconds",
}
INFINITE = "+Inf"
SUM = "sum"


def text(numbers: Mapping[Key, float]) -> str:
    """Return the metrics as text, families and labels in order."""
    families: dict[str, dict[Labels, dict[str, float]]] = {}
    for (family, labels, part), value in sorted(numbers.items(), key=lambda item: item[0][:2]):
        families.setdefault(family, {}).setdefault(labels, {})[part] = value
    lines: list[str] = []
    for family, series in families.items():
        kind = "histogram" if family in _HISTOGRAMS else "counter" if _counts(family) else "gauge"
        lines += [f"# HELP {family} {HELP.get(family, family)}", f"# TYPE {family} {kind}"]
        for labels, parts in series.items():
            lines += _histogram(family, labels, parts) if kind == "histogram" else _plain(family, labels, parts)
    return "\n".join(lines) + "\n"


def _counts(family: str) -> bool:
    return family.endswith(("_total", "_sum"))


def _plain(family: str, labels: Labels, parts: Mapping[str, float]) -> Iterator[str]:
    yield f"{family}{_braces(labels)} {_number(parts[''])}"


def _histogram(family: str, labels: Labels, parts: Mapping[str, float]) -> Iterator[str]:
    bounds = sorted((part for part in parts if part != SUM), key=float)
    for bound, count in zip(bounds, accumulate(parts[bound] for bound in bounds), strict=True):
        yield f"{family}_bucket{_braces((('le', bound), *labels))} {_number(count)}"
    yield f"{family}_sum{_braces(labels)} {_number(parts.get(SUM, 0.0))}"
    yield f"{family}_count{_braces(labels)} {_number(sum(parts[bound] for bound in bounds))}"


def _braces(labels: Iterable[tuple[str, str]]) -> str:
    inside = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels)
    return f"{{{inside}}}" if inside else ""


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)
