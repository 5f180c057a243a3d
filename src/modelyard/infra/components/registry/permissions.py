"""What the two roles of the MLflow task may do."""

import pulumi

from modelyard.infra.components.documents import Statement, allow
from modelyard.infra.components.registry.task import Storage


def starts(
    image_arn: pulumi.Input[str],
    log_arn: pulumi.Input[str],
    secret_arns: list[pulumi.Input[str]],
    key_arn: pulumi.Input[str],
) -> list[Statement]:
    """Return what starting it takes: its image, its log group and its secrets."""
    pull = ["ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage"]
    return [
        allow("Pull", pull, [image_arn]),
        allow("Login", ["ecr:GetAuthorizationToken"], ["*"]),  # has no resource
        allow("Log", ["logs:CreateLogStream", "logs:PutLogEvents"], [pulumi.Output.concat(log_arn, ":*")]),
        allow("Secrets", ["secretsmanager:GetSecretValue"], secret_arns),
        allow("Key", ["kms:Decrypt"], [key_arn]),
    ]


def artifacts(storage: Storage) -> list[Statement]:
    """Return what MLflow does with the models and files of runs, under its prefix of the store."""
    objects = pulumi.Output.concat(storage.arn, f"/{storage.prefix}/*")
    below = {"StringLike": {"s3:prefix": [f"{storage.prefix}/*"]}}
    return [
        allow("List", ["s3:ListBucket"], [storage.arn], condition=below),
        allow("Artifacts", ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"], [objects]),
        allow("Key", ["kms:Decrypt", "kms:GenerateDataKey"], [storage.key_arn]),
    ]
