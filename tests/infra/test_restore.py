"""`modelyard infra restore` as far as moto can show it: what is asked of RDS, and what is kept."""

import boto3
import botocore.client
import pytest
from moto import mock_aws

from modelyard.errors import OutcomeError, RequestError
from modelyard.infra.platform import parse
from modelyard.infra.restore import restore

pytestmark = pytest.mark.slow

REGION = "eu-central-1"
TAGS = [{"Key": f"modelyard:{k}", "Value": v} for k, v in (("project", "acme"), ("env", "dev"), ("layer", "registry"))]


@pytest.fixture
def platform():
    document = {
        "name": "acme",
        "account": "123456789012",
        "region": REGION,
        "github": {"owner": "acme"},
        "kubernetes": False,
    }
    return parse(document, "platform.yaml")


@pytest.fixture
def rds(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield boto3.client("rds", region_name=REGION)


def database(rds, *, backup=True):
    ec2 = boto3.client("ec2", region_name=REGION)
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{i}.0/24", AvailabilityZone=f"{REGION}{z}")["Subnet"]["SubnetId"]
        for i, z in enumerate("ab")
    ]
    group = ec2.create_security_group(GroupName="db", Description="db", VpcId=vpc)["GroupId"]
    rds.create_db_subnet_group(DBSubnetGroupName="acme-dev", DBSubnetGroupDescription="d", SubnetIds=subnets)
    rds.create_db_parameter_group(
        DBParameterGroupName="acme-dev-registry-17", DBParameterGroupFamily="postgres17", Description="d"
    )
    rds.create_db_instance(
        DBInstanceIdentifier="acme-dev-registry",
        DBInstanceClass="db.t4g.micro",
        Engine="postgres",
        AllocatedStorage=20,
        MasterUsername="u",
        ManageMasterUserPassword=True,
        DBParameterGroupName="acme-dev-registry-17",
        EnableIAMDatabaseAuthentication=True,
        EnableCloudwatchLogsExports=["postgresql"],
        StorageEncrypted=True,
        DBSubnetGroupName="acme-dev",
        VpcSecurityGroupIds=[group],
        PubliclyAccessible=False,
        Tags=TAGS,
    )
    if backup:
        rds.create_db_snapshot(DBSnapshotIdentifier="monday", DBInstanceIdentifier="acme-dev-registry")
        return group
    for made in rds.describe_db_snapshots()["DBSnapshots"]:  # moto makes one with every instance
        rds.delete_db_snapshot(DBSnapshotIdentifier=made["DBSnapshotIdentifier"])
    return group


def names(rds):
    return sorted(d["DBInstanceIdentifier"] for d in rds.describe_db_instances()["DBInstances"])


def test_a_drill_restores_a_copy_and_deletes_it(platform, rds):
    database(rds)
    done = restore(platform, "dev", drill=True)
    assert [s.name for s in done.steps] == ["find", "backup", "restore", "check", "delete"]
    assert "monday" in done.steps[1].result
    assert names(rds) == ["acme-dev-registry"]


def test_the_restored_database_takes_the_place_and_the_old_one_is_kept(platform, rds):
    group = database(rds)
    done = restore(platform, "dev", drill=False)
    assert names(rds) == ["acme-dev-registry", "acme-dev-registry-before-restore"]
    found = {d["DBInstanceIdentifier"]: d for d in rds.describe_db_instances()["DBInstances"]}
    made = found["acme-dev-registry"]
    assert [g["VpcSecurityGroupId"] for g in made["VpcSecurityGroups"]] == [group]
    assert made["StorageEncrypted"]
    assert not made["PubliclyAccessible"]
    assert "modelyard infra up --env dev --layer registry" in done.next


