"""Says how many texts look like the name of a person: a title, or a given name that is common somewhere."""

import re
from collections.abc import Sequence

from modelyard.scaffold.profile.given_names import GIVEN_NAMES

_SHAPE = re.compile(r"[^\W\d_][\w'\u2019.\-]*(?:,? [\w'\u2019.()\"\-]+){0,6}")
_TITLE = re.compile(r"\b(?:mr|mrs|ms|miss|mx|dr|prof|sir|herr|frau|mme|mlle|sr|sra|srta|sig|dott)\b\.?", re.IGNORECASE)
_ORGANISATION = re.compile(
    r"\b(?:inc|ltd|llc|corp|co|gmbh|ag|sa|plc|bv|company|hotel|restaurant|cafe|pizza|school|university|college|"
    r"hospital|airport|field|intl|international|regional|municipal|memorial|county|city|island|park|river|lake|mount|"
    r"bank|church|center|centre|station|street|product|model|edition)\b",
    re.IGNORECASE,
)
_INITIAL = re.compile(r"(?:[^\W\d_]\. ?)+[^\W\d_][\w'\u2019\- ]+")
_WORD = re.compile(r"[^\W\d_]+")


def share_of_names(texts: Sequence[str]) -> float:
    """Return the share of `texts` that look like a person's name; 0 where many name a place or a firm."""
    if sum(_ORGANISATION.search(text) is not None for text in texts) > 0.1 * len(texts):
        return 0.0
    return sum(_is_name(text) for text in texts) / len(texts) if texts else 0.0


def _is_name(text: str) -> bool:
    if len(text) > 90 or _SHAPE.fullmatch(text) is None:
        return False
    if _TITLE.search(text) and " " in text:
        return True
    if _INITIAL.fullmatch(text):
        return True
    found = _WORD.findall(text)
    return len(found) <= 4 and any(word.lower() in GIVEN_NAMES for word in (found[0], found[-1]))
