import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

import pytest

from modelyard.config.release import Release as Config
from modelyard.errors import OutsideError, RequestError
from modelyard.release.sources import CloudWatch, Prometheus, ServerMetrics, chosen
from modelyard.release.sources.text import samples
from modelyard.serving.metrics import Metrics


def answer(result, **more):
    """What Prometheus says."""
    return json.dumps({"status": "success", "data": {"resultType": "vector", "result": result}, **more})


class Stand:
    """A local HTTP server that answers with `body`; as Prometheus, when it scraped with `times`, rates with `rates`.

    `seen` holds what was asked.
    """

    def __init__(self):
        self.body, self.status, self.wait_s, self.headers, self.seen = "", 200, 0.0, {}, []
        self.cut, self.times, self.rates = None, answer([]), answer([])
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                outer.seen.append((self.path, self.headers.get("Authorization")))
                time.sleep(outer.wait_s)
                body = outer.body() if callable(outer.body) else outer.body
                body = outer.times if "=timestamp%28" in self.path else body
                body = outer.rates if "=rate%28" in self.path else body
                self.send_response(outer.status)
                for name, value in outer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body.encode())))
                self.end_headers()
                self.wfile.write(body.encode()[: outer.cut])

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def stand():
    made = []

    def make(body=""):
        made.append(Stand())
        made[-1].body = body
        return made[-1]

    yield make
    for one in made:
        one.close()


def page(n, *, failures=0, born=1.0, role="challenger", version=2, rss=100, ready=1, refused=0):
    named = f'version="{version}",role="{role}"'
    return f"""# HELP modelyard_requests_total Answered requests.
# TYPE modelyard_requests_total counter
modelyard_requests_total{{route="/predict",status="200",{named}}} {n}
modelyard_requests_total{{route="/predict",status="422",{named}}} {refused}
modelyard_requests_total{{route="/predict",status="500",{named}}} 2
modelyard_requests_total{{route="/healthz",status="200",version="",role=""}} 77
modelyard_errors_total{{route="/predict",{named}}} 2
modelyard_predictions_total{{{named}}} {3 * n}
modelyard_scorer_failures_total{{{named},kind="raised"}} {failures}
modelyard_scorer_failures_total{{{named},kind="not_finite"}} 1
modelyard_scorer_seconds_bucket{{{named},le="0.001"}} {n - 1}
modelyard_scorer_seconds_bucket{{{named},le="0.01"}} {n}
modelyard_scorer_seconds_bucket{{{named},le="+Inf"}} {n}
modelyard_unseen_total{{version="2",column="a \\"b\\" \\\\ {{x}}\\n",kind="missing"}} 4
modelyard_load_failures_total{{version="{version}"}} 5
modelyard_ready{{version="{version}"}} {ready}
process_resident_memory_bytes {rss}
process_start_time_seconds {born}
python_info{{implementation="CPython"}} 1.0
"""


def test_a_page_becomes_counts_by_role(stand):
    found = ServerMetrics([stand(page(10, failures=3, refused=50)).url]).read()
    one = found.of(["challenger"])
    assert (one.requests, one.errors, one.failures, one.rows) == (12, 2, 4, 30)
    assert (one.scorer.bounds, one.scorer.counts) == ((0.001, 0.01), (9, 1, 0))
    assert found.counts["load/2"].load_failures == 5
    (process,) = found.processes.values()
    assert (process.rss_bytes, process.ready_at, process.restarts) == (100, {"2": found.at}, 0)
    assert found.problems == ()


def test_servers_are_added_up(stand):
    found = ServerMetrics([stand(page(10)).url, stand(page(5)).url + "/metrics"]).read()
    assert found.of(["challenger"]).requests == 19
    assert len(found.processes) == 2


def test_workers_of_one_server_are_added_up(stand):
    worker = page(5).splitlines()[2].replace("{", '{worker="2",')
    assert ServerMetrics([stand(page(10) + worker).url]).read().of(["challenger"]).requests == 17


def test_a_restarted_server_loses_nothing(stand):
    server = stand(page(100, failures=4))
    source = ServerMetrics([server.url])
    first = source.read()
    server.body = page(7, failures=1, born=2.0)
    second = source.read()
    gained = second.of(["challenger"]).plus(first.of(["challenger"]), -1)
    assert (gained.requests, gained.failures, gained.scorer.total) == (9, 2, 7)
    assert [p.restarts for p in second.processes.values()] == [1]


