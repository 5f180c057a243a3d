"""Time the offline plan against layers and resources: how long it takes to plan, judge, price and draw a platform.

Each line is a process of its own, so that the first plan pays for loading the provider's SDK as a user does; `again`
is the same plan once it is loaded. Run `python benchmarks/plan.py [--runs N]`; it prints one table.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from itertools import pairwise

LIMIT_S = 6  # what a whole plan may take on the machine the project is built on

# repositories, Kubernetes
CASES = ((0, False), (1, False), (1, True), (5, True), (20, True))


@dataclass(frozen=True)
class Timing:
    """Seconds of one plan."""

    layers: int
    resources: int
    first: float
    again: float
    judge: float
    price: float
    draw: float


def measured(repositories: int, kubernetes: bool) -> Timing:
    """Plan one platform twice in a process of its own."""
    command = [sys.executable, __file__, "--one", str(repositories), str(int(kubernetes))]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    return Timing(**json.loads(answer.stdout))


def one(repositories: int, kubernetes: bool) -> Timing:
    """Plan one platform twice in this process."""
    started = time.perf_counter()  # loading is part of what is timed
    from modelyard.infra.cost import price  # noqa: PLC0415
    from modelyard.infra.graph import draw  # noqa: PLC0415
    from modelyard.infra.plan import plan  # noqa: PLC0415
    from modelyard.infra.platform import parse  # noqa: PLC0415
    from modelyard.infra.policy import judge  # noqa: PLC0415

    names = [{"name": f"model-{number}", "repository_id": number + 1} for number in range(repositories)]
    given = {"name": "bench", "account": "123456789012", "region": "us-east-1", "kubernetes": kubernetes}
    platform = parse({**given, "github": {"owner": "bench", "owner_id": 1}, "repositories": names}, "platform.yaml")
    planned = plan(platform, "dev")
    marks = [time.perf_counter()]
    for step in (
        lambda: plan(platform, "dev"),
        lambda: judge(planned, platform),
        lambda: price(planned, platform),
        lambda: draw(planned),
    ):
        step()
        marks.append(time.perf_counter())
    again, judged, priced, drawn = (after - before for before, after in pairwise(marks))
    resources = sum(len(layer.resources) for layer in planned.layers)
    return Timing(len(planned.layers), resources, marks[0] - started, again, judged, priced, drawn)


def middle(runs: list[Timing]) -> Timing:
    """Return the median of each time."""
    names = ("first", "again", "judge", "price", "draw")
    times = {name: statistics.median(getattr(run, name) for run in runs) for name in names}
    return Timing(runs[0].layers, runs[0].resources, **times)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--one", nargs=2, type=int, metavar=("REPOSITORIES", "KUBERNETES"))
    options = parser.parse_args()
    if options.one:
        print(json.dumps(one(options.one[0], bool(options.one[1])).__dict__))
        return
    print("repositories  kubernetes  layers  resources  plan, first  plan, again  judge  price   draw   (seconds)")
    for repositories, kubernetes in CASES:
        found = middle([measured(repositories, kubernetes) for _ in range(options.runs)])
        print(
            f"{repositories:12d}  {'yes' if kubernetes else 'no':>10}  {found.layers:6d}  {found.resources:9d}  "
            f"{found.first:11.2f}  {found.again:11.2f}  {found.judge:5.2f}  {found.price:5.2f}  {found.draw:5.2f}"
        )
    print(f"A platform of one repository with Kubernetes should be planned within {LIMIT_S} s at first.")


if __name__ == "__main__":
    main()
