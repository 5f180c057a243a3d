"""What is kept of personal columns: a keyed hash, the same for the same value, never the value.

The key is the environment variable MODELYARD_HASH_KEY; without it, a random one that lies in the store. Whoever has
the key can test guesses: keep it apart from the captures where that matters.
"""

import hashlib
import hmac
import os
import time

import polars as pl

from modelyard.capture.keys import ROOT
from modelyard.data.store import Store
from modelyard.errors import ModelyardError

VARIABLE = "MODELYARD_HASH_KEY"
_KEY = f"{ROOT}/hash.key"
_BYTES = 32
_DIGITS = 32
_PAUSE_S = 30.0


class Hider:
    """Hashes columns: HMAC-SHA256 of each value's text, 32 hexadecimal digits; nulls stay.

    Where the key cannot be had every value becomes null.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._key = os.environ.get(VARIABLE, "").encode()
        self._again = 0.0  # monotonic

    def __call__(self, values: pl.Series) -> pl.Series:
        """Return what is kept of a column."""
        if not self._key and time.monotonic() >= self._again:
            self._key = _kept(self._store)
            self._again = time.monotonic() + _PAUSE_S
        if not self._key:
            return pl.Series(values.name, [None], dtype=pl.String).new_from_index(0, len(values))
        return _hashed(values.cast(pl.String), self._key)


def _hashed(values: pl.Series, key: bytes) -> pl.Series:
    distinct = values.drop_nulls().unique()
    hashes = [hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:_DIGITS] for text in distinct]
    return values.replace_strict(distinct, pl.Series(hashes, dtype=pl.String), default=None, return_dtype=pl.String)


def _kept(store: Store) -> bytes:
    """Return the store's own key, made by whoever comes first."""
    try:
        store.put_new(_KEY, os.urandom(_BYTES).hex().encode())
        return store.get(_KEY) or b""
    except ModelyardError:
        return b""
