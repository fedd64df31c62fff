"""A real API server: etcd and kube-apiserver, with nothing that acts on what is written there.

Where nothing else runs, a namespace that is deleted stays Terminating, a Deployment makes no pods, owners' deletion
collects nothing, and pods get no service account unless they name one.
"""

import contextlib
import itertools
from dataclasses import dataclass, field

from certificates import Authority
from client import User
from eventually import eventually
from isolation import Host
from processes import Process, free_port
from programs import program


def alone(authority):
    """ServiceAccount wants the account `default` of a namespace, which a controller makes."""
    return ["--disable-admission-plugins", "ServiceAccount"]


@dataclass(frozen=True)
class Site:
    """Where a control plane runs; by itself, unless said otherwise, on this machine's own loopback."""

    address: str = "127.0.0.1"
    port: int = field(default_factory=free_port)
    services: str = "10.0.0.0/24"
    first_service: str = "10.0.0.1"
    network: object = Host
    # Starts a process there: start(name, command, log).
    start: object = Process
    # What kube-apiserver is told besides: flags(authority).
    flags: object = alone


class ControlPlane:
    """Runs in `folder` from the constructor's return to close(). `admin` is a User who may do everything."""

    def __init__(self, folder, site=None):
        self.folder = folder
        self.site = site or Site()
        self._started = []
        self._users = []
        self._names = itertools.count()
        try:
            self.authority = Authority(folder / "pki")
            self.service_accounts_key = self.authority.signing_key("service-accounts")
            self._etcd_port = free_port()
            self._start_etcd()
            self._start_apiserver()
            self.admin = self.user("admin", groups=["system:masters"])
            self._wait()
        except BaseException:
            self.close()
            raise

    def _start(self, name, command):
        self._started.append(self.site.start(name, command, self.folder / f"{name}.log"))
        return self._started[-1]

    def _start_etcd(self):
        client, peer = f"http://127.0.0.1:{self._etcd_port}", f"http://127.0.0.1:{free_port()}"
        self.etcd = self._start("etcd", [
            program("etcd"), "--data-dir", self.folder / "etcd", "--log-level", "warn",
            # Nothing of it outlives the machine.
            "--unsafe-no-fsync",
            "--listen-client-urls", client, "--advertise-client-urls", client,
            "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster", f"default={peer}",
        ])
        # kube-apiserver waits for an etcd that does not answer yet in steps of seconds.
        self._poll(self._etcd_is_healthy, "a healthy etcd")

    def _etcd_is_healthy(self):
        with contextlib.closing(self.site.network.connect(("127.0.0.1", self._etcd_port))) as connection:
            connection.sendall(b"GET /health HTTP/1.0\r\n\r\n")
            return b" 200 " in connection.recv(100)

    def _start_apiserver(self):
        site, accounts = self.site, self.service_accounts_key
        certificate, key = self.authority.issue("apiserver", "kube-apiserver", hosts=[
            f"IP:{site.address}", f"IP:{site.first_service}", "DNS:localhost", "DNS:kubernetes.default.svc"])
        self.apiserver = self._start("kube-apiserver", [
            program("kube-apiserver"),
            "--etcd-servers", f"http://127.0.0.1:{self._etcd_port}",
            "--bind-address", site.address, "--advertise-address", site.address, "--secure-port", site.port,
            "--tls-cert-file", certificate, "--tls-private-key-file", key,
            "--client-ca-file", self.authority.certificate,
            "--authorization-mode", "Node,RBAC", "--enable-admission-plugins", "NodeRestriction",
            "--service-account-issuer", "https://kubernetes.default.svc",
            "--service-account-key-file", accounts, "--service-account-signing-key-file", accounts,
            "--service-cluster-ip-range", site.services,
            "--cert-dir", self.folder / "apiserver",
            *site.flags(self.authority),
        ])

    def _wait(self):
        # The namespace `default` is made a moment after the server says that it is ready.
        self._poll(lambda: self.admin.ask("GET", "/readyz").ok
                   and self.admin.ask("GET", "/api/v1/namespaces/default").ok, "kube-apiserver to be ready")

    def _poll(self, claim, what):
        def check():
            for process in self._started:
                process.check()

        eventually(claim, what, check=check)

    def user(self, name, groups=()):
        """A User with a client certificate; what he may do is what RBAC gives his name and groups."""
        pair = self.authority.issue(f"user-{name.replace(':', '-')}", name, groups)
        return self._remember(name, certificate=pair[0], key=pair[1])

    def service_account(self, namespace, name, seconds=3600):
        """A User with a token of that service account, which is made when it is not there."""
        accounts = f"/api/v1/namespaces/{namespace}/serviceaccounts"
        made = self.admin.ask("POST", accounts, {"metadata": {"name": name}})
        assert made.status in (201, 409), made
        asked = {"spec": {"expirationSeconds": seconds}}
        token = self.admin.ask("POST", f"{accounts}/{name}/token", asked)
        assert token.ok, token
        return self._remember(f"{namespace}-{name}-{next(self._names)}", token=token.object["status"]["token"])

    def _remember(self, name, **credentials):
        user = User(self.folder, name, (self.site.address, self.site.port), self.authority.certificate,
                    self.site.network, **credentials)
        self._users.append(user)
        return user

    def namespace(self, labels=None):
        """The name of a new namespace."""
        metadata = {"name": f"test-{next(self._names)}", "labels": labels or {}}
        made = self.admin.ask("POST", "/api/v1/namespaces", {"metadata": metadata})
        assert made.ok, made
        return metadata["name"]

    def install(self, crds):
        """Teaches the server our kinds, and waits until it serves them and its discovery tells so."""
        self.admin.apply(crds)
        self.admin.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=30s")
        self._poll(lambda: self.admin.try_kubectl("get", "mlroutes,mlquotas", "-A").returncode == 0, "our kinds")

    def restart_apiserver(self):
        """As when a control plane is upgraded: every connection and watch ends, every object stays."""
        self._started.remove(self.apiserver)
        self.apiserver.kill()
        self._start_apiserver()
        self._wait()

    def close(self):
        for user in self._users:
            user.close()
        # Nothing of theirs outlives the folder, so nothing need be ended in good order.
        for process in reversed(self._started):
            process.kill()
