"""Renders a Copier template into an empty folder; the only module that may import copier."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from modelyard import assets
from modelyard.errors import ModelyardError


def warm_up() -> None:
    """Import Copier before it is needed: it takes most of a second."""
    import copier  # noqa: F401


def render(template: str, answers: Mapping[str, Any], into: Path) -> None:
    """Render the template `template` into the folder `into`, asking nothing.

    Args:
        template: Name of a folder of templates, such as `tabular`.
        answers: Answers to the questions that shall not keep their default; they are not rendered themselves.
        into: An existing, empty folder, or one that does not exist yet.

    Raises:
        ModelyardError: The template refuses an answer, asks no such question, or cannot be rendered.
        OSError: The folder cannot be written.
    """
    source = assets.template(template)
    if not (source / "copier.yml").is_file():
        raise ModelyardError(f"The template {template!r} is not in this installation.", "Install modelyard again.")
    _refuse_unknown(source, answers)
    import copier

    try:
        copier.run_copy(
            str(source), into, data=dict(answers), defaults=True, overwrite=True, quiet=True, skip_tasks=True
        )
    except OSError:
        raise
    except (copier.errors.CopierError, ValueError, LookupError, TypeError, _template_error()) as error:
        raise ModelyardError(
            f"Cannot render the template {template!r}: {error}",
            "This is a fault of modelyard; please report it.",
        ) from error


def _refuse_unknown(source: Path, answers: Mapping[str, Any]) -> None:
    """Fail on an answer to no question, which Copier would ignore in silence."""
    import yaml

    questions = yaml.safe_load((source / "copier.yml").read_text(encoding="utf-8"))
    unknown = sorted(name for name in answers if name.startswith("_") or name not in questions)
    if unknown:
        raise ModelyardError(f"The template {source.name!r} does not ask for {', '.join(unknown)}.")


def _template_error() -> type[Exception]:
    return sys.modules["jinja2"].TemplateError
