"""What a restored instance takes over from the running one, and how the two are compared.

RDS gives a copy its own defaults for what a request leaves out: a parameter group that lets connections without TLS
in, a password that nobody rotates. The next `up` would mend that, in prod no sooner than in the maintenance window.
"""

from typing import Any

Instance = dict[str, Any]
"""An instance as RDS describes it."""

_KEPT = {  # what a request of RestoreDBInstanceFromDBSnapshot calls it: what a description does
    "DBInstanceClass": "DBInstanceClass",
    "MultiAZ": "MultiAZ",
    "StorageType": "StorageType",
    "AutoMinorVersionUpgrade": "AutoMinorVersionUpgrade",
    "CopyTagsToSnapshot": "CopyTagsToSnapshot",
    "CACertificateIdentifier": "CACertificateIdentifier",
    "EnableIAMDatabaseAuthentication": "IAMDatabaseAuthenticationEnabled",
    "EnableCloudwatchLogsExports": "EnabledCloudwatchLogsExports",
}
_SAME = ("Engine", "StorageEncrypted", "KmsKeyId", "PubliclyAccessible", "IAMDatabaseAuthenticationEnabled")


def request(live: Instance) -> dict[str, Any]:
    """Return the part of a request to restore that makes the copy like `live`."""
    kept = {asked: live[told] for asked, told in _KEPT.items() if live.get(told) is not None}
    subnets = (live.get("DBSubnetGroup") or {}).get("DBSubnetGroupName", "default")
    placed = {"DBSubnetGroupName": subnets, "VpcSecurityGroupIds": sorted(_groups(live))}
    return kept | placed | _parameters(live) | _password(live)


def differences(copy: Instance, live: Instance) -> list[str]:
    """Return in what the copy is not like the running one, a sentence each."""
    found = [f"{key} is {copy.get(key)!r}, not {live.get(key)!r}" for key in _SAME if copy.get(key) != live.get(key)]
    if _groups(copy) != _groups(live):
        found.append(f"its security groups are {sorted(_groups(copy))}, not {sorted(_groups(live))}")
    if _parameters(copy) != _parameters(live):
        told = [_parameters(each).get("DBParameterGroupName") for each in (copy, live)]
        found.append("its parameter group is {!r}, not {!r}".format(*told))
    if live.get("MasterUserSecret") and not copy.get("MasterUserSecret"):
        found.append("its password is not managed by RDS")
    return found


def _password(instance: Instance) -> dict[str, Any]:
    secret = instance.get("MasterUserSecret")
    key = {"MasterUserSecretKmsKeyId": secret["KmsKeyId"]} if secret and secret.get("KmsKeyId") else {}
    return {"ManageMasterUserPassword": True, **key} if secret else {}


def _parameters(instance: Instance) -> dict[str, Any]:
    groups = instance.get("DBParameterGroups")
    return {"DBParameterGroupName": groups[0]["DBParameterGroupName"]} if groups else {}


def _groups(instance: Instance) -> set[str]:
    return {group["VpcSecurityGroupId"] for group in instance.get("VpcSecurityGroups", [])}
