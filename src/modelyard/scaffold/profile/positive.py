"""Chooses the positive class of two: the one that its name says happened, else the rarer one."""

from collections.abc import Sequence

from modelyard.config.model import Label
from modelyard.scaffold.profile.names import split
from modelyard.scaffold.profile.vocabulary import DID_NOT, HAPPENED

_NOT = ("not", "no", "non", "nicht", "un", "without", "never")


def choose_positive(labels: Sequence[Label], balance: Sequence[int]) -> tuple[Label, str]:
    """Return the positive label of two, and why."""
    return _by_form(labels) or _by_name(labels) or _by_size(labels, balance)


def _by_form(labels: Sequence[Label]) -> tuple[Label, str] | None:
    first, second = labels
    if isinstance(first, bool):
        return True, "true is positive"
    if all(isinstance(label, int | float) for label in labels) and second == 1:
        return second, f"{second} against {first}"
    for one, other in ((first, second), (second, first)):
        if _negates(other, one):
            return one, f"{str(other)!r} is its negation"
    return None


def _by_name(labels: Sequence[Label]) -> tuple[Label, str] | None:
    said = [label for label in labels if _says(label, HAPPENED) and not _says(label, DID_NOT)]
    denied = [label for label in labels if _says(label, DID_NOT) and not _says(label, HAPPENED)]
    if len(said) == 1:
        return said[0], "its name says that it happened"
    if len(said) != 2 and len(denied) == 1:
        other = labels[1] if denied[0] == labels[0] else labels[0]
        return other, f"{str(denied[0])!r} says that it did not happen"
    return None


def _by_size(labels: Sequence[Label], balance: Sequence[int]) -> tuple[Label, str]:
    first, second = labels
    if balance[0] == balance[1]:
        return second, "both are as frequent; the later in order"
    return (first if balance[0] < balance[1] else second), "the rarer one"


def match_positive(given: str, labels: Sequence[Label]) -> Label | None:
    """Return the label that the user's text means: exactly, else by case, else as a number or truth value."""
    exact = [label for label in labels if str(label) == given]
    loose = [label for label in labels if str(label).strip().lower() == given.strip().lower()]
    same = [label for label in labels if _number(label) is not None and _number(label) == _number(given)]
    for found in (exact, loose, same):
        if len(found) == 1:
            return found[0]
    return None


def _number(value: Label) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None


def _says(label: Label, vocabulary: tuple[str, ...]) -> bool:
    text = str(label).strip().lower()
    return text in vocabulary or "".join(split(text)) in vocabulary


def _negates(one: Label, other: Label) -> bool:
    """Say whether `one` is `other` with a word of negation in front: "not late" and "late"."""
    a, b = split(str(one)), split(str(other))
    return bool(b) and len(a) == len(b) + 1 and a[0] in _NOT and a[1:] == b
