"""What the tests on the API server rely on."""

import pathlib
import subprocess
import sys

import pytest

from eventually import eventually
from programs import program

HERE = pathlib.Path(__file__).parent
WITH_API = [sys.executable, HERE / "with_api.py"]


@pytest.mark.parametrize("name, words", [
    (("kube-apiserver", "--version"), "Kubernetes v1.34.4"),
    (("kubectl", "version", "--client"), "Client Version: v1.34.4"),
    (("etcd", "--version"), "etcd Version: 3.6.6"),
])
def test_a_program_knows_its_version(kubernetes, name, words):
    run = subprocess.run([program(name[0]), *name[1:]], capture_output=True, text=True)
    assert words in run.stdout


def test_a_user_may_do_what_rbac_gives_him_and_no_more(api, namespace):
    reader = api.service_account(namespace, "reader")
    asked = f"/apis/mlgateway.io/v1alpha1/namespaces/{namespace}/mlroutes"
    assert reader.ask("GET", asked).status == 403
    api.admin.apply(
        {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role",
         "metadata": {"name": "reader", "namespace": namespace},
         "rules": [{"apiGroups": ["mlgateway.io"], "resources": ["mlroutes"], "verbs": ["get", "list"]}]},
        {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
         "metadata": {"name": "reader", "namespace": namespace},
         "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "reader"},
         "subjects": [{"kind": "ServiceAccount", "name": "reader", "namespace": namespace}]},
    )
    # The server's authorizer learns of a binding from a watch.
    eventually(lambda: reader.ask("GET", asked).ok, "the role to be in force")
    assert reader.ask("DELETE", asked).status == 403
    assert "Forbidden" in reader.try_kubectl("get", "secrets", "-n", namespace).stderr


def test_a_user_with_a_certificate_has_its_name_and_groups(api):
    who = api.user("carol", groups=["developers"]).kubectl("auth", "whoami", "-o", "json")
    assert '"username": "carol"' in who and '"developers"' in who


def test_what_was_written_is_there_after_a_restart(api, namespace):
    api.admin.apply({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "kept", "namespace": namespace}})
    api.restart_apiserver()
    assert api.admin.ask("GET", f"/api/v1/namespaces/{namespace}/configmaps/kept").ok


def test_it_leaves_nothing_behind_not_even_when_the_test_is_killed(kubernetes, tmp_path):
    ended = subprocess.run(
        [sys.executable, "-c", f"""
import os, pathlib, signal, sys
sys.path.insert(0, {str(HERE)!r})
from control_plane import ControlPlane
plane = ControlPlane(pathlib.Path({str(tmp_path / "plane")!r}))
print(plane.etcd.pid, plane.apiserver.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""], capture_output=True, text=True)
    pids = list(map(int, ended.stdout.split()))
    assert len(pids) == 2, ended.stderr
    eventually(lambda: not [pid for pid in pids if alive(pid)], "the end of both processes")


def alive(pid):
    try:
        state = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state not in "ZX"


def test_with_api_gives_a_command_a_server_that_knows_our_kinds(kubernetes):
    run = subprocess.run([*WITH_API, "kubectl", "get", "mlr", "-A"], capture_output=True, text=True)
    assert (run.returncode, run.stdout.strip()) == (0, "") and "No resources found" in run.stderr
    assert subprocess.run([*WITH_API, "sh", "-c", "exit 7"]).returncode == 7
