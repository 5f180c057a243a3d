"""The wheel that travels with a project made by a development version."""

import hashlib
import subprocess
import sys
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

from modelyard.scaffold import vendor


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_wheel_is_the_same_each_time(tmp_path: Path) -> None:
    assert sha256(vendor.build(tmp_path / "a")) == sha256(vendor.build(tmp_path / "b"))


def test_a_wheel_holds_code_templates_and_data_and_no_leftovers(tmp_path: Path) -> None:
    with zipfile.ZipFile(vendor.build(tmp_path)) as archive:
        names = archive.namelist()
        assert archive.testzip() is None
    assert {
        "modelyard/__init__.py",
        "modelyard/demo/flights.parquet",
        "modelyard/_templates/tabular/copier.yml",
        "modelyard/_templates/tabular/.gitignore",
        "modelyard/_templates/tabular/pyproject.toml.jinja",
        "modelyard/_templates/tabular/.github/workflows/ci.yml",
        "modelyard/_templates/platform/.schemas/platform.json",
        "modelyard/_stacks/project/__main__.py",
        "modelyard/_stacks/registry/image/Dockerfile",
    } <= set(names)
    assert len(names) == len(set(names))
    assert not [name for name in names if "__pycache__" in name or name.endswith((".pyc", "direct_url.json"))]


def test_the_record_names_every_file_with_its_hash(tmp_path: Path) -> None:
    with zipfile.ZipFile(vendor.build(tmp_path)) as archive:
        record = next(name for name in archive.namelist() if name.endswith("/RECORD"))
        lines = archive.read(record).decode().splitlines()
        assert [line.split(",")[0] for line in lines] == archive.namelist()


@pytest.mark.parametrize(
    ("version", "released"),
    [("0.1.0", True), ("1.2.3rc1", True), ("0.1.0.dev0", False), ("0.1.0+local", False)],
)
def test_a_development_version_is_told_from_a_release(version: str, *, released: bool) -> None:
    assert vendor.is_released(version) is released


def test_a_release_is_pinned_by_number_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vendor, "installed_version", lambda: "1.0.0")
    (tmp_path / "pyproject.toml").write_text("")
    assert vendor.attach(tmp_path) is None
    assert [path.name for path in tmp_path.iterdir()] == ["pyproject.toml"]
    assert (tmp_path / "pyproject.toml").read_text() == ""


def test_a_development_version_points_uv_at_its_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vendor, "installed_version", lambda: "0.1.0.dev7")
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\n')
    wheel = vendor.attach(tmp_path)
    assert wheel is not None
    source = tomllib.loads((tmp_path / "pyproject.toml").read_text())["tool"]["uv"]["sources"]["modelyard"]
    assert (tmp_path / source["path"]) == wheel


@pytest.mark.slow
def test_a_wheel_installs_and_gives_the_same_wheel_again(tmp_path: Path) -> None:
    wheel = vendor.build(tmp_path / "first")
    venv.create(tmp_path / "env", with_pip=True)
    python = tmp_path / "env/bin/python"
    subprocess.run([python, "-m", "pip", "install", "-q", "--no-deps", wheel], check=True)
    site = Path(sys.prefix, "lib")
    packages = next(site.glob("python*/site-packages"))
    code = (
        "import sys; from pathlib import Path; from modelyard.scaffold import vendor\n"
        f"assert str(Path({str(tmp_path)!r})) in vendor.__file__\n"
        f"vendor.build(Path({str(tmp_path / 'second')!r}))"
    )
    subprocess.run([python, "-c", f"import sys; sys.path.append({str(packages)!r})\n{code}"], check=True, cwd=tmp_path)
    assert sha256(wheel) == sha256(tmp_path / "second" / wheel.name)
