"""From what the engine said to one error of ours: the cause, in a sentence, and the exact next step."""

import re
from collections.abc import Callable

from pulumi.automation import CommandError

from modelyard.errors import ModelyardError, OutcomeError, OutsideError
from modelyard.infra.engine.pending import Look
from modelyard.infra.engine.programs import Program
from modelyard.infra.engine.sayings import AGAIN, SAYINGS
from modelyard.infra.engine.watch import Watch

_SHOWN = 12
_COLOUR = re.compile(r"<\{%[^%]*%\}>|\x1b\[[0-9;]*m")
_POLICIES = re.compile(r"^Policies:[^\n]*\n(?:[ \t][^\n]*\n|\n)*", re.MULTILINE)  # what is only advised is no cause


def explained(error: CommandError, watch: Watch, program: Program, look: Look) -> ModelyardError:
    """Return the error to raise for a command that failed."""
    text = _POLICIES.sub("", str(error))
    for ask in (_of_program(program), _of_policies(watch), _of_twins(watch, look), *_rest(text, watch)):
        found = ask()
        if found is not None:
            return found
    return OutsideError(f"Layer {watch.layer}: {_last(text)}", AGAIN, code="engine_failed")


def _rest(text: str, watch: Watch) -> tuple[Callable[[], ModelyardError | None], ...]:
    return _of_text(text, watch.layer), _of_resources(watch)


def _of_program(program: Program) -> Callable[[], ModelyardError | None]:
    return lambda: program.error


def _of_policies(watch: Watch) -> Callable[[], ModelyardError | None]:
    def look() -> ModelyardError | None:
        broken = [p for p in watch.policies if p.enforcement_level in {"mandatory", "remediate"}]
        lines = [f"  {p.policy_name}: {_name(p.resource_urn or '')}: {plain(p.message)}" for p in broken]
        if not lines:
            return None
        return OutcomeError(
            f"Layer {watch.layer} breaks mandatory policies ({len(lines)}):\n{_few(lines)}",
            "Correct platform.yaml, or write an exception with a reason and an expiry date into it.",
            code="policy_broken",
        )

    return look


_EXISTS = re.compile(r"(?i)already ?exists|AlreadyOwnedByYou|ResourceInUse|ConflictException.*exist")


def _of_twins(watch: Watch, look: Look) -> Callable[[], ModelyardError | None]:
    """Something has the name already: most often an earlier run made it and never heard the answer."""

    def look_for() -> ModelyardError | None:
        twins = {urn: text for urn, text in watch.messages if _EXISTS.search(text) and urn in watch.begun}
        if not twins:
            return None
        lines = [f"  {_name(urn)}{plain(text)}" for urn, text in twins.items()]
        asked = [f"--adopt '{urn}={look.expected(watch.begun[urn]) or 'ID'}'" for urn in twins]
        return OutsideError(
            f"Layer {watch.layer} is not finished; this exists already:\n{_few(lines)}",
            f"If an earlier run made it, take it over: run the same command with {' '.join(asked)}. "
            "If it is somebody else's, choose another `name` in platform.yaml.",
            code="already_exists",
        )

    return look_for


def _of_resources(watch: Watch) -> Callable[[], ModelyardError | None]:
    def look() -> ModelyardError | None:
        named = [(urn, text) for urn, text in watch.messages if text and _name(urn)] or watch.messages
        lines = list(dict.fromkeys(f"  {_name(urn)}{plain(text)}" for urn, text in named if text))
        if not lines:
            return None
        return OutsideError(f"Layer {watch.layer} is not finished:\n{_few(lines)}", AGAIN, code="engine_failed")

    return look


def _of_text(text: str, layer: str) -> Callable[[], ModelyardError | None]:
    def look() -> ModelyardError | None:
        for pattern, kind, code, sentence, step in SAYINGS:
            found = re.search(pattern, text)
            if found is not None:
                return kind(f"Layer {layer}: {sentence}\n  {_line(text, found.start())}", step, code=code)
        return None

    return look


def plain(text: str) -> str:
    """Return a message without colours, on one line of at most 400 characters."""
    one = " ".join(_COLOUR.sub("", text).split())
    return one if len(one) <= 400 else f"{one[:397]}..."


def _name(urn: str) -> str:
    parts = urn.split("::")
    if len(parts) < 4 or parts[2] == "pulumi:pulumi:Stack":
        return ""
    return f"{parts[2].rsplit('$', 1)[-1]} {parts[3]}: "


def _few(lines: list[str]) -> str:
    more = [f"  ... and {len(lines) - _SHOWN} more"] if len(lines) > _SHOWN else []
    return "\n".join([*lines[:_SHOWN], *more])


def _line(text: str, at: int) -> str:
    start, end = text.rfind("\n", 0, at) + 1, text.find("\n", at)
    return plain(text[start : end if end >= 0 else None])


def _last(text: str) -> str:
    lines = [plain(line) for line in text.splitlines() if "error:" in line]
    return lines[-1] if lines else plain(text)
