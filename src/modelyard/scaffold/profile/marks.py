"""Marks of personal data in single values: patterns, and check digits where a number has them."""

import re
from collections.abc import Callable
from dataclasses import dataclass

_EMAIL = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+\.[A-Za-z]{2,}")
_PHONE = re.compile(
    r"(?:\+|00)[1-9][\d\s().\-/]{6,18}\d(?:\s*(?:x|ext\.?)\s*\d+)?"
    r"|\(\d{2,5}\)\s?\d[\d\s.\-]{4,12}\d(?:\s*(?:x|ext\.?)\s*\d+)?"
    r"|(?:1[\s.\-])?\d{3}[\s.\-]\d{3}[\s.\-]\d{4}(?:\s*(?:x|ext\.?)\s*\d+)?"
    r"|0\d{1,4}[\s/\-]\d[\d\s\-]{3,12}\d"
    r"|0\d(?:[\s.]\d\d){4}"
)
_DATE = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}")
_IP = re.compile(
    r"(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)|(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}"
)
_NATIONAL = re.compile(
    r"\d{3}-\d{2}-\d{4}"  # United States
    r"|[A-CEGHJ-PR-TW-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]"  # United Kingdom
    r"|[A-Z]{6}\d{2}[A-EHLMPR-T]\d{2}[A-Z]\d{3}[A-Z]"  # Italy
    r"|\d{3}\.\d{3}\.\d{3}-\d{2}"  # Brazil
    r"|[A-Z]{4}\d{6}[HM][A-Z]{5}[0-9A-Z]\d"  # Mexico
    r"|[A-Z]{5}\d{4}[A-Z]"  # India, PAN
)
_SPANISH = re.compile(r"[XYZ\d]\d{7}-?[A-Z]")
_SWEDISH = re.compile(r"(?:\d{2})?(\d{6})[-+](\d{4})")
_IBAN = re.compile(r"[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}")
_CARD = re.compile(r"[2-6]\d{3}([ -]?)(?:\d{4}\1\d{4}\1\d{1,4}(?:\1\d{3})?|\d{6}\1\d{5})")
_STREET = re.compile(
    r"\b\d+\w?\b.*\b(?:street|st|avenue|ave|road|rd|lane|ln|boulevard|blvd|drive|dr|court|ct|place|pl|square|sq|"
    r"terrace|way|highway|hwy|parkway|pkwy|circle|cir)\b\.?"
    r"|\b(?:p\.? ?o\.? box)\b"
    r"|\w*(?:stra(?:ß|ss)e|str\.|weg|allee|gasse|platz|straat|laan|gatan|vägen|gade|vej)\s+\d+"
    r"|\b(?:rue|avenue|boulevard|chemin|calle|avenida|paseo|via|viale|corso|piazza|rua|travessa|ulica|ul\.)\b.*\d+"
    r"|\d+.*\b(?:rue|boulevard|chemin|impasse)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class ValueMark:
    """What a column holds when at least `share` of at least `fewest` distinct values match."""

    what: str
    matches: Callable[[str], object]
    share: float
    fewest: int = 5
    digits: bool = False  # can be told from an integer column too


def luhn(digits: str) -> bool:
    """Check the last digit by the Luhn algorithm (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 * (value > 9)
    return total % 10 == 0


def is_card(text: str) -> bool:
    """Say whether `text` could be a payment card's number."""
    digits = re.sub(r"[ -]", "", text)
    return _CARD.fullmatch(text) is not None and 13 <= len(digits) <= 19 and luhn(digits)


def is_iban(text: str) -> bool:
    """Check an International Bank Account Number (ISO 13616: remainder 1 modulo 97)."""
    plain = text.replace(" ", "")
    if _IBAN.fullmatch(text) is None or not 15 <= len(plain) <= 34:
        return False
    return int("".join(str(int(c, 36)) for c in plain[4:] + plain[:4])) % 97 == 1


def is_national(text: str) -> bool:
    """Say whether `text` has the form, and the check digit if there is one, of a national number."""
    if _NATIONAL.fullmatch(text) or is_iban(text):
        return True
    if _SPANISH.fullmatch(text):
        number = int(str("XYZ".find(text[0])) + text[1:8] if text[0] in "XYZ" else text[:8])
        return text[-1] == "TRWAGMYFPDXBNJZSQVHLCKE"[number % 23]
    swedish = _SWEDISH.fullmatch(text)
    return swedish is not None and luhn(swedish[1] + swedish[2])


def is_pesel(text: str) -> bool:
    """Check a Polish personal number: eleven digits, a month from 1 to 12 plus a century, a weighted sum."""
    if len(text) != 11 or not text.isdigit() or not 1 <= int(text[2:4]) % 20 <= 12:
        return False
    return sum(int(c) * w for c, w in zip(text, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1), strict=True)) % 10 == 0


def is_nir(text: str) -> bool:
    """Check a French social security number: sex, year, month, place, order, and a key modulo 97."""
    plain = text.replace(" ", "")
    if len(plain) != 15 or not plain.isdigit() or plain[0] not in "12":
        return False
    return int(plain[13:]) == 97 - int(plain[:13]) % 97


def is_phone(text: str) -> bool:
    """Say whether `text` is written like a phone number; digits alone are not."""
    return _PHONE.fullmatch(text) is not None and _DATE.fullmatch(text) is None


MARKS = (
    ValueMark("e-mail addresses", _EMAIL.search, 0.3),
    ValueMark("card numbers", is_card, 0.8, fewest=10, digits=True),
    ValueMark("national or bank numbers", is_national, 0.7),
    ValueMark("national or bank numbers", is_pesel, 0.9, fewest=10, digits=True),
    ValueMark("national or bank numbers", is_nir, 0.9, digits=True),
    ValueMark("IP addresses", _IP.fullmatch, 0.8),
    ValueMark("phone numbers", is_phone, 0.7),
    ValueMark("postal addresses", _STREET.search, 0.5),
)
