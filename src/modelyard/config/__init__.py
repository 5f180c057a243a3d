"""`modelyard.yaml`: parsed once, at the edge, into frozen values."""

from modelyard.config.github import Github
from modelyard.config.load import FILE_NAME, Project, find, load
from modelyard.config.model import Environment, ProjectConfig, Task
from modelyard.config.schema import json_schema

__all__ = ["FILE_NAME", "Environment", "Github", "Project", "ProjectConfig", "Task", "find", "json_schema", "load"]
