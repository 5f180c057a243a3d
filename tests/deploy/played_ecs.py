"""AWS for the tests: moto's server, and at its edge the course of a service deployment, which moto does not play.

Of ECS moto keeps clusters, services and task definitions, and drops `deploymentConfiguration`; it knows no service
deployments and no service revisions. These are played here, in the states that the API documents, and every answer is
held against botocore's model of it.
"""

import datetime as dt
import io
import json
import re
import threading
from contextlib import contextmanager

import boto3
import botocore.session
from botocore.validate import ParamValidator
from moto.backends import get_backend
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

ACCOUNT, REGION = "123456789012", "eu-central-1"
TARGET = "AmazonEC2ContainerServiceV20141113."
_MODEL = botocore.session.get_session().get_service_model("ecs")
_START = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)

TO_THE_END = [
    {"status": "PENDING"},
    {"status": "IN_PROGRESS", "lifecycleStage": "SCALE_UP", "running": 0, "share": 0.0},
    {"status": "IN_PROGRESS", "lifecycleStage": "PRODUCTION_TRAFFIC_SHIFT", "running": 1, "share": 10.0},
    {"status": "IN_PROGRESS", "lifecycleStage": "BAKE_TIME", "running": 1, "share": 100.0},
    {"status": "IN_PROGRESS", "lifecycleStage": "CLEAN_UP", "running": 1, "share": 100.0},
    {"status": "SUCCESSFUL", "lifecycleStage": "CLEAN_UP", "running": 1, "share": 100.0},
]
BY_ALARM = [
    *TO_THE_END[:3],
    {"status": "ROLLBACK_REQUESTED", "alarms": ["churn-dev-errors"]},
    {"status": "ROLLBACK_IN_PROGRESS", "alarms": ["churn-dev-errors"]},
    {
        "status": "ROLLBACK_SUCCESSFUL",
        "alarms": ["churn-dev-errors"],
        "statusReason": "Service deployment rolled back because of alarm(s) in ALARM.",
    },
]
BY_BREAKER = [
    *TO_THE_END[:2],
    {"status": "ROLLBACK_REQUESTED", "breaker": 3},
    {"status": "ROLLBACK_IN_PROGRESS", "breaker": 3},
    {
        "status": "ROLLBACK_SUCCESSFUL",
        "breaker": 3,
        "statusReason": "Service deployment rolled back because the circuit breaker threshold was exceeded.",
    },
]
STOPPED = [*TO_THE_END[:2], {"status": "STOPPED", "statusReason": "Service deployment was stopped by a user."}]
ENDS = {"SUCCESSFUL", "STOPPED", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED"}


class Cloud:
    """What AWS holds and plays. `course` is that of the next deployment."""

    def __init__(self):
        self.course = TO_THE_END
        self.deployments, self.revisions, self.calls, self.faults = [], {}, [], []
        self.events, self.strategy = [], "CANARY"
        self.alarms = {"alarmNames": ["churn-dev-errors", "churn-dev-latency"], "enable": True, "rollback": True}
        self.held = threading.Event()
        self.held.set()
        self._moto = DomainDispatcherApplication(create_backend_app)

    def __call__(self, environ, start_response):
        request = Request(environ)
        name = request.headers.get("X-Amz-Target", "").rpartition(".")[2] or request.path
        body = request.get_data(cache=True, parse_form_data=False)
        environ["wsgi.input"] = io.BytesIO(body)  # moto reads it again
        self.calls.append(name)
        fault = next((each for each in self.faults if each[0] == name and each[3] in {"", *self.calls}), None)
        if fault:
            self.faults.remove(fault)
            return _error(fault[1], fault[2])(environ, start_response)
        play = getattr(self, _snake(name), None) if TARGET in request.headers.get("X-Amz-Target", "") else None
        if play is None:
            return self._moto(environ, start_response)
        return play(json.loads(body or b"{}"), environ)(environ, start_response)

    def count(self, name):
        return self.calls.count(name)

    def fail(self, name, code="ServiceUnavailableException", status=503, times=1, after=""):
        """Answer the next calls of an operation with an error, once another operation was called."""
        self.faults += [(name, code, status, after)] * times

    # -- what moto lacks

    def _update_service(self, asked, environ):
        service = self._service(asked)
        before, desired = service.task_definition, service.desired_count
        answer = self._through(environ)
        now = get_backend("ecs")[ACCOUNT][REGION].describe_task_definition(service.task_definition).arn
        service.task_definition = now
        if now != before or asked.get("forceNewDeployment"):
            assert not [one for one in self.deployments if one["state"]["status"] not in ENDS], "one runs already"
            self.begin(before, now, desired, service.desired_count)
        return answer

    def _describe_services(self, asked, environ):
        answer = self._through(environ)
        found = json.loads(answer.data)
        for service in found.get("services", []):
            service["deploymentConfiguration"] = {"strategy": self.strategy, "alarms": self.alarms}
            service["events"] = self.events
        return _json("DescribeServices", found) if answer.status_code == 200 else answer

    def _list_service_deployments(self, asked, environ):
        self._service(asked)
        keys = ("serviceDeploymentArn", "createdAt")
        listed = [{k: one[k] for k in keys} | {"status": one["state"]["status"]} for one in self.deployments]
        page = int(asked.get("nextToken", 0))  # two on a page, the oldest first: nothing promises an order
        more = {"nextToken": str(page + 1)} if len(listed) > 2 * page + 2 else {}
        return _json("ListServiceDeployments", {"serviceDeployments": listed[2 * page : 2 * page + 2], **more})

    def _describe_service_deployments(self, asked, environ):
        self.held.wait(20)
        arns = asked["serviceDeploymentArns"]
        found = [self._look(one) for one in self.deployments if one["serviceDeploymentArn"] in arns]
        failures = [{"arn": arn, "reason": "MISSING"} for arn in arns[len(found) :]]
        return _json("DescribeServiceDeployments", {"serviceDeployments": found, "failures": failures})

    def _describe_service_revisions(self, asked, environ):
        found = [
            {"serviceRevisionArn": arn, "taskDefinition": self.revisions[arn]}
            for arn in asked["serviceRevisionArns"]
            if arn in self.revisions
        ]
        return _json("DescribeServiceRevisions", {"serviceRevisions": found, "failures": []})

    # -- the course of a deployment

    def begin(self, before, now, had, wanted):
        """Begin a deployment of one definition after another, and of one count of tasks after another."""
        number = len(self.deployments) + 1
        arn = f"arn:aws:ecs:{REGION}:{ACCOUNT}:service-deployment/acme-dev-serving/churn-dev-server/{number:017d}"
        old, new = (arn.replace("deployment", "revision") + end for end in ("0", "1"))
        self.revisions |= {old: before, new: now}
        self.deployments.append(
            {
                "serviceDeploymentArn": arn,
                "createdAt": (_START + dt.timedelta(hours=number)).timestamp(),
                "course": list(self.course),
                "state": self.course[0],
                "old": (old, had),
                "new": (new, wanted),
            }
        )

    def _look(self, one):
        state = one["state"] = one["course"].pop(0) if one["course"] else one["state"]
        if state["status"] in {"ROLLBACK_IN_PROGRESS", "ROLLBACK_SUCCESSFUL"}:
            self._service({}).task_definition = self.revisions[one["old"][0]]
        back = state["status"].startswith("ROLLBACK")
        (old, had), (new, wanted) = one["old"], one["new"]
        found = {
            "serviceDeploymentArn": one["serviceDeploymentArn"],
            "createdAt": one["createdAt"],
            "status": state["status"],
            "sourceServiceRevisions": [{"arn": old, "requestedTaskCount": had}],
            "targetServiceRevision": {
                "arn": new,
                "requestedTaskCount": wanted,
                "runningTaskCount": state.get("running", 0),
                "requestedProductionTrafficWeight": state.get("share", 0.0),
            },
            "alarms": {
                "status": "TRIGGERED" if "alarms" in state else "MONITORING",
                "alarmNames": self.alarms["alarmNames"],
                "triggeredAlarmNames": state.get("alarms", []),
            },
            "deploymentCircuitBreaker": {
                "status": "TRIGGERED" if "breaker" in state else "MONITORING",
                "failureCount": state.get("breaker", 0),
                "threshold": 3,
            },
        }
        found |= {key: state[key] for key in ("lifecycleStage", "statusReason") if key in state}
        return found | (
            {"rollback": {"reason": state.get("statusReason", ""), "serviceRevisionArn": old}} if back else {}
        )

    def _service(self, asked):
        services = get_backend("ecs")[ACCOUNT][REGION].services
        assert asked.get("cluster", "acme-dev-serving") == "acme-dev-serving"
        return services["acme-dev-serving:churn-dev-server"]

    def _through(self, environ):
        return Response.from_app(self._moto, environ)


@contextmanager
def running():
    """Run the cloud, empty; yield it and its address."""
    cloud = Cloud()
    server = make_server("127.0.0.1", 0, cloud, threaded=True, request_handler=_Silent)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield cloud, f"http://127.0.0.1:{server.server_port}"
    finally:
        cloud.held.set()
        server.shutdown()
        thread.join()
        server.server_close()


def _snake(operation):
    return re.sub("([A-Z])", lambda found: f"_{found[1].lower()}", operation)


class _Silent(WSGIRequestHandler):
    def log_request(self, *_):
        pass


def _json(operation, document):
    report = ParamValidator().validate(document, _MODEL.operation_model(operation).output_shape)
    assert not report.has_errors(), report.generate_report()
    known = set(_MODEL.operation_model(operation).output_shape.members)
    assert set(document) <= known
    return Response(json.dumps(document), mimetype="application/x-amz-json-1.1")


def _error(code, status):
    document = {"__type": code, "message": "said the test"}
    return Response(json.dumps(document), status, mimetype="application/x-amz-json-1.1")


def client(service):
    return boto3.client(service, region_name=REGION)


def settings(target, memory):
    """Register a revision as `infra up` does, with an image that nothing can pull."""
    server = {
        "name": "server",
        "image": f"{target.repository_url}:none",
        "essential": True,
        "environment": [{"name": "MODELYARD_ENV", "value": "dev"}, {"name": "MODELYARD_WORKERS", "value": "1"}],
        "secrets": [
            {"name": "MODELYARD_TOKEN", "valueFrom": "arn:aws:secretsmanager:eu-central-1:123456789012:secret:t"}
        ],
        "readonlyRootFilesystem": True,
    }
    return client("ecs").register_task_definition(
        family=target.service,
        containerDefinitions=[server],
        cpu="256",
        memory=str(memory),
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        taskRoleArn="arn:aws:iam::123456789012:role/churn-dev-service-task",
        executionRoleArn="arn:aws:iam::123456789012:role/churn-dev-service-execution",
        tags=[{"key": "modelyard:project", "value": "churn"}],
    )["taskDefinition"]


def ring(name, state, reason="said the test"):
    watch = client("cloudwatch")
    watch.put_metric_alarm(
        AlarmName=name,
        Namespace="AWS/ApplicationELB",
        MetricName="RequestCount",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )
    watch.set_alarm_state(AlarmName=name, StateValue=state, StateReason=reason)
