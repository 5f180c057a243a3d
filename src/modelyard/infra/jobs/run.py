"""What a training run asks of the cluster."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from modelyard.record import Record

# a label's value and the name of what KubeRay derives from it (the head's service adds up to 22 characters)
Name = Annotated[str, Field(pattern=r"^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$")]
Image = Annotated[str, Field(pattern=r"^\S+@sha256:[0-9a-f]{64}$")]
_WORKER_GROUPS = 17  # Kueue admits no more (Kueue documentation, RayJob)


class TrainingRun(Record):
    """One run: what is executed, on how much, in whose queue.

    Attributes:
        image: By digest: a tag could mean something else when a worker starts late.
        command: Run once, on the head's address, by the submitter.
        pool: GPU pool of the workers; None for workers without GPU.
        workers: Fixed: a job whose size changes is not admitted whole.
        gpus: Per worker.
        hours: After so long the run is ended and its cluster removed.
        keep_hours: The finished object, and with it its verdict, stays for so long.
    """

    name: Name
    project: Name
    image: Image
    command: str = Field("modelyard run train", min_length=1)
    ray_version: str = Field("2.55.1", pattern=r"^2\.\d+\.\d+$")
    namespace: Name = "training"
    service_account: str | None = None
    priority: Literal["production", "normal", "experiment"] = "normal"
    pool: Name | None = None
    workers: int = Field(1, ge=0, le=256)
    gpus: int = Field(0, ge=0, le=8)
    cpus: int = Field(2, ge=1, le=192)
    memory_gb: int = Field(8, ge=1, le=2048)
    head_cpus: int = Field(2, ge=1, le=32)
    head_memory_gb: int = Field(8, ge=2, le=256)
    variables: dict[str, str] = {}
    retries: int = Field(1, ge=0, le=5)
    hours: float = Field(24, gt=0, le=336)
    keep_hours: float = Field(24, ge=0)

    @model_validator(mode="after")
    def _gpus_come_from_a_pool(self) -> "TrainingRun":
        if bool(self.gpus) != (self.pool is not None):
            raise ValueError("gpus and pool go together: name the pool that the GPUs are bought in")
        if self.gpus and not self.workers:
            raise ValueError("gpus are on workers: ask for at least one")
        return self
