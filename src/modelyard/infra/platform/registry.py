"""The model registry of one environment: MLflow, its database and who may reach it."""

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from modelyard.config.section import Section
from modelyard.infra.platform import fargate
from modelyard.infra.platform.words import Ranges

# a name, its subdomains (*.), with a port or not; never every name, which would undo the protection
Host = Annotated[str, Field(pattern=r"^(\*\.)?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?$")]
WorkflowName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._-]*$")]


class Registry(fargate.TaskSize):
    """MLflow on Fargate over RDS Postgres; one task unless the sizes say otherwise."""

    instance_class: str = Field("db.t4g.micro", pattern=r"^db\.[a-z0-9]+\.[a-z0-9]+$")
    postgres: Literal["15", "16", "17", "18"] = "17"
    storage_gb: int = Field(20, ge=20, le=65536)
    max_storage_gb: int = Field(100, ge=20, le=65536)
    multi_az: bool = False
    backup_days: int = Field(7, ge=1, le=35, description="RDS keeps automatic backups at most 35 days.")
    cpu: int = 512
    memory_mb: int = 2048
    min_tasks: int = Field(1, ge=1)
    max_tasks: int = Field(1, ge=1, le=50)
    image: str = Field(
        "3.17.2", pattern=r"^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$", description="Tag of the image: its MLflow release."
    )
    hosts: tuple[Host, ...] = Field((), description="Further host names by which MLflow may be called.")
    allowed_cidrs: Ranges = Field((), description="Further ranges that may reach it, such as a VPN.")

    @model_validator(mode="after")
    def _fits(self) -> "Registry":
        fargate.check(self)
        if self.max_storage_gb < self.storage_gb:
            raise ValueError(f"max_storage_gb {self.max_storage_gb} is less than storage_gb {self.storage_gb}")
        if self.storage_gb < self.max_storage_gb and 10 * self.max_storage_gb < 11 * self.storage_gb:
            raise ValueError(
                f"max_storage_gb {self.max_storage_gb} must be {-(-11 * self.storage_gb // 10)} or more, as RDS "
                f"grows by a tenth at least; {self.storage_gb} keeps it from growing"
            )
        return self


class Ci(Section):
    """GitHub Actions runners inside the VPC: a CodeBuild project that starts one ephemeral runner per job."""

    enabled: bool = True
    compute: Literal["small", "medium", "large", "xlarge"] = "medium"
    image: str = Field(
        "aws/codebuild/amazonlinux-x86_64-standard:6.0",
        pattern=r"^[a-z0-9][A-Za-z0-9._/:@-]{2,254}$",
        description="For x86: the runners' machines are.",
    )
    concurrency: int = Field(2, ge=1, le=100)
    timeout_minutes: int = Field(120, ge=5, le=2160)
    queued_minutes: int = Field(60, ge=5, le=480)
    workflows: tuple[WorkflowName, ...] = Field(
        ("train", "release", "monitor", "infra"), min_length=1, description="Only jobs of these workflows get one."
    )
    docker: bool = Field(False, description="Jobs may build images; the runner is then privileged on its machine.")
    authorised: bool = Field(
        False, description="Set once the connection to GitHub is authorised in the console: the webhook needs it."
    )
    connection_arn: str | None = Field(
        None,
        pattern=r"^arn:aws[a-z-]*:(codeconnections|codestar-connections):[a-z0-9-]+:[0-9]{12}:connection/.+$",
        description="An authorised CodeConnections connection; without one it is made, and waits to be authorised.",
    )

    @field_validator("image")
    @classmethod
    def _for_x86(cls, image: str) -> str:
        if "aarch64" in image:
            raise ValueError("is for ARM; the runners' machines are x86")
        return image
