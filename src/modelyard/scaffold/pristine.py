"""A repository as its template has it: from recorded answers alone, so that it can be rendered again."""

from collections.abc import Mapping
from pathlib import Path

from modelyard.scaffold import copies, vendor
from modelyard.scaffold.render import render


def pristine(template: str, answers: Mapping[str, object], into: Path) -> None:
    """Render everything but what is born from data (modelyard.yaml, contract.yaml, the table and its sample).

    Args:
        template: `tabular` or `platform`.
        answers: As in `.copier-answers.yml`, without the keys that begin with `_`.
        into: An existing, empty folder, or one that does not exist yet.

    Raises:
        ModelyardError: The template refuses an answer, asks no such question, or cannot be rendered.
        OSError: The folder cannot be written.
    """
    files = copies.of(template, answers)
    render(template, answers, into)
    copies.write(files, into)
    vendor.attach(into)
