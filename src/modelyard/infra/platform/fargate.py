"""Which memory goes with which CPU on Fargate (ECS developer guide, task definition parameters)."""

from modelyard.config.section import Section

MEMORY_MB: dict[int, tuple[int, ...]] = {
    256: (512, 1024, 2048),
    512: tuple(range(1024, 4096 + 1, 1024)),
    1024: tuple(range(2048, 8192 + 1, 1024)),
    2048: tuple(range(4096, 16384 + 1, 1024)),
    4096: tuple(range(8192, 30720 + 1, 1024)),
    8192: tuple(range(16384, 61440 + 1, 4096)),
    16384: tuple(range(32768, 122880 + 1, 8192)),
}


class TaskSize(Section):
    """CPU units (1024 is one vCPU) and memory of one task, and how many tasks there are."""

    cpu: int
    memory_mb: int
    min_tasks: int
    max_tasks: int


def check(size: TaskSize) -> None:
    """Refuse a combination that Fargate would refuse.

    Raises:
        ValueError: With the values that are possible instead.
    """
    if size.cpu not in MEMORY_MB:
        raise ValueError(f"cpu {size.cpu} does not exist on Fargate; use one of {', '.join(map(str, MEMORY_MB))}")
    fitting = MEMORY_MB[size.cpu]
    if size.memory_mb not in fitting:
        raise ValueError(
            f"memory_mb {size.memory_mb} does not go with cpu {size.cpu}; {fitting[0]} to {fitting[-1]} does"
        )
    if size.min_tasks > size.max_tasks:
        raise ValueError(f"min_tasks {size.min_tasks} is more than max_tasks {size.max_tasks}")