def test_counters_that_fall_without_a_new_start_lose_nothing_either(stand):
    server = stand(page(100).replace("process_start_time_seconds", "other"))
    source = ServerMetrics([server.url])
    source.read()
    server.body = page(7).replace("process_start_time_seconds", "other")
    assert source.read().of(["challenger"]).requests == 102 + 9
    server.body = 'modelyard_ready{version="2"} 1\n'
    assert source.read().of(["challenger"]).requests == 102 + 9
    assert source.read().of(["challenger"]).requests == 102 + 9


def test_a_balancer_before_several_servers_is_refused(stand):
    turns = iter([1.0, 2.0, 1.0])
    source = ServerMetrics([stand(lambda: page(10, born=next(turns))).url])
    source.read()
    source.read()
    with pytest.raises(OutsideError, match="several servers in turn") as error:
        source.read()
    assert error.value.code == "many_behind_one"


def test_one_silent_server_is_a_problem_and_keeps_its_counts(stand):
    one, two = stand(page(10)), stand(page(5))
    source = ServerMetrics([one.url, two.url])
    source.read()
    two.status, one.body = 503, page(20)
    found = source.read()
    assert found.of(["challenger"]).requests == 22 + 7
    assert found.problems == (f"{two.url}/metrics answered 503.",)


def test_no_server_at_all_is_an_error():
    with pytest.raises(OutsideError, match=r"No server could be read: http://127\.0\.0\.1:9/metrics did not answer"):
        ServerMetrics(["http://127.0.0.1:9"]).read()


def test_a_slow_server_is_given_up(stand):
    server = stand(page(1))
    server.wait_s = 1.0
    with pytest.raises(OutsideError, match="did not answer"):
        ServerMetrics([server.url], timeout_s=0.1).read()


@pytest.mark.parametrize(
    "body", ["modelyard_requests_total{a=b} 1", "modelyard_x{", "modelyard_x one", "modelyard_x{} 1 2 3"]
)
def test_a_page_that_is_none_is_named(stand, body):
    server = stand(body)
    with pytest.raises(OutsideError, match="no page of metrics"):
        ServerMetrics([server.url]).read()


def test_a_redirect_is_not_followed_and_gets_no_credential(stand):
    other = stand(page(1))
    server = stand()
    server.status, server.headers = 302, {"Location": other.url}
    with pytest.raises(OutsideError, match="answered 302"):
        ServerMetrics([server.url], token="secret").read()
    assert (server.seen, other.seen) == ([("/metrics", "Bearer secret")], [])


@pytest.mark.parametrize("url", ["file:///etc/passwd", "127.0.0.1:80", "ftp://x", ""])
def test_what_is_no_address_is_a_wrong_request(url):
    with pytest.raises(RequestError, match="is no address"):
        ServerMetrics([url]).read()


def test_no_server_named_is_a_wrong_request():
    with pytest.raises(RequestError, match="No server is named"):
        ServerMetrics([])


def test_the_text_format_is_read_as_it_is_written():
    text = '# c\n\n a_total{x="1,} \\" \\\\",y=""} 2e3 1700000000000\nb NaN\nc{} +Inf # {id="x"} 1\n'
    found = list(samples(text))
    assert [(s.name, dict(s.labels)) for s in found] == [("a_total", {"x": '1,} " \\', "y": ""}), ("b", {}), ("c", {})]
    assert (found[0].value, found[2].value) == (2000.0, float("inf"))


def vector(*texts, **more):
    result = [
        {"metric": {"__name__": s.name, "job": "serve", "instance": f"h{i}:80", **s.labels}, "value": [1, str(s.value)]}
        for i, text in enumerate(texts)
        for s in samples(text)
    ]
    result.append({"metric": {"__name__": "process_resident_memory_bytes", "instance": "itself"}, "value": [1, "9"]})
    return answer(result, **more)


def test_prometheus_gives_the_same_counts_as_the_servers(stand):
    server = stand(vector(page(10, failures=3), page(5)))
    found = Prometheus(server.url, selector='project="churn"').read()
    direct = ServerMetrics([stand(page(10, failures=3)).url, stand(page(5)).url]).read()
    assert found.counts == direct.counts
    assert set(found.processes) == {"serve/h0:80", "serve/h1:80"}
    asked = [path for path, _ in server.seen]
    assert asked[0].startswith("/api/v1/query?query=timestamp%28%7B__name__%3D%22modelyard_ready%22")
    assert asked[1].startswith("/api/v1/query?query=%7B__name__%3D~")
    assert all("project%3D%22churn%22" in path for path in asked)


