"""Takes the words out of a column's name: `customerBirth_date` and `Customer birth-date` have the same."""

import re
import unicodedata

_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")


def split(name: str) -> list[str]:
    """Return the lower-case words of `name`, without accents, in order."""
    plain = unicodedata.normalize("NFKD", name.replace("ß", "ss").replace("ł", "l"))
    ascii_only = "".join(c for c in plain if not unicodedata.combining(c))
    return [word.lower() for word in _WORD.findall(ascii_only)]


def words(name: str) -> frozenset[str]:
    """Return the words of `name`."""
    return frozenset(split(name))
