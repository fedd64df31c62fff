"""Fixtures of the tests against a real API server.

    MLGATEWAY_BUILD=build python3 -m pytest tests/cluster
"""

import os
import pathlib
import tempfile

import pytest

import cluster as one_node
import programs
from control_plane import ControlPlane
from worlds import World

ROOT = pathlib.Path(__file__).parents[2]
NOT_RUN = []


def ensure(name, what):
    """The programs of that set, which are built when they are not there."""
    try:
        programs.ensure(name)
    except programs.Unreachable as reason:
        not_run(f"{what} is not here and cannot be built: {reason}")


def not_run(reason):
    NOT_RUN[:] = [reason]
    pytest.skip(reason)


@pytest.fixture(scope="session")
def kubernetes():
    """The programs of the API level."""
    ensure("api", "kube-apiserver")


@pytest.fixture(scope="session")
def control_plane(kubernetes):
    """etcd and kube-apiserver, with no kind of ours."""
    with tempfile.TemporaryDirectory(prefix="mlgateway-api-") as folder:
        plane = ControlPlane(pathlib.Path(folder))
        try:
            yield plane
        finally:
            plane.close()


@pytest.fixture(scope="session")
def api(control_plane):
    """The ControlPlane with our kinds installed: api.admin.kubectl(...), .apply(...), .ask(...); api.admin.kubeconfig;
    api.user(...), api.service_account(...), api.namespace()."""
    control_plane.install(ROOT / "crds")
    return control_plane


@pytest.fixture(scope="session")
def cluster(kubernetes):
    """A whole Cluster of one node, with no kind of ours."""
    reason = one_node.obstacle()
    if reason:
        not_run(f"no cluster can run here: {reason}")
    ensure("node", "the kubelet")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="mlgateway-cluster-"))
    made = one_node.Cluster(folder / "node", f"mlgateway-test-{os.getpid()}")
    try:
        yield made
    finally:
        made.close()
        folder.rmdir()


@pytest.fixture
def namespace(api):
    """The name of a namespace of the test's own."""
    return api.namespace()


@pytest.fixture
def world(api, tmp_path, namespace):
    """A World in that namespace."""
    made = World(api, tmp_path, namespace)
    yield made
    made.close()


def pytest_terminal_summary(terminalreporter):
    for reason in NOT_RUN:
        terminalreporter.write_line(f"not run: {reason}")