def test_the_copy_has_the_settings_of_the_running_one_and_a_password_that_rds_manages(platform, rds, monkeypatch):
    database(rds)
    real, asked = botocore.client.BaseClient._make_api_call, []

    def call(client, operation, arguments):
        asked.extend([arguments] * (operation == "RestoreDBInstanceFromDBSnapshot"))
        return real(client, operation, arguments)

    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", call)
    restore(platform, "dev", drill=False)
    found = {d["DBInstanceIdentifier"]: d for d in rds.describe_db_instances()["DBInstances"]}
    made, before = found["acme-dev-registry"], found["acme-dev-registry-before-restore"]
    for key in ("DBParameterGroups", "IAMDatabaseAuthenticationEnabled", "EnabledCloudwatchLogsExports", "MultiAZ"):
        assert made[key] == before[key], key
    key = before["MasterUserSecret"]["KmsKeyId"]
    assert (asked[0]["ManageMasterUserPassword"], asked[0]["MasterUserSecretKmsKeyId"]) == (True, key)


WORSE = {
    "its parameter group is": {"DBParameterGroups": [{"DBParameterGroupName": "default.postgres17"}]},
    "its password is not managed by RDS": {"MasterUserSecret": None},
    "PubliclyAccessible is True": {"PubliclyAccessible": True},
    "its security groups are": {"VpcSecurityGroups": []},
}


@pytest.mark.parametrize("reason", WORSE)
def test_a_copy_that_is_not_like_the_running_one_does_not_take_its_place(platform, rds, monkeypatch, reason):
    database(rds)
    real = botocore.client.BaseClient._make_api_call

    def call(client, operation, arguments):
        found = real(client, operation, arguments)
        for each in found.get("DBInstances", []):
            each.update(WORSE[reason] if each["DBInstanceIdentifier"].endswith("-restored") else {})
        return found

    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", call)
    with pytest.raises(OutcomeError, match=reason):
        restore(platform, "dev", drill=False)
    assert names(rds) == ["acme-dev-registry", "acme-dev-registry-restored"]


def test_a_new_name_is_waited_for_while_nobody_bears_it(platform, rds, monkeypatch):
    database(rds)
    real, hidden, slept = botocore.client.BaseClient._make_api_call, [], []

    def call(client, operation, arguments):
        found = real(client, operation, arguments)
        if operation == "ModifyDBInstance":
            hidden[:] = [arguments["NewDBInstanceIdentifier"]] * 3
        if operation == "DescribeDBInstances" and hidden:  # for three questions RDS does not know the new name
            name = hidden.pop()
            found["DBInstances"] = [d for d in found["DBInstances"] if d["DBInstanceIdentifier"] != name]
        return found

    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", call)
    monkeypatch.setattr("modelyard.infra.restore.database.time.sleep", slept.append)
    restore(platform, "dev", drill=False)
    assert names(rds) == ["acme-dev-registry", "acme-dev-registry-before-restore"]
    assert len(slept) == 6


def test_a_restore_after_a_restore_says_what_is_in_its_way_and_touches_nothing(platform, rds):
    database(rds)
    restore(platform, "dev", drill=False)
    with pytest.raises(RequestError, match="acme-dev-registry-before-restore is still there") as caught:
        restore(platform, "dev", drill=False)
    deletion = f"aws rds delete-db-instance --region {REGION} --db-instance-identifier acme-dev-registry-before-restore"
    assert deletion in caught.value.hint
    assert names(rds) == ["acme-dev-registry", "acme-dev-registry-before-restore"]


def test_a_drill_after_a_restore_is_one_of_the_database_that_answers(platform, rds):
    database(rds)
    restore(platform, "dev", drill=False)
    rds.create_db_snapshot(DBSnapshotIdentifier="tuesday", DBInstanceIdentifier="acme-dev-registry")
    assert restore(platform, "dev", drill=True).steps[0].result.startswith("acme-dev-registry,")


def copied(rds, called, group):
    """Make the copy that a run had made before it was killed."""
    rds.restore_db_instance_from_db_snapshot(
        DBInstanceIdentifier=called,
        DBSnapshotIdentifier="monday",
        DBSubnetGroupName="acme-dev",
        DBParameterGroupName="acme-dev-registry-17",
        VpcSecurityGroupIds=[group],
        PubliclyAccessible=False,
        Tags=TAGS,
    )


