"""The routes of GitHub's REST API that workflows use: issues, pull requests, runs, artifacts, dispatches."""

from urllib.parse import quote

from github_answers import Answer, failure, invalid, not_found, paged
from github_bodies import checked
from github_settings import OF, has_branch, route

BLOB = "/_blobs/"


@route("GET", rf"{OF}/issues", "issues=read")
def issues(api, asked, token, repo, at):
    state = asked.query.get("state", ["open"])[0]
    wanted = {label for each in asked.query.get("labels", []) for label in each.split(",") if label}
    creator = asked.query.get("creator", [None])[0]
    found = [
        _issue(api, repo, asked, issue)
        for issue in sorted(repo.issues.values(), key=lambda i: -i["number"])
        if state in {"all", issue["state"]} and wanted <= set(issue["labels"])
        and creator in {None, issue["user"]["login"]}
    ]  # fmt: skip
    return paged(asked, found)


@route("POST", rf"{OF}/issues", "issues=write")
def add_issue(api, asked, token, repo, at):
    body = checked("issue", asked.body)
    if repo.settings.get("has_issues") is False:
        return failure(410, "Issues has been disabled in this repository.")
    known = {"title": body["title"], "body": body.get("body"), "labels": body.get("labels", [])}
    made = repo.issue(**known, user={"login": token.login})
    return Answer(201, _issue(api, repo, asked, made))


@route("GET", rf"{OF}/issues/(?P<number>\d+)", "issues=read")
def issue(api, asked, token, repo, at):
    found = repo.issues.get(int(at["number"]))
    return not_found() if found is None else Answer(200, _issue(api, repo, asked, found))


@route("PATCH", rf"{OF}/issues/(?P<number>\d+)", "issues=write")
def change_issue(api, asked, token, repo, at):
    body, found = checked("issue change", asked.body), repo.issues.get(int(at["number"]))
    if found is None:
        return not_found()
    found |= body
    return Answer(200, _issue(api, repo, asked, found))


@route("POST", rf"{OF}/issues/(?P<number>\d+)/labels", "issues=write")
def label_issue(api, asked, token, repo, at):
    body, found = checked("labels", asked.body), repo.issues.get(int(at["number"]))
    if found is None:
        return not_found()
    found["labels"] = list(dict.fromkeys([*found["labels"], *body["labels"]]))
    return Answer(200, [{"name": name} for name in found["labels"]])


@route("GET", rf"{OF}/issues/(?P<number>\d+)/comments", "issues=read; pull_requests=read")
def comments(api, asked, token, repo, at):
    number = int(at["number"])
    if number not in repo.issues:
        return not_found()
    found = [_comment(repo, asked, each) for each in repo.comments.values() if each["issue"] == number]
    return paged(asked, found)


@route("POST", rf"{OF}/issues/(?P<number>\d+)/comments", "issues=write; pull_requests=write")
def add_comment(api, asked, token, repo, at):
    body = checked("comment", asked.body)
    if int(at["number"]) not in repo.issues:
        return not_found()
    if len(body["body"]) > 65_536:
        return invalid("IssueComment", "body", "custom", "body is too long (maximum is 65536 characters)")
    return Answer(201, _comment(repo, asked, repo.comment(int(at["number"]), body["body"], user=token.login)))


@route("PATCH", rf"{OF}/issues/comments/(?P<id>\d+)", "issues=write; pull_requests=write")
def change_comment(api, asked, token, repo, at):
    body, found = checked("comment", asked.body), repo.comments.get(int(at["id"]))
    if found is None:
        return not_found()
    if len(body["body"]) > 65_536:
        return invalid("IssueComment", "body", "custom", "body is too long (maximum is 65536 characters)")
    found["body"] = body["body"]
    return Answer(200, _comment(repo, asked, found))


@route("GET", rf"{OF}/pulls", "pull_requests=read")
def pulls(api, asked, token, repo, at):
    state = asked.query.get("state", ["open"])[0]
    head, base = asked.query.get("head", [None])[0], asked.query.get("base", [None])[0]
    found = [
        _pull(api, repo, asked, each)
        for each in repo.issues.values()
        if each["pull"] and state in {"all", each["state"]}
        and head in {None, f"{repo.owner}:{each['head']['ref']}"} and base in {None, each["base"]["ref"]}
    ]  # fmt: skip
    return paged(asked, found)


@route("POST", rf"{OF}/pulls", "pull_requests=write")
def add_pull(api, asked, token, repo, at):
    body = checked("pull", asked.body)
    head = body["head"].removeprefix(f"{repo.owner}:")
    for name, branch in (("head", head), ("base", body["base"])):
        if not has_branch(repo, branch):
            return invalid("PullRequest", name, "invalid")
    if any(p["pull"] and p["state"] == "open" and p["head"]["ref"] == head for p in repo.issues.values()):
        message = f"A pull request already exists for {repo.owner}:{head}."
        return invalid("PullRequest", "", "custom", message)
    made = repo.pull(head=head, base=body["base"], user=token.login)
    made |= {"title": body["title"], "body": body.get("body")}
    return Answer(201, _pull(api, repo, asked, made))


@route("GET", rf"{OF}/pulls/(?P<number>\d+)", "pull_requests=read")
def pull(api, asked, token, repo, at):
    found = repo.issues.get(int(at["number"]))
    return not_found() if found is None or not found["pull"] else Answer(200, _pull(api, repo, asked, found))


@route("PATCH", rf"{OF}/pulls/(?P<number>\d+)", "pull_requests=write")
def change_pull(api, asked, token, repo, at):
    body, found = checked("pull change", asked.body), repo.issues.get(int(at["number"]))
    if found is None or not found["pull"]:
        return not_found()
    found |= body if "base" not in body else body | {"base": {**found["base"], "ref": body["base"]}}
    return Answer(200, _pull(api, repo, asked, found))


