"""Whether AWS may talk to GitHub for this platform, and whether trust can be bound to numbers instead of names."""

from collections.abc import Iterator

from modelyard.errors import OutsideError
from modelyard.infra import answers, aws
from modelyard.infra.answers import Answer, Page
from modelyard.infra.doctor.check import Check
from modelyard.infra.platform import EnvName, Platform


class _State(Answer):
    connection_status: str


class _Connection(Answer):
    connection: _State


class _Listed(_State):
    connection_name: str


class _Connections(Page):
    connections: tuple[_Listed, ...] = ()  # as of budgets: perhaps left out where there is none


def ids(platform: Platform) -> Iterator[Check]:
    """Check the ids of owner and repositories: platform.yaml has them, nobody is asked."""
    unknown = [r.name for r in platform.repositories if r.repository_id == 0]
    missing = ([platform.github.owner] if platform.github.owner_id == 0 else []) + unknown
    found = f"unknown: {', '.join(missing)}" if missing else "known"
    fix = "modelyard github setup" if missing else ""
    yield Check(name="github ids", status="fail" if missing else "ok", found=found, need="numeric ids", fix=fix)


def connection(platform: Platform, env: EnvName) -> Iterator[Check]:
    """Check the connection of the runners, where there are any."""
    if platform.environments[env].ci.enabled:
        yield _connection(platform, env)


def _connection(platform: Platform, env: EnvName) -> Check:
    region, arn = platform.region_of(env), platform.environments[env].ci.connection_arn
    need = "a connection to GitHub that is AVAILABLE"
    try:
        found = _state(region, arn, platform.name)
    except OutsideError as error:
        if error.code != "access_denied":
            raise
        fix = "Allow codeconnections:ListConnections and GetConnection to have this checked."
        return Check(name="github connection", status="warn", found=f"not checked: {error.message}", need=need, fix=fix)
    if found == "AVAILABLE":
        return Check(name="github connection", status="ok", found=found, need=need)
    console = f"https://console.aws.amazon.com/codesuite/settings/connections?region={region}"
    if not found:
        fix = f"`modelyard infra up --layer ci` makes it; then authorise it at {console}"
        return Check(name="github connection", status="warn", found="none yet", need=need, fix=fix)
    fix = f"Authorise it: {console} > Update pending connection. Jobs for the runners hang until then."
    return Check(name="github connection", status="fail", found=found, need=need, fix=fix)


def _state(region: str, arn: str | None, prefix: str) -> str:
    """Return the state of the connection, empty when there is none."""
    client = aws.client("codeconnections", region)
    if arn is not None:
        what = f"reading {arn}"
        return answers.ask(_Connection, what, client.get_connection, ConnectionArn=arn).connection.connection_status
    found = answers.pages(_Connections, "listing connections", client.list_connections, ProviderTypeFilter="GitHub")
    listed = [each for page in found for each in page.connections]
    ours = [each.connection_status for each in listed if each.connection_name.startswith(prefix)]
    return "AVAILABLE" if "AVAILABLE" in ours else next(iter(ours), "")
