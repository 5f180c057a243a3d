"""Versions of the template for tests: copies of templates/tabular with changes, rendered by the code that ships."""

import functools
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

from modelyard import assets
from modelyard.scaffold import pristine as module
from modelyard.scaffold import vendor
from modelyard.scaffold.update.editions import Edition, read_questions

Change = Callable[[Path], None]


def edition(version: str, folder: Path, change: Change = lambda _: None) -> Edition:
    """Copy the templates to `folder`, change `tabular`, and return the version that renders them."""
    for name in ("tabular", "platform"):
        if assets.template(name).is_dir():
            kept = shutil.ignore_patterns("__pycache__", ".ruff_cache")
            shutil.copytree(assets.template(name), folder / name, ignore=kept)
    change(folder / "tabular")

    def pristine(template, answers, into):
        with released(version, folder):
            module.pristine(template, answers, into)

    def copier_yml(template):
        with released(version, folder):
            return read_questions(template)

    return Edition(version, copier_yml, pristine)


@contextmanager
def released(version: str, folder: Path) -> Iterator[None]:
    """Let the code in this process be that version, with the templates of `folder`."""
    with (
        mock.patch.object(assets, "template", lambda name: folder / name),
        mock.patch.object(vendor, "installed_version", return_value=version),
    ):
        yield


def remembered(known: Edition, folder: Path) -> Edition:
    """Return an edition that renders each set of answers once; rendering takes half a second."""

    @functools.cache
    def rendered(template: str, answers: str) -> Path:
        place = folder / f"{known.version}-{abs(hash((template, answers)))}"
        known.pristine(template, _ANSWERS[answers], place)
        return place

    def pristine(template, answers, into):
        _ANSWERS[repr(answers)] = dict(answers)
        shutil.copytree(rendered(template, repr(answers)), into, dirs_exist_ok=True)

    return Edition(known.version, known.copier_yml, pristine)


_ANSWERS: dict[str, dict] = {}
