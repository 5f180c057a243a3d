import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import boto3
import moto_aws
import pytest
from children import CHILDREN, kill_after

from modelyard.data.store import Store
from modelyard.errors import OutsideError, RequestError


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with moto_aws.serving("eu-north-1") as world:
        s3 = boto3.client(
            "s3", endpoint_url=world["AWS_ENDPOINT_URL"], region_name="eu-north-1",
            aws_access_key_id="t", aws_secret_access_key="t",
        )  # fmt: skip
        s3.create_bucket(Bucket="store-tests", CreateBucketConfiguration={"LocationConstraint": "eu-north-1"})
        yield world["AWS_ENDPOINT_URL"]


@pytest.fixture
def aws(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    monkeypatch.setenv("AWS_REGION", "eu-north-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")
    return endpoint


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "folder":
        return Store.open("a store with é", tmp_path)
    request.getfixturevalue("aws")
    return Store.open(f"s3://store-tests/{tmp_path.name}/deep", tmp_path)


def test_what_is_put_is_got_and_listed_until_it_is_deleted(store: Store):
    assert store.get("a/b.json") is None
    assert not store.exists("a/b.json")
    store.put("a/b.json", b"1")
    store.put("a/c d é.json", b"")
    store.put("ab/c", b"3")
    assert store.get("a/b.json") == b"1"
    assert store.exists("a/c d é.json")
    assert store.list("a") == store.list("a/") == ["a/b.json", "a/c d é.json"]
    assert store.list("") == ["a/b.json", "a/c d é.json", "ab/c"]
    assert store.list("nothing") == []
    store.delete("a/b.json")
    store.delete("a/b.json")
    assert store.get("a/b.json") is None


def test_put_new_gives_the_key_to_the_first(store: Store):
    assert store.put_new("x", b"first")
    assert not store.put_new("x", b"second")
    assert store.get("x") == b"first"


def test_put_if_replaces_only_what_was_read(store: Store):
    assert not store.put_if("x", b"1", "nothing is there")
    store.put("x", b"0")
    found = store.get_tagged("x")
    assert found is not None
    assert store.put_if("x", b"1", found[1])
    assert not store.put_if("x", b"2", found[1])
    assert store.get("x") == b"1"


def test_files_go_in_and_out_whole(store: Store, tmp_path: Path):
    source = tmp_path / "big"
    source.write_bytes(os.urandom(11 * 2**20))
    store.put_file("models/big", source)
    back = store.fetch("models/big", tmp_path / "new folder" / "back")
    assert back.read_bytes() == source.read_bytes()
    with pytest.raises(OutsideError, match="models/small is missing"):
        store.fetch("models/small", tmp_path / "small")
    assert not (tmp_path / "small").exists()


def test_a_folder_tells_where_an_object_lies_and_takes_it_from_there(tmp_path: Path):
    store = Store.open("s", tmp_path)
    store.put("a/b", b"1")
    path = store.local("a/b")
    assert path == tmp_path / "s/a/b"
    store.put_file("a/b", path)
    assert store.get("a/b") == b"1"


@pytest.mark.parametrize("key", ["", "/a", "a/", "a//b", "../a", "a/../b", ".", "a\\b", "a\nb"])
def test_keys_that_could_leave_the_store_are_refused(store: Store, key: str):
    with pytest.raises(RequestError, match="not a key"):
        store.put(key, b"")


@pytest.mark.parametrize("uri", ["", "gs://x/y", "s3://", "s3://user:secret@host/x"])
def test_other_kinds_of_store_are_refused(uri: str, tmp_path: Path):
    with pytest.raises(RequestError):
        Store.open(uri, tmp_path)


def test_opening_and_reading_a_folder_makes_nothing(tmp_path: Path):
    store = Store.open("s", tmp_path)
    assert store.get("x") is None
    assert store.list("") == []
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_a_file_is_a_wrong_request(tmp_path: Path):
    (tmp_path / "s").write_text("")
    with pytest.raises(RequestError, match="Cannot write x in the store"):
        Store.open("s", tmp_path).put("x", b"")


@pytest.mark.parametrize(
    ("number", "code"),
    [(errno.ENOSPC, "disk_full"), (errno.EROFS, "not_permitted"), (errno.EIO, "disk_failed")],
)
def test_a_failing_disk_leaves_the_old_object_and_no_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, code: str
):
    store = Store.open("s", tmp_path)
    store.put("x", b"old")

    def fail(descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fail)
    for write in (lambda: store.put("x", b"new"), lambda: store.put_new("y", b"new")):
        with pytest.raises(OutsideError) as caught:
            write()
        assert caught.value.code == code
        assert caught.value.hint
    monkeypatch.undo()
    assert store.get("x") == b"old"
    assert [path.name for path in (tmp_path / "s").iterdir()] == ["x"]


