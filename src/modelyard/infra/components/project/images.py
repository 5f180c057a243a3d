"""The image repository of an ML repository: tags never move, images are scanned, old ones go."""

import json
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from modelyard.infra.components import names

_UNTAGGED_DAYS = 14


@dataclass(frozen=True, kw_only=True)
class ImagesArgs:
    """Whose images, the key they are encrypted with, and how many are kept."""

    project: str
    env: str
    key_arn: pulumi.Input[str]
    keep: int = 20


class Images(pulumi.ComponentResource):
    """Makes an `ecr.Repository` and its lifecycle policy. A repository that still holds images is not deleted."""

    arn: pulumi.Output[str]
    name: pulumi.Output[str]
    url: pulumi.Output[str]

    def __init__(self, name: str, args: ImagesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:project:Images", name, None, opts)
        mine = pulumi.ResourceOptions(parent=self)
        repository = aws.ecr.Repository(
            name,
            name=names.physical(args.project, args.env, "", 256),
            image_tag_mutability="IMMUTABLE",
            image_scanning_configuration={"scan_on_push": True},
            encryption_configurations=[{"encryption_type": "KMS", "kms_key": args.key_arn}],
            force_delete=False,
            opts=mine,
        )
        aws.ecr.LifecyclePolicy(
            f"{name}-lifecycle", repository=repository.name, policy=_lifecycle(args.keep), opts=mine
        )
        self.arn = repository.arn
        self.name = repository.name
        self.url = repository.repository_url
        self.register_outputs({"arn": self.arn, "name": self.name, "url": self.url})


def _lifecycle(keep: int) -> str:
    old = {"tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": _UNTAGGED_DAYS}
    many = {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": keep}
    rules = [
        {"rulePriority": 1, "description": "Untagged images go", "selection": old, "action": {"type": "expire"}},
        {"rulePriority": 2, "description": "The newest stay", "selection": many, "action": {"type": "expire"}},
    ]
    return json.dumps({"rules": rules})