def test_of_what_prometheus_says_it_is_known_when_it_was_scraped(stand):
    server = stand(vector(page(10), page(5)))
    labels = [{"job": "serve", "instance": "h0:80", "version": version} for version in "12"]
    server.times = answer([{"metric": m, "value": [1, at]} for m, at in zip(labels, ["170", "160.5"], strict=True)])
    found = Prometheus(server.url).read().processes
    assert {name: process.scraped for name, process in found.items()} == {"serve/h0:80": 160.5, "serve/h1:80": None}


def test_the_traffic_that_prometheus_knows_of_is_a_rate_over_minutes(stand):
    def rate(host, version, rows, **more):
        labels = {"job": "serve", "instance": host, "version": version, "role": "champion", **more}
        return {"metric": labels, "value": [1, str(rows)]}

    two = [rate("h0:80", "1", 40, replica="a"), rate("h0:80", "1", 39, replica="b")]
    rates = answer([*two, rate("h0:80", "2", 2.5), rate("h1:80", "1", 7), rate("elsewhere:80", "1", 1000)])
    server = stand(vector(page(10), page(5)))
    server.rates = rates
    assert Prometheus(server.url, selector='project="churn"').traffic() == 40 + 2.5 + 7
    asked = unquote(server.seen[-1][0])
    assert asked.endswith('rate(modelyard_predictions_total{role="champion",project="churn"}[5m])')


def test_the_traffic_of_servers_is_what_they_answer_within_a_second(stand):
    begin = time.monotonic()
    server = stand()
    server.body = lambda: page(round(100 * (time.monotonic() - begin)), role="champion")  # three rows a request
    assert ServerMetrics([server.url]).traffic() == pytest.approx(300, rel=0.2)


def test_busy_servers_are_not_watched_for_a_whole_second(stand):
    server = stand()
    server.body = lambda: page(500 * len(server.seen), role="champion")
    assert ServerMetrics([server.url]).traffic() > 0
    assert len(server.seen) == 2


def test_idle_servers_are_watched_for_a_second_and_have_no_traffic(stand):
    server = stand(page(500, role="champion"))
    assert ServerMetrics([server.url]).traffic() == 0
    assert len(server.seen) > 2


def test_a_pod_that_is_gone_keeps_what_it_counted(stand):
    server = stand(vector(page(10), page(5)))
    source = Prometheus(server.url)
    source.read()
    server.body = vector(page(12))
    assert source.read().of(["challenger"]).requests == 14 + 7


def test_a_server_that_two_jobs_scrape_is_counted_once(stand):
    def scraped(*jobs, n):
        vectors = [json.loads(vector(page(n))) for _ in jobs]
        for job, one in zip(jobs, vectors, strict=True):
            for series in one["data"]["result"]:
                series["metric"] |= {"job": job}
        vectors[0]["data"]["result"] = [series for one in vectors for series in one["data"]["result"]]
        return json.dumps(vectors[0])

    server = stand(scraped("pods", "services", n=10))
    source = Prometheus(server.url)
    assert source.read().of(["challenger"]).requests == 12
    server.body = scraped("services", n=15)
    found = source.read()
    assert found.of(["challenger"]).requests == 17
    assert set(found.processes) == {"pods/h0:80"}


def test_a_server_that_two_replicas_of_prometheus_scrape_is_counted_once(stand):
    one, other = json.loads(vector(page(10))), json.loads(vector(page(9)))
    for replica, each in (("a", one), ("b", other)):
        for series in each["data"]["result"]:
            series["metric"]["replica"] = replica
    one["data"]["result"] += other["data"]["result"]
    assert Prometheus(stand(json.dumps(one)).url).read().of(["challenger"]).requests == 12


def test_a_partial_answer_of_prometheus_is_a_problem(stand):
    found = Prometheus(stand(vector(page(1), warnings=["a replica is away"])).url).read()
    assert found.problems == ("Prometheus warns: a replica is away",)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("<html>", "did not answer as Prometheus does"),
        ("[]", "did not answer as Prometheus does"),
        ('{"status": "error", "error": "bad query"}', "did not answer as Prometheus does"),
        ('{"status": "success", "data": {"resultType": "matrix", "result": []}}', "did not answer as Prometheus does"),
        ('{"status": "success", "data": {"resultType": "vector", "result": [{"metric": {}}]}}', "did not answer as"),
        ('{"status": "success", "data": {"resultType": "vector", "result": []}}', "has no series"),
    ],
)
def test_what_is_no_answer_of_prometheus_is_an_error(stand, body, reason):
    with pytest.raises(OutsideError, match=reason):
        Prometheus(stand(body).url).read()