def test_goes_on_where_a_kill_came_between_the_two_names(platform, rds):
    copied(rds, "acme-dev-registry-restored", database(rds))
    rds.modify_db_instance(
        DBInstanceIdentifier="acme-dev-registry",
        NewDBInstanceIdentifier="acme-dev-registry-before-restore",
        ApplyImmediately=True,
    )
    restore(platform, "dev", drill=False)
    assert names(rds) == ["acme-dev-registry", "acme-dev-registry-before-restore"]


def test_goes_on_with_a_copy_that_a_killed_run_made(platform, rds):
    copied(rds, "acme-dev-registry-drill", database(rds))
    restore(platform, "dev", drill=True)
    assert names(rds) == ["acme-dev-registry"]


@pytest.fixture
def interrupted(platform, rds, monkeypatch):
    """A restore of monday's backup that ended before the running database was touched; then came tuesday's."""
    database(rds)
    real = botocore.client.BaseClient._make_api_call

    def call(client, operation, arguments):
        if operation == "ModifyDBInstance":
            raise KeyboardInterrupt
        return real(client, operation, arguments)

    with monkeypatch.context() as patch:
        patch.setattr(botocore.client.BaseClient, "_make_api_call", call)
        with pytest.raises(KeyboardInterrupt):
            restore(platform, "dev", drill=False)
    rds.create_db_snapshot(DBSnapshotIdentifier="tuesday", DBInstanceIdentifier="acme-dev-registry")


def test_a_restore_that_goes_on_names_the_backup_that_it_began_with(platform, rds, interrupted):
    done = restore(platform, "dev", drill=False)
    assert done.steps[1].result == "monday, of which an earlier run made acme-dev-registry-restored"


def test_a_copy_of_one_backup_never_passes_for_another(platform, rds, interrupted):
    with pytest.raises(RequestError, match="made of the backup monday, not of tuesday") as caught:
        restore(platform, "dev", drill=False, snapshot="tuesday")
    rds.delete_db_instance(DBInstanceIdentifier="acme-dev-registry-restored", SkipFinalSnapshot=True)
    assert "aws rds delete-db-instance --region eu-central-1" in caught.value.hint
    assert "tuesday of" in restore(platform, "dev", drill=False, snapshot="tuesday").steps[1].result


def test_a_copy_under_another_key_does_not_take_the_place_of_the_database(platform, rds, monkeypatch):
    database(rds)
    real = botocore.client.BaseClient._make_api_call

    def call(client, operation, arguments):
        found = real(client, operation, arguments)
        for each in found.get("DBInstances", []):
            each["KmsKeyId"] = "old" if each["DBInstanceIdentifier"].endswith("-restored") else "new"
        return found

    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", call)
    with pytest.raises(OutcomeError, match="KmsKeyId is 'old', not 'new'"):
        restore(platform, "dev", drill=False)
    assert names(rds) == ["acme-dev-registry", "acme-dev-registry-restored"]


def test_a_database_without_a_backup_is_an_error_that_touches_nothing(platform, rds):
    database(rds, backup=False)
    with pytest.raises(RequestError, match="no complete backup"):
        restore(platform, "dev", drill=False)
    assert names(rds) == ["acme-dev-registry"]


def test_a_backup_that_is_not_there_is_named_with_those_that_are(platform, rds):
    database(rds)
    with pytest.raises(RequestError, match="no backup 'tuesday'") as caught:
        restore(platform, "dev", drill=True, snapshot="tuesday")
    assert "monday" in caught.value.hint


def test_without_a_database_it_says_what_makes_one(platform, rds):
    with pytest.raises(RequestError, match="no database of acme prod") as caught:
        restore(platform, "prod", drill=True)
    assert "infra up --env prod --layer registry" in caught.value.hint
