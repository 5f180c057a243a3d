"""Tasks on Fargate, builds on CodeBuild, functions, images."""

from collections.abc import Iterator

from modelyard.infra.cost.assumptions import HOURS
from modelyard.infra.cost.charge import Charge, Use, meter, pool
from modelyard.infra.policy.item import Item
from modelyard.infra.policy.value import UNKNOWN, as_list, at

SERVICE = "aws:ecs/service:Service"
FREE_DISK_GB = 20


@meter(SERVICE)
def service(item: Item, use: Use) -> Iterator[Charge]:
    """Its tasks at rest: at least what autoscaling keeps, and one even before the first image is there."""
    task = next((t for t in use.world.of("aws:ecs/taskDefinition:TaskDefinition") if _runs(item, t, use)), None)
    if task is None:
        yield Charge("fargate.task", tasks(item, use), what="a task whose size is not in the plan")
        return
    if _on_spot(item):
        yield Charge("fargate.spot.vcpu", tasks(item, use), what="a task on Fargate Spot, whose price moves")
        return
    chip = "arm" if at(task.inputs, "runtimePlatform.cpuArchitecture") == "ARM64" else "x86"
    count = tasks(item, use)
    yield Charge(f"fargate.{chip}.vcpu", HOURS * count * float(task.get("cpu", 256)) / 1024)
    yield Charge(f"fargate.{chip}.gb", HOURS * count * float(task.get("memory", 512)) / 1024)
    disk = float(task.get("ephemeralStorage.sizeInGib", FREE_DISK_GB)) - FREE_DISK_GB
    if disk > 0:
        yield Charge("fargate.disk.gb", HOURS * count * disk)


def tasks(item: Item, use: Use) -> float:
    """Return how many tasks a service keeps."""
    name = str(item.get("name", item.name))
    targets = use.world.of("aws:appautoscaling/target:Target")
    least = [t.get("minCapacity", 0) for t in targets if str(t.get("resourceId", "")).endswith(f"/{name}")]
    known = [float(count) for count in (item.get("desiredCount", 1), *least) if count is not UNKNOWN]
    return max([1.0, *known])


def _runs(service_: Item, task: Item, use: Use) -> bool:
    family = str(task.get("family"))
    asked = str(service_.get("taskDefinition")).rpartition("/")[2].partition(":")[0]
    return use.world.points(service_, "taskDefinition", task) or asked == family


def _on_spot(item: Item) -> bool:
    strategies = as_list(item.get("capacityProviderStrategies"))
    return bool(strategies) and all(at(one, "capacityProvider") == "FARGATE_SPOT" for one in strategies)


@meter("aws:codebuild/project:Project")
def builds(item: Item, use: Use) -> Iterator[Charge]:
    """The runners' minutes, shared by the projects."""
    size = str(item.get("environment.computeType", "BUILD_GENERAL1_SMALL")).rpartition("_")[2].lower()
    projects = len(use.world.of("aws:codebuild/project:Project"))
    yield Charge(f"codebuild.{size}.minute", use.assume.runner_minutes / projects, what=f"build on general1.{size}")


@pool("aws:ecr/repository:Repository", "images")
def images(_items: list[Item], use: Use) -> Iterator[Charge]:
    """All images together."""
    yield Charge("ecr.gb", use.assume.image_gb)


@meter("aws:lambda/function:Function")
def function(item: Item, use: Use) -> Iterator[Charge]:
    """A function is called once for each retraining, and takes ten seconds."""
    memory_gb = float(item.get("memorySize", 128)) / 1024
    yield Charge("lambda.requests", use.assume.retrainings / 1_000_000)
    yield Charge("lambda.gbs", use.assume.retrainings * 10 * memory_gb)


@meter("aws:ec2/instance:Instance")
def instance(item: Item, _use: Use) -> Iterator[Charge]:
    """A machine, all month."""
    yield Charge(f"ec2.{item.get('instanceType')}", HOURS, what=f"{item.get('instanceType')}, Linux, on demand")
