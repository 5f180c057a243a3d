import pytest

from modelyard.bundle import digest, pack, unpack, verify
from modelyard.errors import OutcomeError, RequestError

FILES = {"model.json": b"{}", "pipeline/features.py": b"x", "evaluated/model.onnx": b"\0"}


def test_the_digest_depends_on_names_and_bytes_only(tmp_path):
    one = pack(FILES, tmp_path / "one")
    two = pack(dict(reversed(FILES.items())), tmp_path / "two")
    assert one == two == digest(tmp_path / "one")
    assert unpack(tmp_path / "one") == FILES


@pytest.mark.parametrize("change", [{"model.json": b"{ }"}, {"other.json": b"{}"}])
def test_another_byte_or_another_name_gives_another_digest(change, tmp_path):
    assert pack(FILES, tmp_path / "one") != pack({**FILES, **change}, tmp_path / "two")


def test_packing_twice_is_harmless_but_never_overwrites(tmp_path):
    assert pack(FILES, tmp_path / "one") == pack(FILES, tmp_path / "one")
    with pytest.raises(RequestError, match="something else"):
        pack({"model.json": b"new"}, tmp_path / "one")


def test_a_changed_removed_or_added_file_is_noticed(tmp_path):
    sha256 = pack(FILES, tmp_path / "one")
    verify(tmp_path / "one", sha256)
    (tmp_path / "one" / "more.py").write_bytes(b"")
    with pytest.raises(OutcomeError, match="is not"):
        verify(tmp_path / "one", sha256)
    with pytest.raises(OutcomeError, match="nothing"):
        verify(tmp_path / "absent", sha256)


@pytest.mark.parametrize("name", ["../out", "/etc/x", "a//b", "", "a\nb"])
def test_a_path_that_leaves_the_bundle_is_refused_and_nothing_is_left(name, tmp_path):
    with pytest.raises(RequestError, match="no path"):
        pack({name: b""}, tmp_path / "one")
    assert not list(tmp_path.iterdir())
