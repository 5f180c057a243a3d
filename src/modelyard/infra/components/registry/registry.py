"""The registry of one environment, put together."""

from dataclasses import dataclass
from typing import Any

import pulumi

from modelyard.infra.components import names
from modelyard.infra.components.registry.database import Database, DatabaseArgs
from modelyard.infra.components.registry.front import Front, FrontArgs
from modelyard.infra.components.registry.groups import Groups, GroupsArgs
from modelyard.infra.components.registry.image import Image, ImageArgs
from modelyard.infra.components.registry.rotation import Rotation, RotationArgs
from modelyard.infra.components.registry.server import Server, ServerArgs
from modelyard.infra.components.registry.settings import Place, Sizes
from modelyard.infra.components.registry.task import Storage


@dataclass(frozen=True, kw_only=True)
class RegistryArgs:
    """`keep`: the database, its backups and its secrets outlive a mistaken `destroy`."""

    project: str
    env: str
    region: str
    account: str
    sizes: Sizes
    place: Place
    storage: Storage
    keep: bool


class Registry(pulumi.ComponentResource):
    """Produces database, image repository, front, server, and what follows a rotated password."""

    def __init__(self, name: str, args: RegistryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:registry:Registry", name, None, opts)
        self._name, self._args = name, args
        self._child = pulumi.ResourceOptions(parent=self)
        self._whose: dict[str, Any] = {"project": args.project, "env": args.env}
        place = args.place
        self._logging = {"logs_key_arn": place.logs_key_arn, "log_days": place.log_days}
        door = 443 if place.host else 80
        groups = GroupsArgs(**self._whose, vpc_id=place.vpc_id, door=door, cidrs=place.cidrs)
        self.groups = Groups(name, groups, self._child)
        repository = names.physical(args.project, args.env, "mlflow", 256)
        self.image = Image(name, ImageArgs(name=repository, key_arn=args.storage.key_arn, keep=args.keep), self._child)
        self.database = self._database()
        self.front = self._front()
        self.server = self._server()
        self._rotation()
        self.register_outputs({"address": self.front.address})

    def _database(self) -> Database:
        args, place, sizes = self._args, self._args.place, self._args.sizes
        wanted = DatabaseArgs(
            **self._whose,
            **self._logging,
            account=args.account,
            instance_class=sizes.instance_class,
            postgres=sizes.postgres,
            storage_gb=sizes.storage_gb,
            max_storage_gb=sizes.max_storage_gb,
            multi_az=sizes.multi_az,
            backup_days=sizes.backup_days,
            subnet_ids=place.isolated_subnet_ids,
            security_group_id=self.groups.database.id,
            key_arn=args.storage.key_arn,
            keep=args.keep,
        )
        return Database(self._name, wanted, self._child)

    def _front(self) -> Front:
        place = self._args.place
        wanted = FrontArgs(
            **self._whose,
            vpc_id=place.vpc_id,
            subnet_ids=place.private_subnet_ids,
            security_group_id=self.groups.front.id,
            log_bucket=place.log_bucket,
            keep=self._args.keep,
            host=place.host,
            zone_id=place.zone_id,
        )
        return Front(self._name, wanted, self._child)

    def _server(self) -> Server:
        args, place, sizes = self._args, self._args.place, self._args.sizes
        wanted = ServerArgs(
            **self._whose,
            **self._logging,
            region=args.region,
            account=args.account,
            repository_url=self.image.url,
            repository_arn=self.image.arn,
            tag=sizes.image,
            cpu=sizes.cpu,
            memory_mb=sizes.memory_mb,
            min_tasks=sizes.min_tasks,
            max_tasks=sizes.max_tasks,
            database=self.database.address,
            database_secret=self.database.secret_arn,
            storage=args.storage,
            hosts=[self.front.balancer.dns_name, *([place.host] if place.host else []), *place.hosts],
            subnet_ids=place.private_subnet_ids,
            security_group_id=self.groups.server.id,
            target_group_arn=self.front.target.arn,
            listener=self.front.listener,
            keep=args.keep,
        )
        return Server(self._name, wanted, self._child)

    def _rotation(self) -> None:
        wanted = RotationArgs(
            **self._whose,
            **self._logging,
            account=self._args.account,
            secret_arn=self.database.secret_arn,
            cluster=self.server.cluster,
            service=self.server.service,
        )
        Rotation(self._name, wanted, self._child)
