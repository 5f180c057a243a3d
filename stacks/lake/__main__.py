"""The data lake and the store of one environment, and who may use them."""

import pulumi

from modelyard.infra.components import lake, names
from modelyard.infra.platform.layers import LakeLayer
from modelyard.infra.platform.stack import read, upstream

settings = read(LakeLayer)
cutoff = settings.lake.scan_cutoff_gb
platform, env, projects = settings.platform, settings.env, [repository.name for repository in settings.repositories]
roles = upstream(settings, "account").output("roles")
data = lake.DataLake(
    "data",
    lake.DataLakeArgs(
        platform=platform,
        env=env,
        account=settings.account,
        region=settings.region,
        projects=projects,
        keep=lake.Keep(**settings.lake.keep.model_dump()),
        replicate_to=settings.lake.replicate_to,
        protect=settings.keeps_data,
    ),
)
name, bucket, key = names.physical(platform, env, "lake"), data.lake, data.key.arn
catalogue = lake.Catalogue(
    "catalogue",
    lake.CatalogueArgs(name=name, bucket=bucket.name, zones=("raw", "curated"), key_arn=key, cutoff_gb=cutoff),
)
zones = lake.ZoneAccess(
    "zones",
    lake.ZoneAccessArgs(
        name=name,
        lake_arn=bucket.arn,
        key_arn=key,
        database_arns=catalogue.database_arns,
        workgroup_arn=catalogue.workgroup_arn,
    ),
)
access = {
    project: lake.ProjectAccess(
        project,
        lake.ProjectAccessArgs(
            project=project,
            name=names.physical(project, env, "data"),
            loop_role=roles[project][env]["loop"],
            # by name: an `account` of before there was this role does not export it, and a preview comes before its up
            watch_role=names.ending(project, env, "watch", 64),
            store_arn=data.store.arn,
            lake_arn=bucket.arn,
            key_arn=key,
        ),
    )
    for project in projects
}
exports = {"key_arn": key, "databases": catalogue.databases, "workgroup": catalogue.workgroup}
exports |= {f"{what}_bucket": each.name for what, each in data.buckets.items()}
exports |= {f"{what}_arn": each.arn for what, each in data.buckets.items()}
exports |= {"reader_policy_arn": zones.reader_arn, "writer_policy_arn": zones.writer_arn}
for output, value in (exports | {"project_policy_arns": {name: each.arns for name, each in access.items()}}).items():
    pulumi.export(output, value)
