"""Recognises columns that look like personal data, by values and by their names in several languages."""

from collections.abc import Callable, Sequence

import polars as pl

from modelyard.scaffold.profile.marks import MARKS, ValueMark
from modelyard.scaffold.profile.names import split
from modelyard.scaffold.profile.people import share_of_names
from modelyard.scaffold.profile.read import Facts
from modelyard.scaffold.profile.vocabulary import HINTS, NAME_WORDS

LOOKED_AT = 1_000
FEWEST = 5  # distinct values: fewer are categories
_BARE = frozenset(NAME_WORDS)


def personal(facts: Facts, values: pl.Series) -> str | None:
    """Return what the column looks like ("e-mail addresses"), or None. No value is part of the answer."""
    if facts.type == "boolean" or facts.distinct < FEWEST:
        return None
    hint = hinted(facts.name)
    if facts.temporal:
        return hint if hint == "dates of birth" else None
    if facts.type == "number":
        return None
    texts = _texts(values)
    if facts.type == "integer":
        return _number(facts, hint, texts)
    return _text(facts, hint, texts)


def hinted(name: str) -> str | None:
    """Return what the column's name alone says that it holds."""
    found = split(name)
    joined = "".join(found)
    for what, phrases in HINTS.items():
        if any(_within(phrase, found) or phrase.replace(" ", "") == joined for phrase in phrases):
            return what
    return None


def _within(phrase: str, found: Sequence[str]) -> bool:
    wanted = phrase.split()
    return any(found[i : i + len(wanted)] == wanted for i in range(len(found) - len(wanted) + 1))


def _texts(values: pl.Series) -> list[str]:
    distinct = values.drop_nulls().unique(maintain_order=True).head(LOOKED_AT)
    texts = [text.strip()[:500] for text in distinct.cast(pl.String).to_list()]
    return [text for text in texts if text]


def _number(facts: Facts, hint: str | None, texts: Sequence[str]) -> str | None:
    by_value = _mark(texts, [mark for mark in MARKS if mark.digits])
    if by_value is not None:
        return by_value
    digits = _share(texts, lambda text: 7 <= len(text.lstrip("-")) <= 19)
    long_enough = digits >= 0.8 and facts.distinct > 0.2 * facts.present
    numbered = {"phone numbers", "national or bank numbers", "card numbers"}
    if hint in numbered and long_enough:
        return hint
    compact = _share(texts, lambda text: len(text) == 8 and text[:2] in {"19", "20"})
    return hint if hint == "dates of birth" and compact >= 0.8 else None


def _text(facts: Facts, hint: str | None, texts: Sequence[str]) -> str | None:
    if not texts:
        return None
    by_value = _mark(texts, MARKS)
    if by_value is not None:
        return by_value
    many = facts.distinct >= 10
    varied = many and facts.distinct > 0.2 * facts.present
    # given names repeat in a long table; other hints are also words for categories
    if hint is not None and (varied or (many and hint == "names of people")) and _fits(hint, texts):
        return hint
    return _people(facts, texts, varied=varied)


def _mark(texts: Sequence[str], marks: Sequence[ValueMark]) -> str | None:
    for mark in marks:
        if len(texts) >= mark.fewest and _share(texts, mark.matches) >= mark.share:
            return mark.what
    return None


def _fits(hint: str, texts: Sequence[str]) -> bool:
    """A column named `phone` may hold a phone's model; its name is believed when its values do not object."""
    lettered = _share(texts, lambda text: any(c.isalpha() for c in text))
    digits = _share(texts, lambda text: sum(c.isdigit() for c in text) >= 5)
    if hint == "names of people":
        return lettered >= 0.8 and _share(texts, lambda text: any(c.isdigit() for c in text)) < 0.2
    if hint in {"phone numbers", "national or bank numbers", "card numbers"}:
        return digits >= 0.5
    if hint == "dates of birth":
        return digits >= 0.5
    if hint == "e-mail addresses":
        return _share(texts, lambda text: "@" in text) >= 0.2
    return lettered >= 0.5 or hint == "IP addresses"


def _people(facts: Facts, texts: Sequence[str], *, varied: bool) -> str | None:
    share = share_of_names(texts)
    called = bool(set(split(facts.name)) & _BARE)
    if called and varied and share >= 0.1:
        return "names of people"
    return "names of people" if share >= 0.4 and len(texts) >= 8 else None


def _share(texts: Sequence[str], test: Callable[[str], object]) -> float:
    return sum(bool(test(text)) for text in texts) / len(texts) if texts else 0.0
