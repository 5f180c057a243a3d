import boto3
import projects
import pytest

from modelyard.errors import RequestError
from modelyard.loop import history, versions
from modelyard.loop.run import RunRequest, run

pytestmark = pytest.mark.slow

PLACE = "s3://tried/churn"


@pytest.fixture
def bucket(aws):
    client = boto3.client("s3")
    client.create_bucket(Bucket="tried")
    return client


def test_the_whole_loop_works_on_a_bucket(bucket, project):
    made = project(environments={"local": {"store": PLACE, "tracking": "sqlite:///.modelyard/mlflow.db"}})
    first = run(made, RunRequest())
    assert (first.failure(), first.version) == (None, 1)
    assert [s.status for s in run(made, RunRequest()).stages] == ["cached"] * 5
    (made.root / "src/pipeline/features.py").write_text(projects.LESS_SIGNAL)
    second = run(made, RunRequest())
    assert (second.failure(), second.version) == (None, 2)
    assert versions.compare(made, 2, 1).rows > 0
    assert history.lineage(made, 2).gate["verdict"] == "passed"
    assert history.audit(made).chain == "intact"
    keys = [item["Key"] for item in bucket.list_objects_v2(Bucket="tried")["Contents"]]
    assert {key.split("/")[1] for key in keys} == {"snapshots", "models", "routing.json", "audit", "artifacts"}
    assert not (made.root / ".modelyard" / "models").exists()


def test_a_bucket_without_a_tracking_address_is_a_wrong_request(bucket, project):
    made = project(environments={"local": {"store": PLACE}})
    with pytest.raises(RequestError, match="tracking"):
        run(made, RunRequest())
    assert not (made.root / ".modelyard" / "work").exists()
    assert "Contents" not in bucket.list_objects_v2(Bucket="tried")
