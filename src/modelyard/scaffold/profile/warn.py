"""Says what is odd about a table but does not stop the work."""

from modelyard.data.types import EPOCHS
from modelyard.scaffold.profile.choose import SplitChoice
from modelyard.scaffold.profile.columns import Sorting
from modelyard.scaffold.profile.names import split as split_name
from modelyard.scaffold.profile.read import Facts, Reading
from modelyard.scaffold.profile.target import Target
from modelyard.scaffold.profile.vocabulary import TIME_WORDS, YEARS

FEW_IN_CLASS = 20
FEWEST_TOGETHER = 5  # rows without both; fewer may be a coincidence
_YEAR_1980, _YEAR_2050 = 315_532_800, 2_524_608_000  # seconds since 1970: wider than what is read as moments
ROWS_OF_YEARS = 10  # different years, before a split by time is worth a word
_MAIL = r"[^\s@<>,;]+@[^\s@<>,;]+\.[A-Za-z]{2,}"


def warnings(reading: Reading, sorting: Sorting, target: Target, split: SplitChoice) -> list[str]:
    """Return the warnings, the most weighty first."""
    found = [_unlabelled(target.facts), _small_classes(target), _identity(reading, sorting)]
    found += [_time(reading, sorting, split), _group(reading, sorting, split), _repeated(reading, sorting)]
    found += [_note(c) for c in reading.facts if sorting.decided[c.name].role != "ignored"]
    if sorting.only("time") is None:
        found += [_year(c) for c in reading.facts if sorting.decided[c.name].role == "feature"]
    found += [_epoch(c) for c in sorting.features(reading.facts) if c.type == "integer"]
    found += [_infinite(reading, c) for c in sorting.features(reading.facts) if c.type == "number"]
    found += [_together(reading, c, target.facts) for c in sorting.features(reading.facts)]
    found += [_mail(reading, c) for c in reading.facts if c.name in sorting.text]
    return [warning for warning in found if warning]


def _unlabelled(facts: Facts) -> str:
    if facts.missing == 0:
        return ""
    share = 100 * facts.missing / facts.rows
    if facts.missing == 1:
        return f"one row has no {facts.name!r}; it is left out of training"
    return f"{facts.missing:,} rows ({share:.3g} %) have no {facts.name!r}; they are left out of training"


def _small_classes(target: Target) -> str:
    small = [str(v) for v, n in zip(target.values, target.balance, strict=True) if n < FEW_IN_CLASS]
    if not small:
        return ""
    shown = ", ".join(map(repr, small[:5])) + (f" and {len(small) - 5} more" if len(small) > 5 else "")
    return f"few rows (under {FEW_IN_CLASS}) of class {shown}: the gate can say little about them"


def _identity(reading: Reading, sorting: Sorting) -> str:
    name = sorting.only("id")
    if name is None or reading.by_name[name].unique:
        return ""
    facts = reading.by_name[name]
    repeated = facts.rows - facts.missing - facts.distinct
    return (
        f"identifier {name!r} is missing in {facts.missing:,} rows and repeats in {max(0, repeated):,}; "
        "where it names an entity with several rows, use --group"
    )


def _time(reading: Reading, sorting: Sorting, split: SplitChoice) -> str:
    name = sorting.only("time")
    if name is None:
        return ""
    facts = reading.by_name[name]
    if facts.missing:
        return f"{facts.missing:,} row{'s have' if facts.missing > 1 else ' has'} no {name!r}"
    return "" if split.by == "time" else f"{name!r} spans too few days to split by time"


def _group(reading: Reading, sorting: Sorting, split: SplitChoice) -> str:
    name = sorting.only("group")
    if name is None or split.by != "hash":
        return ""
    several = "one value" if reading.by_name[name].distinct == 1 else f"{reading.by_name[name].distinct} values"
    return f"{name!r} has {several}, too few to split by: rows of one are on both sides, which flatters the model"


def _repeated(reading: Reading, sorting: Sorting) -> str:
    """Equal rows on both sides of a random split flatter the model."""
    keys = [c.key for c in reading.facts if sorting.decided[c.name].role in ("feature", "target")]
    if not reading.complete or reading.rows < 2 or len(keys) < 2:
        return ""
    repeated = reading.rows - reading.frame.select(keys).hash_rows(seed=0).n_unique()
    if repeated < 0.01 * reading.rows:
        return ""
    return f"{repeated:,} rows repeat another in every feature and the target"


def _together(reading: Reading, facts: Facts, target: Facts) -> str:
    """A value that is there exactly where the outcome is was probably recorded with it."""
    if not FEWEST_TOGETHER <= facts.missing == target.missing:
        return ""
    absent = reading.values(facts).is_null()
    if not bool((absent == reading.values(target).is_null()).all()):
        return ""
    return (
        f"{facts.name!r} is missing exactly where {target.name!r} is: if it is only known with the outcome, "
        "put it under data.ignore"
    )


def _note(facts: Facts) -> str:
    """Repeat what was found odd when the type was inferred."""
    return f"{facts.name!r}: {facts.note}" if facts.note else ""


def _epoch(facts: Facts) -> str:
    """What was not sure enough to be read as moments may be so all the same."""
    called = set(split_name(facts.name)) & set(TIME_WORDS)
    if not called or not isinstance(facts.minimum, int) or not isinstance(facts.maximum, int):
        return ""
    for unit in EPOCHS:
        if _YEAR_1980 * unit.per_second <= facts.minimum and facts.maximum <= _YEAR_2050 * unit.per_second:
            return (
                f"{facts.name!r} looks like {unit.unit} since 1970, but is read as plain numbers: as a timestamp of "
                f"format {unit.format} (--time, or contract.yaml) it could order the rows and split them by time"
            )
    return ""


def _year(facts: Facts) -> str:
    """Years order rows as well."""
    alone = len(split_name(facts.name)) == 1 and set(split_name(facts.name)) <= set(YEARS)
    if not alone or facts.type != "integer" or facts.distinct < ROWS_OF_YEARS:
        return ""
    if not isinstance(facts.minimum, int) or not isinstance(facts.maximum, int):
        return ""
    if facts.minimum < 1_500 or facts.maximum > 2_200:
        return ""
    return (
        f"{facts.name!r} holds years as numbers: written as dates (2020-01-01) it could order the rows and split them "
        "by time"
    )


def _infinite(reading: Reading, facts: Facts) -> str:
    count = int(reading.values(facts).is_infinite().sum())
    return f"{facts.name!r} holds infinite values" if count else ""


def _mail(reading: Reading, facts: Facts) -> str:
    found = reading.values(facts).drop_nulls().head(5_000).str.contains(_MAIL).any()
    return f"free text {facts.name!r} holds e-mail addresses; consider leaving it out" if found else ""
