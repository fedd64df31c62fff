"""`up` and `down`, as a person runs them."""

import pathlib
import subprocess

import pytest

import cluster as one_node

HERE = pathlib.Path(__file__).parents[1]


def run(*command):
    return subprocess.run(list(map(str, command)), capture_output=True, text=True)


@pytest.fixture
def folder(cluster, tmp_path):
    folder = tmp_path / "mine"
    yield folder
    if folder.exists():
        one_node.remove(folder)


def test_up_gives_a_kubectl_and_a_helm_and_down_removes_every_trace(folder):
    up = run(HERE / "up", folder)
    assert up.returncode == 0, up.stderr
    nodes = run(folder / "bin/kubectl", "get", "nodes", "-o", "name")
    assert (nodes.returncode, nodes.stdout) == (0, "node/node0\n"), nodes.stderr
    assert run(folder / "bin/helm", "list").returncode == 0
    assert "already" in run(HERE / "up", folder).stderr
    down = run(HERE / "down", folder)
    assert down.returncode == 0, down.stderr
    assert not folder.exists() and not list(pathlib.Path("/sys/fs/cgroup").glob("*/mlgateway-mine*"))
    again = run(HERE / "down", folder)
    assert again.returncode == 0 and "no cluster" in again.stdout


def test_a_folder_that_is_somebody_elses_is_left_alone(folder):
    folder.mkdir()
    (folder / "letter").write_text("dear reader")
    up = run(HERE / "up", folder)
    assert up.returncode == 1 and "give another folder" in up.stderr
    assert "no cluster" in run(HERE / "down", folder).stdout
    assert (folder / "letter").read_text() == "dear reader"
    (folder / "letter").unlink()
    folder.rmdir()
