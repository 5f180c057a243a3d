"""The versions that are watched: what each is called, what it reads and answers, and what it was trained on."""

from dataclasses import dataclass, field
from typing import TypeVar

from pydantic import ValidationError

from modelyard.bundle.served import FILE_NAME, Served
from modelyard.config import ProjectConfig
from modelyard.data.store import Store
from modelyard.loop.references import FILE_NAME as SEEN
from modelyard.loop.references import Seen
from modelyard.monitoring.outcomes import Outcomes
from modelyard.monitoring.tally import Tally
from modelyard.reference.profile import Profile

_PROFILE = "profile.json"
Read = TypeVar("Read", Profile, Served, Seen)


@dataclass
class Subject:
    """One version that answered; `tally` and `outcomes` are None where its bundle lacks what they need."""

    version: int
    sha256: str
    profile: Profile | None
    served: Served | None
    seen: Seen | None
    without: str
    tally: Tally | None = None
    outcomes: Outcomes | None = None
    rows: int = field(default=0)

    @classmethod
    def load(cls, store: Store, version: int, sha256: str, config: ProjectConfig) -> "Subject":
        """Read its bundle's small files; what is absent or unreadable is said, and stops nothing."""
        profile, served = _read(store, sha256, _PROFILE, Profile), _read(store, sha256, FILE_NAME, Served)
        absent = [name for name, found in ((_PROFILE, profile), (FILE_NAME, served)) if found is None]
        without = f"models/{sha256[:8]} has no readable {' and no '.join(absent)}" if absent else ""
        subject = cls(version, sha256, profile, served, _read(store, sha256, SEEN, Seen), without)
        days = config.monitoring.window_days
        if profile is not None:
            subject.tally = Tally(profile, days)
        if profile is not None and served is not None:
            subject.outcomes = Outcomes(served, profile, days, block(config))
        return subject


def block(config: ProjectConfig) -> str:
    """Return what is resampled: as in evaluation, but that a group's column may not be among the captured ones."""
    if config.evaluation.block != "auto":
        return config.evaluation.block
    if config.data.time is not None:
        return "day"
    return config.data.group or "row"


def _read(store: Store, sha256: str, name: str, kind: type[Read]) -> Read | None:
    data = store.get(f"models/{sha256}/{name}")
    try:
        return None if data is None else kind.model_validate_json(data)
    except ValidationError:
        return None
