"""A cluster leaves the machine as it was, whether it is taken down or killed."""

import os
import pathlib
import signal
import subprocess
import sys

import pytest

import cluster as one_node
import images
import workload
from isolation import KERNEL_SETTINGS

HERE = pathlib.Path(__file__).parents[1]
NAMESPACES = ("net", "mnt", "pid")


def printed(*command):
    return subprocess.run(command, capture_output=True, text=True).stdout


def machine():
    """What a cluster could leave on a machine or change there."""
    return {
        "mounts": sorted(line.split()[4] for line in open("/proc/self/mountinfo")),
        "interfaces": printed("ip", "-oneline", "link").count("\n"),
        "routes": printed("ip", "route"),
        "named namespaces": printed("ip", "netns"),
        "rules": [line for line in printed("iptables-save").splitlines() if not line.startswith("#")],
        "cgroups": sorted(str(path) for path in pathlib.Path("/sys/fs/cgroup").glob("*/mlgateway*")),
        "settings": {name: pathlib.Path("/proc/sys", name).read_text() for name in KERNEL_SETTINGS},
        "folders": sorted(str(path) for root in ("/run", "/var/lib", "/var/log", "/var/run", "/opt", "/etc/cni")
                          for path in pathlib.Path(root).glob("*")),
    }


def namespaces(pid):
    return {os.readlink(f"/proc/{pid}/ns/{kind}") for kind in NAMESPACES}


def processes_in(found):
    """The pids of all processes that are in one of these namespaces."""
    pids = []
    for entry in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if namespaces(entry.name) & found:
                pids.append(int(entry.name))
        except OSError:
            continue
    return pids


@pytest.fixture
def before(cluster):
    """The machine, while another cluster runs on it, which two at a time may."""
    return machine()


def busy(made):
    """A pod runs in it, so that there is something to leave behind."""
    made.load(images.shell(made.folder))
    namespace = made.plane.namespace()
    made.admin.apply(workload.deployment(namespace, replicas=1), workload.service(namespace))
    made.admin.kubectl("rollout", "status", "-n", namespace, "deployment/web", "--timeout=100s")


def test_while_it_runs_the_machine_sees_only_its_cgroups_and_afterwards_nothing(before, tmp_path):
    folder, name = tmp_path / "node", f"mlgateway-trace-{os.getpid()}"
    made = one_node.Cluster(folder, name)
    try:
        busy(made)
        inside = namespaces(one_node.running(folder)) - namespaces("self")
        assert len(processes_in(inside)) > 10
        during = machine()
        assert [path for path in during.pop("cgroups") if not path.endswith(name)] == before["cgroups"]
        assert during == {what: found for what, found in before.items() if what != "cgroups"}
    finally:
        made.close()
    assert processes_in(inside) == []
    assert machine() == before
    assert not folder.exists()


def test_what_is_left_of_a_killed_run_is_its_folder_and_cgroups_which_the_next_removes(before, tmp_path):
    folder = tmp_path / "node"
    run = subprocess.run([sys.executable, "-c", f"""
import os, pathlib, signal, sys
sys.path.insert(0, {str(HERE)!r})
import cluster
cluster.Cluster(pathlib.Path({str(folder)!r}), "mlgateway-killed-{os.getpid()}")
print(*(os.readlink(f"/proc/{{cluster.running(pathlib.Path({str(folder)!r}))}}/ns/{{n}}") for n in ("net", "mnt")))
sys.stdout.flush()
os.kill(os.getpid(), signal.SIGKILL)
"""], capture_output=True, text=True)
    assert run.returncode == -signal.SIGKILL, run.stderr
    one_node.remove(folder)
    assert processes_in(set(run.stdout.split()) - namespaces("self")) == []
    assert machine() == before
