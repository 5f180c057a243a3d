"""One real control plane for all tests here; it starts in seconds once its tools are built."""

import pytest
from nodes import add_node, make_alive
from plane import Plane
from planned import objects, one


@pytest.fixture(scope="session")
def empty(tmp_path_factory):
    """A control plane with definitions and nothing else."""
    made = Plane(tmp_path_factory.mktemp("plane"))
    try:
        yield made.start()
    finally:
        made.stop()


@pytest.fixture(scope="session")
def plane(empty):
    """The same, with every object of the planned platform."""
    for thing in objects():
        empty.api.apply(thing)
    return empty


@pytest.fixture(scope="session")
def cluster(plane):
    """The same, alive: with the operator, the scheduler, a node without GPU and one of the GPU pool."""
    make_alive(plane)
    add_node(plane, "plain")
    add_node(plane, "gpu-1", one("NodePool", "gpu")["spec"]["template"], gpus=8)
    return plane
