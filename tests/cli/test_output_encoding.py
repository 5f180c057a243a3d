"""What a command prints arrives, whatever stdout can write."""

import io
import json
from contextlib import redirect_stdout

import pytest

from modelyard.cli import _output
from modelyard.errors import RequestError
from modelyard.record import Record

NOT_UTF8 = b"gr\xf6sse.csv".decode("utf-8", "surrogateescape")  # how Python names such a file


class Found(Record):
    city: str


ENCODINGS = pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "ascii"])


def written(encoding, say):
    """What `say` writes to a stdout of this encoding."""
    out = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    with redirect_stdout(out):
        say()
        out.flush()
    return out.buffer.getvalue().decode(encoding)


@ENCODINGS
@pytest.mark.parametrize("city", ["Zürich", "東京", NOT_UTF8])
def test_a_result_is_one_document_of_the_same_words(encoding, city):
    said = written(encoding, lambda: _output.show(Found(city=city), str, as_json=True))
    assert json.loads(said) == {"city": city}


@ENCODINGS
def test_an_error_is_one_document_of_the_same_words(encoding):
    error = RequestError(f"No file {NOT_UTF8}.")
    said = written(encoding, lambda: _output.show_error(error, as_json=True))
    assert json.loads(said)["error"]["message"] == f"No file {NOT_UTF8}."


@ENCODINGS
@pytest.mark.parametrize("city", ["東京", NOT_UTF8])
def test_text_is_written_with_escapes_where_there_is_no_other_way(encoding, city):
    said = written(encoding, lambda: _output.show(Found(city=city), lambda found: f"in {found.city}", as_json=False))
    assert said.startswith("in ")
