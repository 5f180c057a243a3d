"""A table whose times are milliseconds since 1970, from its file to an answer over HTTP."""

import json
import shutil
import urllib.error
import urllib.request

import numpy as np
import polars as pl
import pytest
from servers import listening, wait

pytestmark = pytest.mark.slow

ROWS = 900
START = 1_700_000_000_000
FEATURES = '''"""The hour decides, which only a true moment has."""

import polars as pl


def features(rows: pl.DataFrame) -> pl.DataFrame:
    """Add whether it is afternoon."""
    return rows.with_columns(afternoon=pl.col("event_time").dt.hour() >= 12, age=pl.col("seen_ts").dt.ordinal_day())
'''


@pytest.fixture(scope="module")
def made(call, blank, tmp_path_factory):
    """The table as read by people, its files by ending, and the project after `new` and `run`."""
    folder = tmp_path_factory.mktemp("epochs")
    rng = np.random.default_rng(5)
    when = START + np.sort(rng.integers(0, 60 * 86_400_000, ROWS))
    hour = when // 3_600_000 % 24
    late = np.where((hour >= 12) ^ (rng.random(ROWS) < 0.1), "yes", "no")
    seen = when // 1000 - rng.integers(60, 900, ROWS)
    minutes, years = rng.integers(0, 1440, ROWS), rng.integers(1990, 2020, ROWS)
    rows = pl.DataFrame(
        {"event_time": when, "seen_ts": seen, "time": minutes, "year": years, "x": rng.normal(size=ROWS)}
    )
    rows = rows.with_columns(late=pl.Series(late))
    files = {ending: folder / f"t.{ending}" for ending in ("csv", "parquet", "jsonl")}
    rows.write_csv(files["csv"])
    rows.cast({"event_time": pl.Float64}).write_parquet(files["parquet"])
    rows.write_ndjson(files["jsonl"])
    project = folder / "p"
    code, said = call("new", project, "--data", files["csv"], "--target", "late", "--no-lock", "--no-git")
    assert code == 0, said
    (project / ".modelyard").mkdir()
    shutil.copy(blank, project / ".modelyard" / "mlflow.db")
    (project / "src/pipeline/features.py").write_text(FEATURES, encoding="utf-8")
    code, ran = call("run", "--project", project)
    assert code == 0, ran
    assert ran["version"] == 1
    return rows, files, project, said


def ask(url, document):
    request = urllib.request.Request(
        f"{url}/predict", json.dumps(document).encode(), {"content-type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refused:
        return refused.code, json.load(refused)


def test_new_reads_moments_where_they_are_and_numbers_where_they_are_none(made):
    _, _, _, said = made
    types = {column["name"]: (column["type"], column["role"]) for column in said["columns"]}
    assert types["event_time"] == ("timestamp", "time")
    assert types["seen_ts"] == ("timestamp", "feature")
    assert types["time"] == types["year"] == ("integer", "feature")
    assert said["split"]["by"] == "time"


def test_every_file_keeps_the_contract_and_equals_the_snapshot(made, call):
    _, files, project, _ = made
    _, listed = call("data", "list", "--project", project)
    snapshot = listed["snapshots"][0]["id"]
    for file in files.values():
        code, said = call("data", "check", "--project", project, "--data", file)
        assert (code, said["violations"]) == (0, [])
        _, diff = call("data", "diff", snapshot, file, "--project", project)
        assert diff["schema_changes"] == []
        assert (diff["rows"]["same"], diff["rows"]["added"]) == (ROWS, 0)


def test_http_batch_and_training_say_the_same_of_each_row(made, call, tmp_path):
    rows, files, project, _ = made
    batches = []
    for ending, file in files.items():
        output = tmp_path / f"{ending}.parquet"
        code, said = call("predict", "--input", file, "--output", output, "--project", project)
        assert code == 0, said
        batches.append(pl.read_parquet(output))
    assert all(batch.equals(batches[0]) for batch in batches)
    expected = batches[0].select("probability_no", "probability_yes").rows()
    with listening(project, tmp_path / "server.log") as url:
        wait(lambda: ask(url, {"rows": []})[0] == 200)
        _, answer = ask(url, {"rows": rows.drop("late").to_dicts()})
        assert [(p["no"], p["yes"]) for p in answer["probabilities"]] == expected
        texts = rows.drop("late").with_columns(pl.col("event_time", "seen_ts").cast(pl.String))
        _, answer = ask(url, {"rows": texts.to_dicts()})
        assert [(p["no"], p["yes"]) for p in answer["probabilities"]] == expected
        status, refused = ask(url, rows.drop("late").row(0, named=True) | {"seen_ts": START})
        assert (status, refused["detail"][0]["column"], refused["detail"][0]["value"]) == (422, "seen_ts", START)
        code, smoked = call("smoke", "--url", url, "--project", project)  # golden rows, scored when it was trained
        golden = next(check for check in smoked["checks"] if check["name"] == "golden")
        assert golden["passed"], smoked


def test_somebody_may_make_it_a_plain_number_and_a_moment_again(made, call):
    _, files, project, _ = made
    path = project / "contract.yaml"
    moments = path.read_text(encoding="utf-8")
    numbers = moments.replace("logicalType: timestamp", "logicalType: integer")
    for form in ("epoch_ms", "epoch_s"):
        numbers = numbers.replace(f"        logicalTypeOptions: {{format: {form}}}\n", "")
    try:
        for text in (numbers, moments):
            path.write_text(text, encoding="utf-8")
            for data in ([], ["--data", files["csv"]], ["--data", files["jsonl"]]):
                code, said = call("data", "check", "--project", project, *data)
                assert (code, said["violations"]) == (0, [])
        path.write_text(moments.replace("logicalType: timestamp", "logicalType: integer"), encoding="utf-8")
        code, said = call("data", "check", "--project", project)
        assert code == 2
        assert "epoch_ms is a format of timestamps" in json.dumps(said)
    finally:
        path.write_text(moments, encoding="utf-8")
