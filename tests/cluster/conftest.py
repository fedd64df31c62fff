"""Fixtures of the tests against a real API server.

    MLGATEWAY_BUILD=build python3 -m pytest tests/cluster
"""

import pathlib
import tempfile

import pytest

import programs
from control_plane import ControlPlane

ROOT = pathlib.Path(__file__).parents[2]
NOT_RUN = []


@pytest.fixture(scope="session")
def kubernetes():
    """The programs of the API level, which are built when they are not there."""
    try:
        programs.ensure("api")
    except programs.Unreachable as reason:
        NOT_RUN[:] = [f"kube-apiserver is not here and cannot be built: {reason}"]
        pytest.skip(NOT_RUN[0])


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
    control_plane.admin.apply(ROOT / "crds")
    control_plane.admin.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=30s")
    return control_plane


@pytest.fixture
def namespace(api):
    """The name of a namespace of the test's own."""
    return api.namespace()


def pytest_terminal_summary(terminalreporter):
    for reason in NOT_RUN:
        terminalreporter.write_line(f"not run: {reason}")
