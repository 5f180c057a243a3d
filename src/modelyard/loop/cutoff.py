"""Plans the split, and says what to do where the champion was tested on newer rows than the table has.

That is so after a retraining: it learned from labelled captures too, which lie in its snapshot and not in the source.
"""

import shlex

import polars as pl

from modelyard.data import snapshot as snapshots
from modelyard.data import split as splits
from modelyard.data.snapshot import Snapshot
from modelyard.data.split import Split
from modelyard.errors import ModelyardError, RequestError
from modelyard.loop.context import Context
from modelyard.loop.models import local_bundle
from modelyard.loop.references import seen_by
from modelyard.routing import document
from modelyard.routing.document import Ref


def planned(context: Context, frame: pl.DataFrame, previous: Split | None) -> Split:
    """Plan the split of labelled rows, following the champion's.

    Raises:
        RequestError: The rows cannot be divided so; where they end before the champion's test part begins, the hint
            names the command that trains on the rows that it was made of.
    """
    config = context.project.config
    try:
        return splits.plan(frame, config.split, config.data, previous)
    except RequestError as error:
        champion = document.read(context.store).champion
        made_of = _snapshot(context, champion) if error.code == "before_cutoff" and champion is not None else None
        if made_of is None or champion is None:
            raise
        raise RequestError(
            f"{error.message} That test part is the champion's: version {champion.version} was trained on "
            f"{made_of.source}.",
            f"Train on the same rows with `{_command(context, made_of)}`, or bring the newer rows into "
            f"{config.data.source} first.",
            code=error.code,
        ) from error


def _snapshot(context: Context, champion: Ref) -> Snapshot | None:
    """Return the rows of the champion; None where they are not at hand any more."""
    try:
        return snapshots.get(context.store, seen_by(local_bundle(context, champion)).snapshot)
    except (ModelyardError, OSError, ValueError):
        return None


def _command(context: Context, made_of: Snapshot) -> str:
    local = context.store.local(made_of.data_key)
    place = f"{context.store.uri}/{made_of.data_key}" if local is None else str(local)
    env = [] if context.project.env == "local" else ["--env", context.project.env]
    return shlex.join(["modelyard", "run", *env, "--data", place])
