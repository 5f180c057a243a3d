"""An image on ECS: a new revision of the task definition, rolled out by ECS's own canary deployment."""
