"""The tables that need no file: `demo:flights` and the data sets of scikit-learn."""

from typing import TYPE_CHECKING

import polars as pl

from modelyard import assets
from modelyard.data.load.table import Table
from modelyard.errors import OutsideError, RequestError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sklearn.utils import Bunch

_SKLEARN = {
    "iris": "load_iris",
    "breast_cancer": "load_breast_cancer",
    "wine": "load_wine",
    "diabetes": "load_diabetes",
    "digits": "load_digits",
    "california_housing": "fetch_california_housing",
}


def open_named(source: str) -> Table | None:
    """Open `demo:NAME` or `sklearn:NAME`; None when `source` is neither.

    Raises:
        RequestError: The name is unknown, or scikit-learn is not installed.
        OutsideError: A data set that scikit-learn downloads could not be had.
    """
    scheme, colon, name = source.partition(":")
    if not colon or scheme not in {"demo", "sklearn"} or name.startswith("//"):
        return None
    return _demo(name, source) if scheme == "demo" else _sklearn(name, source)


def _demo(name: str, source: str) -> Table:
    if name != "flights":
        raise RequestError(f"There is no table {source!r}.", "Use demo:flights.", code="no_data")
    return Table(pl.scan_parquet(assets.flights()), text=False, source=source, format="parquet")


def _sklearn(name: str, source: str) -> Table:
    name = name.removeprefix("load_").removeprefix("fetch_")
    if name not in _SKLEARN:
        known = ", ".join(f"sklearn:{each}" for each in _SKLEARN)
        raise RequestError(f"There is no table {source!r}.", f"Use one of {known}.", code="no_data")
    try:
        from sklearn import datasets
    except ModuleNotFoundError as error:
        raise RequestError(
            f"{source} needs scikit-learn, which is not installed.",
            "pip install 'modelyard[ml]'",
            code="missing_extra",
        ) from error
    frame = _frame(getattr(datasets, _SKLEARN[name]), source)
    return Table(frame.lazy(), text=False, source=source, format="arrow")


def _frame(load: "Callable[[], Bunch]", source: str) -> pl.DataFrame:
    try:
        bunch = load()
    except OSError as error:
        raise OutsideError(f"{source} could not be downloaded.", "Check the network.", code="no_network") from error
    names = [str(each) for each in bunch["feature_names"]]
    frame = pl.DataFrame(bunch["data"], schema=names, orient="row")
    classes = bunch.get("target_names")
    target = bunch["target"]
    if classes is not None and target.dtype.kind in "iu" and classes.dtype.kind in "US":
        target = [str(classes[code]) for code in target]
    return frame.with_columns(pl.Series("target", target))
