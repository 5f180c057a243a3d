"""A message that a page quotes is one that the program can say, word for word."""

import pytest
from _made.messages import messages, page
from blocks import PAGES, blocks

_QUOTED = [
    pytest.param(block.text, id=f"{path.stem}-{block.line}")
    for path in PAGES
    for block in blocks(path)
    if "message" in block.marks
]


def _said(text):
    """Return the sentence and the hint of a message as it is printed."""
    sentence, _, hint = text.strip().partition("\n  next: ")
    return sentence.removeprefix("error: "), hint


@pytest.mark.parametrize("text", _QUOTED)
def test_a_quoted_message_is_in_the_source(text):
    assert text.startswith("error: ")
    assert _said(text) in {(m.sentence, m.hint) for m in messages()}


def test_a_message_that_was_changed_is_found():
    known = {(m.sentence, m.hint) for m in messages()}
    sentence, hint = _said(_QUOTED[0].values[0])
    assert (sentence, hint) in known
    assert (sentence + " Perhaps.", hint) not in known
    assert (sentence, hint + " Perhaps.") not in known


def test_every_message_is_on_its_page():
    text = page()
    for message in messages():
        if message.sentence.strip("… ."):
            assert f"## {message.code}\n" in text
            assert message.sentence in text


@pytest.mark.parametrize(("code", "exit_code"), [("gate_…", 1), ("no_target", 2), ("locked", 3)])
def test_a_message_has_the_exit_code_of_its_kind(code, exit_code):
    assert {m.exit for m in messages() if m.code == code} == {exit_code}
