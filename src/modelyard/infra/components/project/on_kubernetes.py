"""A service in the cluster, whole: its AWS rights by Pod Identity, and its workload."""

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s

from modelyard.infra.components import names
from modelyard.infra.components.cluster.identity import PodIdentity, PodIdentityArgs
from modelyard.infra.components.cluster.spaces import SERVING
from modelyard.infra.components.project.images import Images
from modelyard.infra.components.project.rollouts import Rollouts, RolloutsArgs
from modelyard.infra.components.project.shared import Place, Size
from modelyard.infra.components.project.token import Token, TokenArgs
from modelyard.infra.components.project.workload import Workload, WorkloadArgs

SERVICES = SERVING
_ASKED = {"kubernetes.io/metadata.name": SERVICES}


@dataclass(frozen=True, kw_only=True)
class OnKubernetesArgs:
    """Where and how much; `caller_cidr` may ask, besides pods of the same namespace.

    `measured`: the metrics agent reads its numbers.
    """

    place: Place
    size: Size
    images: Images
    cluster: pulumi.Input[str]
    caller_cidr: pulumi.Input[str] | None = None
    token: bool = False
    measured: bool = False
    provider: pulumi.ProviderResource | None = None


class OnKubernetes(pulumi.ComponentResource):
    """Composes PodIdentity, Workload, the right to roll it out and, where callers show one, the token."""

    def __init__(self, name: str, args: OnKubernetesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:project:OnKubernetes", name, None, opts)
        mine = pulumi.ResourceOptions(parent=self)
        place, size, account = args.place, args.size, f"server-{args.place.project}"
        identity = PodIdentityArgs(
            role_name=names.physical(place.project, place.env, "service-pod", 64),
            account=place.account,
            cluster=args.cluster,
            namespace=SERVICES,
            service_account=account,
            managed={"store": place.store_policy_arn},
        )
        PodIdentity(name, identity, mine)
        Rollouts(name, RolloutsArgs(project=place.project, namespace=SERVICES, provider=args.provider), mine)
        secret = self._token(name, args) if args.token else None
        Workload(
            name,
            WorkloadArgs(
                project=place.project,
                env=place.env,
                namespace=SERVICES,
                image=pulumi.Output.concat(args.images.url, ":none"),
                service_account=account,
                cpu=size.cpu,
                memory_mb=size.memory_mb,
                replicas=(size.min_tasks, size.max_tasks),
                cpu_percent=size.target_cpu_percent,
                callers=_ASKED,
                caller_cidr=args.caller_cidr,
                secret=secret,
                measured=args.measured,
                provider=args.provider,
            ),
            mine,
        )
        self.register_outputs({})

    def _token(self, name: str, args: OnKubernetesArgs) -> str:
        place, called = args.place, f"{args.place.project}-token"
        mine = pulumi.ResourceOptions(parent=self)
        kept = TokenArgs(project=place.project, env=place.env, key_arn=place.key_arn, production=place.production)
        token = Token(name, kept, mine)
        k8s.core.v1.Secret(
            name,
            metadata={"name": called, "namespace": SERVICES},
            string_data={"MODELYARD_TOKEN": token.first},
            opts=pulumi.ResourceOptions(parent=self, provider=args.provider, ignore_changes=["data", "stringData"]),
        )
        return called
