"""An image on its way to an ECS service: every end that a deployment may have, and everything that stops one before."""

import played_ecs as clouds
import pytest
from played_ecs import ring, settings

from modelyard.deploy import DeployRequest, deploy
from modelyard.errors import OutcomeError, OutsideError, RequestError

pytestmark = pytest.mark.slow


class Run:
    """Deploys to a target, and keeps what was said."""

    def __init__(self, target):
        self.target, self.said = target, []

    def __call__(self, image):
        return deploy(DeployRequest(image=image, target=self.target, every_s=0.01), tell=self.said.append)

    def current(self):
        ecs = clouds.client("ecs")
        service = ecs.describe_services(cluster=self.target.cluster, services=[self.target.service])["services"][0]
        found = ecs.describe_task_definition(taskDefinition=service["taskDefinition"])["taskDefinition"]
        return service["desiredCount"], found


@pytest.fixture
def run(made, target):
    return Run(target)


@pytest.fixture
def running(run, push, made):
    """A service that runs image `one` since an earlier deployment."""
    push("one")
    assert run("one").state == "completed"
    run.said.clear()
    made.calls.clear()
    return run


def test_the_first_image_brings_the_first_tasks(run, push, target):
    digest = push("one")
    result = run(f"{target.repository_url}:one")
    assert result.model_dump() == {
        "state": "completed",
        "image": f"{target.repository_url}@{digest}",
        "previous": None,
        "reason": "",
    }
    assert result.failure() is None
    desired, found = run.current()
    assert desired == 1
    assert found["containerDefinitions"][0]["image"] == f"{target.repository_url}@{digest}"
    assert [line for line in run.said if "10 % of the traffic" in line]


def test_a_later_image_changes_the_image_and_nothing_else(running, push, target):
    _, before = running.current()
    first, second = before["containerDefinitions"][0]["image"], push("two")
    result = running("two")
    _, after = running.current()
    assert (result.state, result.previous) == ("completed", first)
    assert after["containerDefinitions"][0].pop("image") == f"{target.repository_url}@{second}"
    before["containerDefinitions"][0].pop("image")
    for each in (before, after):
        for key in ("taskDefinitionArn", "revision", "registeredAt"):
            each.pop(key, None)
    assert after == before
    tags = clouds.client("ecs").list_tags_for_resource(resourceArn=f"{_arn(target)}:3")["tags"]
    assert tags == [{"key": "modelyard:project", "value": "churn"}]


def _arn(target):
    return f"arn:aws:ecs:{clouds.REGION}:{clouds.ACCOUNT}:task-definition/{target.service}"


def test_settings_that_the_platform_changed_come_with_the_next_image(running, push, target):
    settings(target, 1024)
    push("two")
    assert running("two").state == "completed"
    _, found = running.current()
    assert found["memory"] == "1024"
    assert found["containerDefinitions"][0]["image"].startswith(f"{target.repository_url}@sha256:")
    assert [line for line in running.said if "Settings of the task changed" in line]


def test_the_same_image_again_is_said_and_changes_nothing(running, made):
    result = running("one")
    assert (result.state, result.failure()) == ("unchanged", None)
    assert result.previous == result.image
    assert not made.count("UpdateService")
    assert not made.count("RegisterTaskDefinition")


def test_the_same_image_is_brought_out_again_when_its_settings_changed(running, target, made):
    settings(target, 1024)
    assert running("one").state == "completed"
    assert running.current()[1]["memory"] == "1024"


def test_an_alarm_takes_a_deployment_back(running, push, made, target):
    _, before = running.current()
    push("bad")
    made.course = clouds.BY_ALARM
    result = running("bad")
    assert result.state == "rolled_back"
    assert "the alarm churn-dev-errors rang" in result.reason
    assert result.previous == before["containerDefinitions"][0]["image"]
    error = result.failure()
    assert (error.exit_code, error.code) == (1, "deploy_rolled_back")
    assert running.current()[1]["taskDefinitionArn"] == before["taskDefinitionArn"]


def test_the_circuit_breaker_takes_a_deployment_back_and_what_ecs_saw_is_told(running, push, made):
    push("bad")
    made.course = clouds.BY_BREAKER
    made.events = [
        {"id": "2", "createdAt": 4e9, "message": "(service x) (task 1) failed container health checks."},
        {"id": "1", "createdAt": 0, "message": "(service x) was unable to place a task, a year ago."},
    ]
    result = running("bad")
    assert result.state == "rolled_back"
    assert "circuit breaker opened: 3 tasks failed" in result.reason
    assert "failed container health checks" in result.reason
    assert "a year ago" not in result.reason


def test_one_that_somebody_stopped_has_failed_and_may_be_tried_again(running, push, made):
    push("two")
    made.course = clouds.STOPPED
    result = running("two")
    assert (result.state, result.failure().exit_code) == ("failed", 1)
    assert "stopped by a user" in result.reason
    made.course = clouds.TO_THE_END
    running.said.clear()
    assert running("two").state == "completed"
    assert [line for line in running.said if "did not succeed" in line]


def test_a_first_image_that_fails_leaves_no_tasks_that_restart_for_ever(run, push, made):
    push("bad")
    made.course = [*clouds.BY_BREAKER[:3], *[clouds.BY_BREAKER[3]] * 1000]
    result = run("bad")
    assert (result.state, result.previous) == ("failed", None)
    assert "no earlier image" in result.reason
    assert run.current()[0] == 0


def test_nothing_begins_while_a_rollback_alarm_is_on(running, push, made, target):
    push("two")
    ring(target.alarms[1], "ALARM", "Threshold crossed")
    with pytest.raises(OutcomeError, match=r"churn-dev-latency \(Threshold crossed\)") as error:
        running("two")
    assert error.value.code == "alarm_on"
    assert not made.count("UpdateService")
    assert not made.count("RegisterTaskDefinition")


