"""Turns a profile into `modelyard.yaml`."""

from modelyard.config.model import Data, Evaluation, ProjectConfig, Split, Training
from modelyard.scaffold.profile.model import TableProfile


def to_config(
    profile: TableProfile, name: str, *, source: str, sample: str | None, query: str | None = None
) -> ProjectConfig:
    """Return the configuration of a project called `name`, whose table lies at `source`."""
    return ProjectConfig(
        name=name,
        task=profile.task,
        data=Data(
            source=source,
            query=query,
            sample=sample,
            target=profile.target,
            positive=profile.positive,
            id=profile.first("id"),
            time=profile.first("time"),
            group=profile.first("group"),
            ignore={c.name: c.reason for c in profile.columns if c.role == "ignored"},
        ),
        split=Split(by=profile.split_by),
        training=Training(estimator=profile.estimator, class_weight=profile.class_weight),
        evaluation=Evaluation(metric=profile.metric),
    )
