"""Every command on a page is run in order in a fresh folder; one that needs an account is held against the program."""

import re
from pathlib import Path

import pytest
from blocks import PAGES, blocks, prose
from shell import Shell
from typed import WrongCommandError, check, commands, mention

pytestmark = pytest.mark.slow

_BY_NAME = {path.stem: path for path in PAGES}
_RUN = [
    name
    for name, path in _BY_NAME.items()
    if any(b.language == "bash" and "needs" not in b.marks for b in blocks(path))
]
_ROOT = Path(__file__).parents[2]


@pytest.fixture
def shell(tmp_path):
    opened = Shell(tmp_path)
    yield opened
    opened.close()


@pytest.mark.timeout(1500)
@pytest.mark.parametrize("name", _RUN)
def test_the_commands_of_a_page_work_in_order(name, shell):
    said = ""
    for block in blocks(_BY_NAME[name]):
        place = f"{name}.md, line {block.line}"
        if block.language == "bash" and "needs" not in block.marks:
            code, said = shell.run(block.text)
            assert code == int(block.marks.get("exits", 0)), f"{place}\n{said[-4000:]}"
        elif "prints" in block.marks:
            _is_printed(block.text, said, place)


def _is_printed(text, said, place):
    flat = re.sub(r"[ \t]+", " ", said)
    for line in filter(None, (re.sub(r"[ \t]+", " ", line).strip() for line in text.splitlines())):
        wanted = ".*".join(re.escape(part.strip()) for part in line.split("…"))
        assert re.search(wanted, flat), f"{place}: not printed: {line}\n{said[-4000:]}"


@pytest.mark.parametrize("name", _BY_NAME)
def test_commands_that_need_an_account_are_ones_the_program_takes(name):
    for block in blocks(_BY_NAME[name]):
        if block.language == "bash":
            for call in commands(block.text):
                check(call)


@pytest.mark.parametrize("name", _BY_NAME)
def test_commands_stand_in_blocks_that_are_looked_at(name):
    for block in blocks(_BY_NAME[name]):
        first = {line.split()[0] for line in block.text.splitlines() if line.strip()}
        assert block.language == "bash" or not first & {"modelyard", "make", "git"}, f"{name}.md, line {block.line}"
        assert block.language, f"{name}.md, line {block.line}: a block without a language"


@pytest.mark.parametrize("name", _BY_NAME)
def test_commands_in_sentences_exist(name):
    for quoted in re.findall(r"(?<!`)`(modelyard [^`]+)`(?!`)", prose(_BY_NAME[name])):
        mention(quoted)


@pytest.mark.parametrize(
    "wrong", ["modelyard fly", "modelyard run --sideways", "modelyard serve --port many", "modelyard models jump 1"]
)
def test_a_wrong_command_is_found(wrong):
    with pytest.raises(WrongCommandError):
        check(wrong)


@pytest.mark.parametrize("wrong", ["modelyard fly", "modelyard models copy V --onto ENV"])
def test_a_wrong_mention_is_found(wrong):
    with pytest.raises(WrongCommandError):
        mention(wrong)


def test_calls_are_found_behind_settings_and_in_chains():
    text = (
        "cd churn && MODELYARD_ENV=dev modelyard run data \\\n  --force | tee log\nuv run --locked modelyard gate &\n"
    )
    assert list(commands(text)) == ["modelyard run data --force", "modelyard gate"]


def test_a_failing_block_is_seen_and_the_next_starts_where_it_stopped(shell):
    assert shell.run("mkdir there; cd there; false; echo unreached\n")[0] == 1
    code, said = shell.run("basename $PWD; echo port 8000\n")
    assert (code, said) == (0, "there\nport 8000\n")


def _targets():
    files = [_ROOT / "Makefile", *(_ROOT / "templates").glob("*/Makefile"), *(_ROOT / "templates").rglob("*.mk")]
    return {name for file in files for name in re.findall(r"^([a-z]+):", file.read_text(), re.MULTILINE)}


@pytest.mark.parametrize("name", _BY_NAME)
def test_targets_of_make_exist(name):
    for block in blocks(_BY_NAME[name]):
        for line in re.findall(r"^make (.+)$", block.text, re.MULTILINE):
            assert {word for word in line.split() if "=" not in word} <= _targets(), f"{name}.md: make {line}"