def test_an_alarm_that_only_the_service_knows_counts_too(running, push, made):
    push("two")
    made.alarms = {**made.alarms, "alarmNames": ["own"]}
    ring("own", "ALARM")
    with pytest.raises(OutcomeError, match="own"):
        running("two")


def test_alarms_that_are_not_there_are_missed_aloud(running, push):
    push("two")
    clouds.client("cloudwatch").delete_alarms(AlarmNames=["churn-dev-unhealthy"])
    assert running("two").state == "completed"
    assert [line for line in running.said if "no alarm churn-dev-unhealthy" in line]


def test_a_service_that_is_still_being_made_is_waited_for(run, push, made, target):
    push("one")
    first = f"{_arn(target)}:1"
    made.course = clouds.TO_THE_END[3:]
    made.begin(first, first, 0, 0)
    made.course = clouds.TO_THE_END
    assert run("one").state == "completed"
    assert [line for line in run.said if "still being made" in line]


def test_a_deployment_of_another_image_is_not_disturbed(running, push, made, target):
    push("two")
    push("three")
    made.course = [clouds.TO_THE_END[2]] * 1000
    begin(running, "two", made)
    with pytest.raises(OutcomeError, match="in progress") as error:
        running("three")
    assert error.value.code == "deploy_in_progress"
    assert made.count("UpdateService") == 1


def begin(run, tag, made):
    """Begin a deployment and leave it, as an interrupted command does."""
    arn = clouds.client("ecs").describe_task_definition(taskDefinition=run.target.service)["taskDefinition"]
    server = arn["containerDefinitions"][0]
    images = clouds.client("ecr").describe_images(repositoryName=run.target.repository, imageIds=[{"imageTag": tag}])
    digest = images["imageDetails"][0]["imageDigest"]
    new = clouds.client("ecs").register_task_definition(
        family=run.target.service,
        containerDefinitions=[{**server, "image": f"{run.target.repository_url}@{digest}"}],
        cpu="256",
        memory="512",
    )["taskDefinition"]["taskDefinitionArn"]
    clouds.client("ecs").update_service(cluster=run.target.cluster, service=run.target.service, taskDefinition=new)


def test_a_deployment_that_was_left_is_waited_for_again(running, push, made):
    push("two")
    begin(running, "two", made)
    result = running("two")
    assert result.state == "completed"
    assert result.previous.endswith(_digest("one", running))
    assert made.count("UpdateService") == 1


def _digest(tag, run):
    images = clouds.client("ecr").describe_images(repositoryName=run.target.repository, imageIds=[{"imageTag": tag}])
    return images["imageDetails"][0]["imageDigest"]


def test_the_youngest_of_many_deployments_is_the_one_that_counts(running, push):
    for tag in ("two", "three", "four"):
        push(tag)
        assert running(tag).state == "completed"


@pytest.mark.parametrize("fault", [("ThrottlingException", 400), ("ServiceUnavailableException", 503)])
@pytest.mark.parametrize("operation", ["DescribeServiceDeployments", "UpdateService", "ListServiceDeployments"])
def test_faults_that_pass_are_waited_out(running, push, made, operation, fault):
    push("two")
    made.fail(operation, *fault, times=2)
    assert running("two").state == "completed"


def test_an_aws_that_is_away_for_a_while_does_not_end_the_waiting(running, push, made):
    push("two")
    made.fail("DescribeServiceDeployments", times=7, after="UpdateService")  # more than botocore tries by itself
    assert running("two").state == "completed"
    assert made.count("UpdateService") == 1


def test_a_lost_permission_ends_the_waiting_and_says_that_the_deployment_goes_on(running, push, made):
    push("two")
    made.fail("DescribeServiceRevisions", "AccessDeniedException", 400)
    with pytest.raises(OutsideError) as error:
        running("two")
    assert error.value.code == "access_denied"
    assert "goes on at AWS" in error.value.message
    assert "aws ecs list-service-deployments" in error.value.hint


@pytest.mark.parametrize(
    ("image", "code"),
    [
        ("never-pushed", "no_image"),
        (f"sha256:{'1' * 64}", "no_image"),
        ("elsewhere/churn:one", "wrong_repository"),
        ("docker.io/library/python", "bad_image"),
        ("", "bad_image"),
        ("a b:one", "bad_image"),
        ("churn-dev@sha256:12", "bad_image"),
    ],
)
def test_an_image_that_the_service_could_not_run_is_refused(running, made, image, code):
    with pytest.raises(RequestError) as error:
        running(image)
    assert error.value.code == code
    assert not made.count("UpdateService")


@pytest.mark.parametrize(
    "form", ["{url}:one", "{url}@{digest}", "{url}:one@{digest}", "churn-dev:one", ":one", "{digest}"]
)
def test_every_usual_way_to_name_an_image_is_understood(running, target, form):
    named = form.format(url=target.repository_url, digest=_digest("one", running))
    assert running(named).state == "unchanged"


def test_a_service_that_is_not_up_is_named_with_the_command_that_makes_it(cloud, target):
    clouds.client("ecr").create_repository(repositoryName=target.repository)
    with pytest.raises(RequestError, match="no image"):
        Run(target)("one")


def test_the_wrong_account_is_refused(made, push):
    import platforms

    from modelyard.deploy import Target

    push("one")
    other = Target.of(platforms.platform({"account": "999999999999"}), "dev", "churn")
    with pytest.raises(RequestError, match="123456789012"):
        Run(other)("one")