def test_a_page_that_was_cut_off_is_no_reading(stand):
    server = stand(page(100))
    source = ServerMetrics([server.url, stand(page(1)).url])
    source.read()
    server.cut = len(page(100)) // 2
    found = source.read()
    assert "broke off" in found.problems[0]
    server.cut = None
    assert source.read().of(["challenger"]).requests == found.of(["challenger"]).requests  # nothing counted twice


@pytest.mark.parametrize(
    "body", ["", "<html>a page of somebody else</html>", "python_info 1\nprocess_start_time_seconds 5\n"]
)
def test_a_page_of_another_program_is_named(stand, body):
    with pytest.raises(OutsideError, match="has no metric of a server of modelyard"):
        ServerMetrics([stand(body).url]).read()


def of(project, env, requests):
    return f'modelyard_info{{project="{project}",env="{env}"}} 1\n{page(requests)}'


def test_a_server_of_another_project_is_not_counted(stand):
    servers = [stand(of("churn", "prod", 10)).url, stand(of("other", "prod", 5)).url]
    found = chosen(Config(servers=servers), project="churn", env="prod").read()
    assert found.counts == ServerMetrics(servers[:1]).read().counts
    assert "serves 'other' in 'prod', not 'churn' in 'prod'" in found.problems[0]
    with pytest.raises(OutsideError, match="serves 'churn' in 'prod'"):
        chosen(Config(servers=servers[:1]), project="churn", env="dev").read()


def test_of_a_prometheus_that_is_shared_only_this_environments_servers_count(stand):
    shared = stand(vector(of("churn", "prod", 10), of("churn", "dev", 5), of("other", "prod", 7))).url
    found = chosen(Config(prometheus=shared), project="churn", env="prod").read()
    assert found.counts == ServerMetrics([stand(page(10)).url]).read().counts
    with pytest.raises(OutsideError, match="of this project and environment"):
        chosen(Config(prometheus=shared), project="churn", env="staging").read()


@pytest.mark.parametrize("url", ["http://me:secret@127.0.0.1:9", "http://[::1"])
def test_an_address_that_cannot_be_used_is_a_wrong_request_and_tells_no_password(url):
    for source in (Config(servers=[url]), Config(prometheus=url)):
        with pytest.raises(RequestError) as told:
            chosen(source).read()
        assert "secret" not in told.value.message


def test_the_configuration_chooses_the_source(monkeypatch):
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    assert isinstance(chosen(Config()), ServerMetrics)
    assert isinstance(chosen(Config(prometheus="http://p:9090")), Prometheus)
    assert isinstance(chosen(Config(cloudwatch="Modelyard"), project="p", env="e"), CloudWatch)
    assert isinstance(chosen(Config(cloudwatch="Modelyard"), project="p", env="local"), ServerMetrics)


def test_addresses_and_token_come_from_the_environment(stand):
    server = stand(page(3))
    chosen(Config(), environ={"MODELYARD_SERVERS": f" {server.url} ,", "MODELYARD_TOKEN": "t"}).read()
    assert server.seen == [("/metrics", "Bearer t")]


def test_the_servers_own_page_is_understood(stand):
    metrics = Metrics()
    series = metrics.series(("2", "challenger"))
    for seconds, failure in [(0.0004, None), (0.0004, None), (0.03, "raised")]:
        series.tried(seconds, failure)
        series.request.add(seconds)
        metrics.request("/predict", 200, ("2", "challenger"))
    metrics.request("/predict", 422, ("2", "challenger"))
    series.batch_request.add(0.03)
    series.batch_scorer.add(0.03)
    series.predicted(3, 1.0)
    metrics.ready(["1", "2"], by_champion=True)
    found = ServerMetrics([stand(metrics.text()).url]).read()
    one = found.of(["challenger"])
    assert (one.trials, one.failed, one.rows) == (3, 1, 3)
    assert (one.scorer.total, one.scorer.above(0.001), one.request.quantile(0.5)) == (3, 1, 0.0004)
    assert (one.single_scorer.total, one.single_request.total, one.single_scorer.above(0.001)) == (2, 2, 0)
    (process,) = found.processes.values()
    assert process.rss_bytes > 2**20
    assert set(process.ready_at) == {"1", "2"}
