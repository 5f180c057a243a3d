import pytest
from platforms import only, planned, resources, statements

pytestmark = pytest.mark.slow

OF_A_BUCKET = (
    "BucketOwnershipControls",
    "BucketPublicAccessBlock",
    "BucketPolicy",
    "BucketServerSideEncryptionConfiguration",
    "BucketVersioning",
    "BucketLifecycleConfiguration",
)


def kind(name):
    return f"s3/{name[0].lower()}{name[1:]}:{name}"


@pytest.mark.parametrize("changes", [{}, {"environments__dev__lake__replicate_to": "eu-west-1"}])
def test_every_bucket_has_everything_that_makes_it_safe(changes):
    made = planned("dev", "lake", **changes)
    buckets = {one.inputs["bucket"] for one in resources(made, "s3/bucket:Bucket")}
    assert len(buckets) == (5 if changes else 3)
    for each in OF_A_BUCKET:
        assert {one.inputs["bucket"] for one in resources(made, kind(each))} == buckets


def test_no_bucket_is_public_and_none_speaks_plain_http():
    made = planned("dev", "lake")
    for one in resources(made, kind("BucketPublicAccessBlock")):
        assert all(
            one.inputs[key]
            for key in ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
        )
    for one in resources(made, kind("BucketPolicy")):
        deny = statements(one.inputs)["OnlyTls"]
        assert (deny["Effect"], deny["Principal"]) == ("Deny", "*")
        assert deny["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        assert len(deny["Resource"]) == 2


def test_data_lies_under_the_customer_key_and_access_logs_cannot():
    made = planned("dev", "lake")
    how = {}
    for one in resources(made, kind("BucketServerSideEncryptionConfiguration")):
        how[one.name] = one.inputs["rules"][0]["applyServerSideEncryptionByDefault"]["sseAlgorithm"]
    assert how == {"lake": "aws:kms", "store": "aws:kms", "logs": "AES256"}


def test_access_is_logged_to_a_bucket_that_only_the_services_write_to():
    made = planned("dev", "lake")
    assert {one.name for one in resources(made, kind("BucketLogging"))} == {"lake", "store"}
    policy = statements(only(made, kind("BucketPolicy"), "logs"))
    assert policy["S3AccessLogs"]["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}
    assert policy["LoadBalancerAccessLogs"]["Principal"] == {
        "Service": "logdelivery.elasticloadbalancing.amazonaws.com"
    }


def test_days_of_the_configuration_are_those_of_the_rules():
    keep = {"captures_days": 30, "temporary_days": 2, "raw_tier_days": 5, "noncurrent_days": 9}
    made = planned("dev", "lake", environments__dev__lake__keep=keep)
    lake = only(made, kind("BucketLifecycleConfiguration"), "lake")["rules"]
    store = only(made, kind("BucketLifecycleConfiguration"), "store")["rules"]
    assert {one["filter"]["prefix"]: one.get("expiration") for one in lake}["_tmp/"] == {"days": 2}
    assert {one["filter"]["prefix"]: one.get("expiration") for one in store}["churn/captures/"] == {"days": 30}
    assert next(one for one in lake if "transitions" in one)["transitions"][0]["days"] == 5
    assert next(one for one in lake if one["id"] == "tidy")["noncurrentVersionExpiration"]["noncurrentDays"] == 9


def test_a_lock_and_a_copy_are_there_only_when_asked_for():
    plain = planned("dev", "lake")
    assert not resources(plain, kind("BucketObjectLockConfiguration"))
    assert not resources(plain, kind("BucketReplicationConfig"))
    made = planned("dev", "lake", environments__dev__lake={"keep": {"lock_days": 30}, "replicate_to": "eu-west-1"})
    assert only(made, "s3/bucket:Bucket", "store")["objectLockEnabled"] is True
    assert {one.inputs["region"] for one in resources(made, "s3/bucket:Bucket") if "copy" in one.name} == {"eu-west-1"}
    rule = only(made, kind("BucketReplicationConfig"), "store-copy")["rules"][0]
    assert rule["sourceSelectionCriteria"] == {"sseKmsEncryptedObjects": {"status": "Enabled"}}


def test_a_question_cannot_scan_more_than_the_ceiling():
    made = planned("dev", "lake", environments__dev__lake__scan_cutoff_gb=7)
    configuration = only(made, "athena/workgroup:Workgroup")["configuration"]
    assert configuration["enforceWorkgroupConfiguration"] is True
    assert configuration["bytesScannedCutoffPerQuery"] == 7 * 1024**3
    assert configuration["resultConfiguration"]["encryptionConfiguration"]["encryptionOption"] == "SSE_KMS"


def test_a_server_reads_models_and_writes_captures_of_its_own_project():
    made = planned("dev", "lake")
    store = "arn:aws:s3:::acme-dev-store-123456789012"
    policy = statements(only(made, "iam/policy:Policy", "churn-server"))
    assert policy["Models"]["Resource"] == [f"{store}/churn/models/*", f"{store}/churn/routing.json"]
    assert policy["Captures"]["Resource"] == [f"{store}/churn/captures/*"]
    assert "s3:DeleteObject" not in str(policy)


def test_no_policy_reaches_beyond_its_project_or_uses_any_key():
    made = planned("dev", "lake", repositories=[{"name": "churn"}, {"name": "fraud"}])
    for one in resources(made, "iam/policy:Policy"):
        text = one.inputs["policy"]
        assert '"Resource": ["*"]' not in text
        if one.name.startswith("churn-"):
            assert "fraud" not in text


def test_the_roles_of_the_workflows_get_the_data_of_their_project():
    made = planned("dev", "lake")
    for name, what in (("churn", "loop"), ("churn-watch", "watch")):
        attached = only(made, "iam/rolePolicyAttachment:RolePolicyAttachment", name)
        assert attached["role"] == f"churn-dev-{what}"
        assert attached["policyArn"].endswith(f"policy/churn-dev-data-{what}")
