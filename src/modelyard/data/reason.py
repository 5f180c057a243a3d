"""What polars says about a table it cannot read, without its advice and without the table's values."""

import re


def reason(error: BaseException) -> str:
    """Return the first line of the error; what it quotes may be a cell, and a cell may be personal."""
    first = str(error).strip().split("\n", 1)[0]
    return re.sub(r"`[^`]*`?|\"[^\"]*\"?", "(a value)", first)[:300].rstrip(".")
