"""Where the server's image lies: built by the infra workflow from the Dockerfile beside the registry's program."""

import json
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws


@dataclass(frozen=True, kw_only=True)
class ImageArgs:
    """`name` of the repository; `keep` keeps it, with its images, when the stack is destroyed."""

    name: str
    key_arn: pulumi.Input[str]
    keep: bool


class Image(pulumi.ComponentResource):
    """Produces an image repository: tags never move, every push is scanned, old images go."""

    def __init__(self, name: str, args: ImageArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:registry:Image", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        repository = aws.ecr.Repository(
            name,
            name=args.name,
            image_tag_mutability="IMMUTABLE",
            image_scanning_configuration={"scan_on_push": True},
            encryption_configurations=[{"encryption_type": "KMS", "kms_key": args.key_arn}],
            force_delete=not args.keep,
            opts=child,
        )
        aws.ecr.LifecyclePolicy(name, repository=repository.name, policy=json.dumps({"rules": _RULES}), opts=child)
        self.url, self.arn = repository.repository_url, repository.arn
        self.register_outputs({"url": self.url, "arn": self.arn})


_RULES = [
    {
        "rulePriority": 1,
        "description": "Untagged images after two weeks",
        "selection": {"tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": 14},
        "action": {"type": "expire"},
    },
    {
        "rulePriority": 2,
        "description": "All but the newest ten",
        "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 10},
        "action": {"type": "expire"},
    },
]
