"""The two ways in which tests talk to an API server: plain HTTP for the many small questions, kubectl for what a
person sees."""

import http.client
import json
import pathlib
import ssl
import subprocess
import urllib.parse
from dataclasses import dataclass

from isolation import Host
from programs import program


@dataclass(frozen=True)
class Answer:
    status: int
    object: dict

    @property
    def ok(self):
        return self.status < 300

    @property
    def message(self):
        """Why it was refused; empty when it was not."""
        return "" if self.ok else self.object.get("message", "")

    @property
    def causes(self):
        """[(field, message)] of what is wrong with an object."""
        return [(c.get("field", ""), c["message"]) for c in self.object.get("details", {}).get("causes", [])]


class User:
    """Somebody who may talk to the API server at `host`:`port`: by a certificate or a bearer token."""

    def __init__(self, folder, name, address, ca, network=Host, certificate=None, key=None, token=None):
        self.name = name
        self._address = address
        self._network = network
        self._token = token
        self._cache = folder / "kubectl-cache"
        self._tls = ssl.create_default_context(cafile=ca)
        if certificate:
            self._tls.load_cert_chain(certificate, key)
        self.kubeconfig = folder / f"{name.replace(':', '-')}.kubeconfig"
        who = {"token": token} if token else {"client-certificate": str(certificate), "client-key": str(key)}
        self.kubeconfig.write_text(json.dumps({
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "tests", "cluster": {"server": self.server, "certificate-authority": str(ca)}}],
            "users": [{"name": name, "user": who}],
            "contexts": [{"name": "tests", "context": {"cluster": "tests", "user": name}}],
            "current-context": "tests",
        }))
        self.kubeconfig.chmod(0o600)
        self._connection = None

    @property
    def server(self):
        return "https://{}:{}".format(*self._address)

    def ask(self, method, path, body=None, content_type="application/json", **query):
        """An Answer; what is not JSON is {"text": ...}."""
        if query:
            path += "?" + urllib.parse.urlencode(query)
        headers = {"Accept": "application/json", "Content-Type": content_type}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        text = None if body is None else json.dumps(body)
        status, answer = self._exchange(method, path, text, headers)
        try:
            return Answer(status, json.loads(answer))
        except json.JSONDecodeError:
            return Answer(status, {"text": answer.decode(errors="replace")})

    def _exchange(self, method, path, text, headers):
        for attempt in range(2):
            reused = self._connection is not None
            if not reused:
                self._connection = self.connect()
            try:
                self._connection.request(method, path, text, headers)
                response = self._connection.getresponse()
                return response.status, response.read()
            except (http.client.HTTPException, OSError):
                self.close()
                # The server may close a connection that lay idle.
                if not reused or attempt:
                    raise

    def connect(self):
        connected = self._network.connect(self._address)
        connected.settimeout(60)
        connection = http.client.HTTPSConnection(*self._address)
        connection.sock = self._tls.wrap_socket(connected, server_hostname=self._address[0])
        return connection

    def close(self):
        if self._connection:
            self._connection.close()
        self._connection = None

    def kubectl(self, *arguments, stdin=None):
        """What kubectl printed; fails when kubectl does."""
        run = self.try_kubectl(*arguments, stdin=stdin)
        assert run.returncode == 0, f"kubectl {' '.join(map(str, arguments))}: {run.stderr}"
        return run.stdout

    def try_kubectl(self, *arguments, stdin=None):
        """The finished process: returncode, stdout, stderr."""
        if stdin is not None and not isinstance(stdin, str):
            stdin = json.dumps(stdin)
        command = self._network.enter(program("kubectl"), "--kubeconfig", self.kubeconfig, "--cache-dir", self._cache,
                                      *arguments)
        return subprocess.run(list(map(str, command)), input=stdin or "", capture_output=True, text=True, timeout=120)

    def apply(self, *what):
        """kubectl apply --server-side of objects, and of files or folders given as paths."""
        paths = [w for w in what if isinstance(w, pathlib.Path)]
        objects = [w for w in what if not isinstance(w, pathlib.Path)]
        for path in paths:
            self.kubectl("apply", "--server-side", "-f", path)
        if objects:
            listed = {"apiVersion": "v1", "kind": "List", "items": objects}
            self.kubectl("apply", "--server-side", "-f", "-", stdin=listed)