@route("POST", rf"{OF}/dispatches", "contents=write")
def dispatch(api, asked, token, repo, at):
    repo.dispatches.append(checked("dispatch", asked.body))
    return Answer(204)


@route("POST", rf"{OF}/actions/workflows/(?P<file>[\w.-]+)/dispatches", "actions=write")
def dispatch_workflow(api, asked, token, repo, at):
    repo.workflow_dispatches.append({"workflow": at["file"], **checked("workflow dispatch", asked.body)})
    return Answer(204)


@route("GET", rf"{OF}/actions/runs", "actions=read")
def runs(api, asked, token, repo, at):
    return paged(asked, _runs(repo, asked), "workflow_runs")


@route("GET", rf"{OF}/actions/workflows/(?P<file>[\w.-]+)/runs", "actions=read")
def runs_of_workflow(api, asked, token, repo, at):
    found = [run for run in _runs(repo, asked) if run["path"].endswith(f"/{at['file']}")]
    return paged(asked, found, "workflow_runs")


def _runs(repo, asked):
    def fits(run):
        status = asked.query.get("status", [None])[0]
        return (
            asked.query.get("branch", [run["head_branch"]])[0] == run["head_branch"]
            and asked.query.get("event", [run["event"]])[0] == run["event"]
            and status in {None, run["status"], run["conclusion"]}
        )

    return [run for run in sorted(repo.runs.values(), key=lambda r: -r["id"]) if fits(run)]


@route("GET", rf"{OF}/actions/runs/(?P<id>\d+)", "actions=read")
def run(api, asked, token, repo, at):
    found = repo.runs.get(int(at["id"]))
    return not_found() if found is None else Answer(200, found)


@route("GET", rf"{OF}/actions/runs/(?P<id>\d+)/artifacts", "actions=read")
def artifacts_of_run(api, asked, token, repo, at):
    found = [a for a in _artifacts(repo, asked) if a["workflow_run"]["id"] == int(at["id"])]
    return paged(asked, found, "artifacts")


@route("GET", rf"{OF}/actions/artifacts", "actions=read")
def artifacts(api, asked, token, repo, at):
    return paged(asked, _artifacts(repo, asked), "artifacts")


def _artifacts(repo, asked):
    name = asked.query.get("name", [None])[0]
    newest = sorted(repo.artifacts.values(), key=lambda a: -a["id"])
    return [_artifact(repo, asked, each) for each in newest if name in {None, each["name"]}]


def _artifact(repo, asked, found):
    url = f"{asked.url}/repos/{repo.full_name}/actions/artifacts/{found['id']}"
    shown = {key: value for key, value in found.items() if key != "content"}
    return shown | {"url": url, "archive_download_url": f"{url}/zip"}


@route("GET", rf"{OF}/actions/artifacts/(?P<id>\d+)/zip", "actions=read")
def artifact_zip(api, asked, token, repo, at):
    found = repo.artifacts.get(int(at["id"]))
    if found is None:
        return not_found()
    if found["expired"]:
        return failure(410, "Artifact has expired")
    elsewhere = asked.url.replace("127.0.0.1", "localhost")  # GitHub sends to another host, which wants no token
    return Answer(302, None, {"location": f"{elsewhere}{BLOB}{repo.id}/{found['id']}?sig={quote('s/g=')}"})


def blob(api, asked):
    """Answer as the storage behind artifacts does: by the signature in the address, never with a token."""
    _, _, repository, artifact = asked.path.split("/")
    if "authorization" in asked.headers or asked.query.get("sig") != ["s/g="]:
        return Answer(403, b"<Error><Code>AuthenticationFailed</Code></Error>")
    repo = next((r for r in api.repositories.values() if str(r.id) == repository), None)
    content = None if repo is None else repo.artifacts.get(int(artifact), {}).get("content")
    if content is None:
        return Answer(404, b"<Error><Code>BlobNotFound</Code></Error>")
    return Answer(200, content, {"content-type": "application/zip"})


def _issue(api, repo, asked, found):
    url = f"{asked.url}/repos/{repo.full_name}/issues/{found['number']}"
    shown = {key: found[key] for key in ("number", "id", "title", "state", "body")}
    pull = {"pull_request": {"url": url.replace("/issues/", "/pulls/")}} if found["pull"] else {}
    return shown | {
        "url": url, "html_url": f"https://github.com/{repo.full_name}/issues/{found['number']}",
        "labels": [{"name": name} for name in found["labels"]], "user": {"login": found["user"]["login"]}, **pull,
        "comments_url": f"{url}/comments",
    }  # fmt: skip


def _pull(api, repo, asked, found):
    url = f"{asked.url}/repos/{repo.full_name}/pulls/{found['number']}"
    shown = {key: found[key] for key in ("number", "id", "title", "state", "body", "head", "base")}
    return shown | {
        "url": url, "html_url": f"https://github.com/{repo.full_name}/pull/{found['number']}", "draft": False,
        "issue_url": url.replace("/pulls/", "/issues/"), "user": {"login": found["user"]["login"]}, "merged": False,
        "comments_url": url.replace("/pulls/", "/issues/") + "/comments",
    }  # fmt: skip


def _comment(repo, asked, found):
    url = f"{asked.url}/repos/{repo.full_name}/issues/comments/{found['id']}"
    return {
        "id": found["id"], "body": found["body"], "user": {"login": found["user"]["login"]}, "url": url,
        "html_url": f"https://github.com/{repo.full_name}/issues/{found['issue']}#issuecomment-{found['id']}",
        "issue_url": f"{asked.url}/repos/{repo.full_name}/issues/{found['issue']}",
    }  # fmt: skip