def test_a_full_disk_is_told_as_one(tmp_path: Path):
    Path("/dev/full").stat()
    store = Store.open("s", tmp_path)
    (tmp_path / "s").mkdir()
    (tmp_path / "big").write_bytes(b"x" * 100_000)
    code = (
        "import resource, signal, sys; from pathlib import Path; from modelyard.data.store import Store\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))\n"
        "from modelyard.errors import OutsideError\n"
        "try: Store.open('s', Path(sys.argv[1])).put_file('x', Path(sys.argv[1]) / 'big')\n"
        "except OutsideError as error: print(error.code)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "disk_full"
    assert store.list("") == []
    assert list((tmp_path / "s").iterdir()) == []


def test_what_a_killed_writer_left_is_no_object_and_is_swept_later(tmp_path: Path):
    store = Store.open("s", tmp_path)
    store.put("x", b"1")
    left = tmp_path / "s" / ".tmp-1-ab"
    left.write_bytes(b"half")
    fresh = tmp_path / "s" / ".tmp-2-ab"
    fresh.write_bytes(b"being written")
    os.utime(left, (0, 0))
    assert store.list("") == ["x"]
    Store.open("s", tmp_path).put("y", b"2")
    assert not left.exists()
    assert fresh.exists()


@pytest.mark.slow
def test_a_killed_writer_leaves_the_old_or_the_new_object(tmp_path: Path):
    store = Store.open("s", tmp_path)
    contents = [bytes([letter]) * 300_000 for letter in b"ab"]
    store.put("x", contents[0])
    for turn in range(12):
        kill_after(0.01 + turn * 0.004, _write_for_ever, tmp_path, contents)
        assert store.get("x") in contents
        assert store.list("") == ["x"]


def _write_for_ever(base: Path, contents: list[bytes]) -> None:
    store = Store.open("s", base)
    while True:
        for content in contents:
            found = store.get_tagged("x")
            store.put_if("x", content, found[1] if found else "")


@pytest.mark.slow
def test_one_of_many_writers_gets_a_new_key(store: Store):
    if store.local("x") is None:
        winners = [store.put_new("x", str(n).encode()) for n in range(4)]
    else:
        with CHILDREN.Pool(6) as pool:
            winners = pool.map(_put_new, [(store.uri, n) for n in range(60)])
    assert sum(winners) == 1


def _put_new(work: tuple[str, int]) -> bool:
    return Store.open(work[0], Path()).put_new("x", str(work[1]).encode() * 1000)


@pytest.mark.usefixtures("aws")
class TestBucketFailures:
    @pytest.mark.parametrize("call", ["get", "put", "put_new", "put_if", "list", "delete", "put_file"])
    def test_a_missing_bucket_is_never_an_empty_one(self, call: str, tmp_path: Path):
        store = Store.open("s3://no-such-bucket/x", tmp_path)
        (tmp_path / "f").write_bytes(b"1")
        extra = {"put": (b"",), "put_new": (b"",), "put_if": (b"", '"a"'), "put_file": (tmp_path / "f",)}
        with pytest.raises(RequestError, match="no such bucket"):
            getattr(store, call)("key", *extra.get(call, ()))

    def test_no_credentials(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
        monkeypatch.delenv("AWS_ACCESS_KEY_ID")
        monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
        monkeypatch.setenv("AWS_METADATA_ENDPOINT", "http://127.0.0.1:1")
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
        monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
        with pytest.raises(OutsideError) as caught:
            Store.open("s3://store-tests/x", tmp_path).get("key")
        assert caught.value.code == "no_credentials"
        assert "AWS_ACCESS_KEY_ID" in caught.value.hint

    def test_the_keys_of_a_profile_are_taken(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"):
            monkeypatch.delenv(name)
        (tmp_path / "credentials").write_text("[team]\naws_access_key_id = a\naws_secret_access_key = b%c\n")
        (tmp_path / "config").write_text("[profile team]\nregion = eu-north-1\n")
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
        monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
        monkeypatch.setenv("AWS_PROFILE", "team")
        store = Store.open("s3://store-tests/profile", tmp_path)
        store.put("key", b"1")
        assert store.get("key") == b"1"

    def test_a_broken_profile_says_nothing(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
        (tmp_path / "config").write_bytes(b"no section\xff")
        monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
        assert Store.open("s3://store-tests/x", tmp_path).get("key") is None

    def test_nobody_answers(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
        monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
        with pytest.raises(OutsideError, match=r"Cannot read key in s3://store-tests/x: no connection") as caught:
            Store.open("s3://store-tests/x", tmp_path).get("key")
        assert caught.value.exit_code == 3

    def test_a_local_file_that_is_missing_is_not_blamed_on_the_bucket(self, tmp_path: Path):
        with pytest.raises(OutsideError):
            Store.open("s3://store-tests/x", tmp_path).put_file("key", tmp_path / "nothing")
