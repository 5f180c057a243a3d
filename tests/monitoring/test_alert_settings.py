"""What `modelyard.yaml` may say of alerts, and that a secret written there is refused without being shown."""

import pytest
import retraining_project as world

from modelyard import config
from modelyard.errors import RequestError


@pytest.fixture
def project(tmp_path):
    return world.projects.make(tmp_path / "project")


def test_every_channel_has_sane_defaults(project):
    alerts = {"webhook": {}, "sns": {}, "issue": {"repository": "me/it.x"}, "dispatch": {}}
    found = world.projects.edit(project.root, monitoring__alerts=alerts).config.monitoring.alerts
    assert (found.webhook.url, found.sns.topic, found.issue.token) == (
        "MODELYARD_WEBHOOK_URL",
        "MODELYARD_SNS_TOPIC",
        "GITHUB_TOKEN",
    )
    assert found.dispatch.kinds == ["drift", "calibration", "skill"]
    assert config.load(project.root).config.monitoring.retrain.min_labels == 500


@pytest.mark.parametrize(
    ("alerts", "told"),
    [
        ({"webhook": {"url": "https://hooks/s3cret"}}, "`url` must be the name of an environment variable"),
        ({"webhook": "https://hooks/s3cret"}, "`webhook` must be a section of keys"),
        ({"webhook": ["s3cret"]}, "`webhook` must be a section of keys"),
        ({"issue": {"token": "ghp-s3cret"}}, "`token` must be the name of an environment variable"),
        ({"sns": {"topic": "arn:aws:sns:s3cret"}}, "`topic` must be the name of an environment variable"),
        ({"webhook": {"secret": "s3cret"}}, "monitoring.alerts.webhook.secret: unknown key"),
        ({"issue": {"repository": "https://u:s3cret@github.com/me/it"}}, "`repository` must be OWNER/NAME"),
        ({"cooldown_h": -1}, "monitoring.alerts.cooldown_h"),
        ({"webhook": {"kinds": ["drifts"]}}, "monitoring.alerts.webhook.kinds"),
    ],
)
def test_a_wrong_setting_is_refused_without_showing_a_secret(project, alerts, told):
    with pytest.raises(RequestError) as error:
        world.projects.edit(project.root, monitoring__alerts=alerts)
    assert told in error.value.message
    assert "s3cret" not in error.value.message
