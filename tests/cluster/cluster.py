"""A whole Kubernetes of one node, in namespaces of its own: its parts, in the order in which they need each other."""

import json
import pathlib
import shutil
import subprocess

import images
import isolation
import node
from control_plane import ControlPlane, Site
from eventually import eventually
from processes import Process
from programs import program


# Of Debian's packages.
COMMANDS = ("containerd", "ctr", "runc", "iptables", "conntrack", "ip", "gcc")


def obstacle():
    """Why this machine cannot run a cluster, in words; None when it can."""
    missing = [command for command in COMMANDS if not shutil.which(command)]
    if missing:
        return f"not installed: {', '.join(missing)}"
    return isolation.obstacle()


class Cluster:
    """Runs in `folder` from the constructor's return to close(); `name` is its cgroup's. `plane` is its ControlPlane,
    `admin` a User who may do everything. With `outlives` it stays when the process that made it ends."""

    def __init__(self, folder, name, outlives=False):
        self.folder, self.name, self._outlives = folder, name, outlives
        self._started = []
        folder.mkdir(parents=True)
        self._store({"name": name})
        try:
            isolation.make_cgroups(name)
            self._pause = images.static_pause(folder)
            self._isolation = isolation.Isolation(folder, self._pause, outlives)
            self.network = self._isolation.network
            self._store({"name": name, "pid": self._isolation.pid, "started": started_at(self._isolation.pid)})
            self._run("sh", "-ec", "\n".join(node.network_commands()))
            self.socket = folder / "containerd.sock"
            self._containerd()
            self.plane = ControlPlane(folder, self._site())
            self.admin = self.plane.admin
            self._controllers()
            self._node()
            self._names_of_services()
            self._wait()
        except BaseException:
            self.close()
            raise

    def _store(self, facts):
        (self.folder / "cluster.json").write_text(json.dumps(facts))

    def _start(self, name, command, log=None):
        process = Process(name, self._isolation.enter(*command), log or self.folder / f"{name}.log", self._outlives)
        self._started.append(process)
        return process

    def _write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        return path

    def _run(self, *command):
        """What a command printed that ran in the namespaces."""
        run = subprocess.run(list(map(str, self._isolation.enter(*command))), capture_output=True, text=True)
        assert run.returncode == 0, f"{command}: {run.stderr}"
        return run.stdout

    def _containerd(self):
        self._write("cni/pods.conflist", node.cni(self.folder))
        config = self._write("containerd.toml", node.containerd(self.folder, self.socket, images.PAUSE))
        containerd = self._start("containerd", ["containerd", "--config", config])
        eventually(lambda: self._ctr("version", check=False).returncode == 0, "containerd", check=containerd.check)
        self.load(images.pause(self.folder, self._pause))

    def _ctr(self, *arguments, check=True):
        command = ["ctr", "--address", self.socket, "--namespace", "k8s.io", *arguments]
        run = subprocess.run(list(map(str, command)), capture_output=True, text=True)
        assert run.returncode == 0 or not check, run.stderr
        return run

    def load(self, archive):
        """Gives the node the images of an archive; pods use them with imagePullPolicy: Never."""
        self._run("ctr", "--address", self.socket, "--namespace", "k8s.io", "images", "import", archive)

    def _site(self):
        return Site(
            address=node.ADDRESS, port=6443, services=node.SERVICES, first_service=node.FIRST_SERVICE,
            network=self.network, start=self._start, flags=self._apiserver_flags,
        )

    def _apiserver_flags(self, authority):
        certificate, key = authority.issue("apiserver-kubelet", "kube-apiserver", ["system:masters"])
        return [
            "--kubelet-client-certificate", certificate, "--kubelet-client-key", key,
            # A node's name is in no DNS.
            "--kubelet-preferred-address-types", "InternalIP",
            "--requestheader-client-ca-file", authority.certificate,
            "--requestheader-username-headers", "X-Remote-User", "--requestheader-group-headers", "X-Remote-Group",
            "--requestheader-extra-headers-prefix", "X-Remote-Extra-",
        ]

    def _controllers(self):
        authority = self.plane.authority
        self._start("kube-controller-manager", [
            program("kube-controller-manager"),
            "--kubeconfig", self.plane.user("system:kube-controller-manager").kubeconfig,
            "--leader-elect=false", "--use-service-account-credentials",
            "--service-account-private-key-file", self.plane.service_accounts_key,
            "--root-ca-file", authority.certificate,
            "--cluster-signing-cert-file", authority.certificate, "--cluster-signing-key-file", authority.key,
            "--cert-dir", self.folder / "controller-manager",
        ])
        self._start("kube-scheduler", [
            program("kube-scheduler"), "--kubeconfig", self.plane.user("system:kube-scheduler").kubeconfig,
            "--leader-elect=false", "--cert-dir", self.folder / "scheduler",
        ])

    def _node(self):
        self._write("resolv.conf", f"nameserver {node.ADDRESS}\n")
        authority = self.plane.authority
        pair = authority.issue("kubelet", node.NODE, hosts=[f"IP:{node.ADDRESS}", f"DNS:{node.NODE}"])
        config = self._write("kubelet.json", node.kubelet(self.folder, self.socket, authority.certificate, pair,
                                                          self.name))
        self._start("kubelet", [
            program("kubelet"), "--config", config, "--root-dir", self.folder / "kubelet",
            "--kubeconfig", self.plane.user(f"system:node:{node.NODE}", ["system:nodes"]).kubeconfig,
            "--hostname-override", node.NODE, "--node-ip", node.ADDRESS,
        ])
        self._start("kube-proxy", [
            program("kube-proxy"), "--kubeconfig", self.plane.user("system:kube-proxy").kubeconfig,
            "--hostname-override", node.NODE, "--proxy-mode", "iptables", "--conntrack-max-per-core", "0",
            "--conntrack-tcp-timeout-established", "0s", "--conntrack-tcp-timeout-close-wait", "0s",
        ])

    def _names_of_services(self):
        config = self._write("Corefile", node.coredns(self.plane.user("coredns", ["system:masters"]).kubeconfig))
        self._start("coredns", [program("coredns"), "-conf", config])

    def _wait(self):
        def ready():
            found = self.admin.ask("GET", f"/api/v1/nodes/{node.NODE}")
            if not found.ok:
                return False
            conditions = {c["type"]: c["status"] for c in found.object["status"]["conditions"]}
            return conditions["Ready"] == "True" and not found.object["spec"].get("taints")

        eventually(ready, "a node that is ready")
        eventually(lambda: self.admin.ask("GET", "/api/v1/namespaces/default/serviceaccounts/default").ok,
                   "the service account of pods")

    def close(self):
        remove(self.folder)
        for process in self._started:
            process.kill()


def started_at(pid):
    """When a process began; two that had the same pid differ in it. None when there is none."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[19]
    except FileNotFoundError:
        return None


def running(folder):
    """The pid of the namespaces of the cluster in `folder`; None when it does not run."""
    try:
        stored = json.loads((folder / "cluster.json").read_text())
    except FileNotFoundError:
        return None
    pid = stored.get("pid")
    return pid if pid and started_at(pid) == stored["started"] else None


def remove(folder):
    """Ends the cluster that runs in `folder`, if it still does, and removes all that is left of it."""
    # A folder without this file is somebody else's.
    name = json.loads((folder / "cluster.json").read_text())["name"]
    pid = running(folder)
    if pid:
        isolation.end(pid)
    isolation.remove_cgroups(name)
    shutil.rmtree(folder)
