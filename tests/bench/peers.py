"""What is measured: the sidecar with everything on, and its peers doing nothing but relaying."""

import hashlib
import http.client
import json
import os
import pathlib
import shutil

import place
import process

PATH = "/v2/models/iris/infer"
KEYS = [f"bench-caller-{i:02}-0123456789abcdef0123456789" for i in range(16)]


class Peer:
    """A proxy that listens on self.port in front of the model's ports."""

    name = ""

    def __init__(self, folder, cores, model_ports, workers=1):
        self.folder = pathlib.Path(folder) / f"{self.name}-{workers}"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.workers, self.process = workers, None
        try:
            self.start(cores, model_ports)
        except process.Broken:
            if self.process:
                self.process.kill()
            raise

    def pids(self):
        return [self.process.child.pid]

    def check(self):
        """Asks it once per key, so that nothing wrong is measured; raises Broken."""
        for key in KEYS:
            status, _ = ask(self.port, {"authorization": f"Bearer {key}"})
            if status != 200:
                raise process.Broken(f"{self.name} answered {status} instead of 200")

    def end(self):
        if code := self.process.end():
            raise process.Broken(f"{self.name} ended with exit code {code}")


class Direct(Peer):
    """No proxy: the model itself."""

    name = "direct"

    def start(self, cores, model_ports):
        self.port = model_ports[0]

    def pids(self):
        return []

    def end(self):
        pass


class Nginx(Peer):
    """Plain proxy_pass. Bodies stream through it, as through us: on disk first, they would cost it far more."""

    name = "nginx"

    def start(self, cores, model_ports):
        self.port = place.free_port()
        config = self.folder / "nginx.conf"
        config.write_text(f"""
            daemon off; pid {self.folder}/pid; error_log {self.folder}/error.log;
            {"user root;" if os.geteuid() == 0 else ""}
            worker_processes {self.workers};
            events {{ worker_connections 4096; }}
            http {{
              access_log off;
              client_body_temp_path {self.folder}/body; proxy_temp_path {self.folder}/proxy;
              fastcgi_temp_path {self.folder}/f; scgi_temp_path {self.folder}/s; uwsgi_temp_path {self.folder}/u;
              client_max_body_size 0; proxy_request_buffering off; proxy_max_temp_file_size 0;
              keepalive_requests 1000000000; proxy_read_timeout 600s;
              upstream model {{
                server 127.0.0.1:{model_ports[0]}; keepalive 64; keepalive_requests 1000000000;
              }}
              server {{
                listen 127.0.0.1:{self.port};
                location / {{ proxy_pass http://model; proxy_http_version 1.1; proxy_set_header Connection ""; }}
              }}
            }}""")
        self.process = process.Process("nginx", ["nginx", "-e", "stderr", "-c", config], cores, self.folder)
        self.process.wait_for_port(self.port)

    def pids(self):
        """The workers: the master only waits."""
        return process.children(self.process.child.pid)


class Haproxy(Peer):
    """Plain relaying with reused connections."""

    name = "HAProxy"

    def start(self, cores, model_ports):
        self.port = place.free_port()
        config = self.folder / "haproxy.cfg"
        config.write_text(f"""
global
  nbthread {self.workers}
  maxconn 4096
defaults
  mode http
  timeout connect 5s
  timeout client 600s
  timeout server 600s
  http-reuse always
frontend callers
  bind 127.0.0.1:{self.port}
  default_backend model
backend model
  server m1 127.0.0.1:{model_ports[0]}
""")
        self.process = process.Process("haproxy", ["haproxy", "-db", "-f", config], cores, self.folder)
        self.process.wait_for_port(self.port)

    def end(self):
        # 143: it ends by the signal it is told to end by.
        if (code := self.process.end()) not in (0, 143, -15):
            raise process.Broken(f"HAProxy ended with exit code {code}")


class Sidecar(Peer):
    """mlgateway with all this version has: keys, a split sticky by principal, headers, metrics, a line per request."""

    name = "mlgateway"
    binary = None  # set by run

    def start(self, cores, model_ports):
        config = self.folder / "config"
        config.mkdir(exist_ok=True)
        (config / "gateway.v1.json").write_text(json.dumps(contract(model_ports)))
        self.access_log = self.folder / "access.log"
        self.access_log.unlink(missing_ok=True)
        self.process = process.Process("sidecar", [
            self.binary, "--config", config, "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--workers",
            self.workers, "--access-log", self.access_log, "--propagation-delay", "0s"], cores, self.folder)
        listening = self.process.wait_until(self.listening, "listening")
        self.port, self.admin = (int(listening[k].rsplit(":", 1)[1]) for k in ("listen", "admin"))

    def listening(self):
        for line in self.process.err.read_text().splitlines():
            if line.endswith("}") and "admin" in (entry := json.loads(line)):
                return entry
        return None

    def check(self):
        super().check()
        if (status := ask(self.port, {})[0]) != 401:
            raise process.Broken(f"mlgateway answered {status} to a caller without a key instead of 401")
        used = {ask(self.port, {"authorization": f"Bearer {k}"})[1].get("x-mlgateway-version") for k in KEYS}
        if used != {"v1", "v2"}:
            raise process.Broken(f"mlgateway sent 16 callers to {used} instead of to both versions")

    def counted(self):
        """How many requests its metrics know, and how many access lines it dropped."""
        connection = http.client.HTTPConnection("127.0.0.1", self.admin, timeout=20)
        connection.request("GET", "/metrics")
        lines = connection.getresponse().read().decode().splitlines()
        connection.close()

        def total(name):
            return sum(int(float(line.rsplit(" ", 1)[1])) for line in lines if line.split("{")[0].split(" ")[0] == name)
        return total("mlgateway_requests_total"), total("mlgateway_access_log_dropped_total")


def ask(port, headers):
    """One small request: (status, headers)."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("POST", PATH, body=b'{"id":"0000000000000000","inputs":[]}', headers=headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status, answer.headers


def contract(model_ports):
    keys = [{"name": f"caller-{i:02}", "digest": hashlib.sha256(k.encode()).hexdigest()} for i, k in enumerate(KEYS)]
    versions = [{"name": f"v{i + 1}", "host": "127.0.0.1", "port": model_ports[i], "weight": 50} for i in (0, 1)]
    headers = [{"name": "authorization", "scheme": "Bearer"}, {"name": "x-api-key", "scheme": ""}]
    key_set = {"secret": "callers", "tenant": "bench", "labels": {"plan": "gold"}, "keys": keys}
    route = {
        "namespace": "default", "name": "iris", "generation": 1, "hash": "b1", "protocol": "OpenInferenceV2",
        "model": "iris", "hostnames": [], "paths": [], "versions": versions,
        "split": {"stickyBy": "Principal", "header": "", "overrides": [], "overrideLabels": {}},
        "auth": [{"name": "keys", "type": "APIKey", "headers": headers, "keySets": [key_set]}],
        "timeouts": {"requestMs": 600000, "connectMs": 1000, "streamIdleMs": 30000},
        "body": {"maxReadBytes": 8 << 20}, "enrichment": {"headers": True}}
    return {"contract": 1, "hash": "b1", "routes": [route]}


KINDS = {kind.name: kind for kind in (Sidecar, Nginx, Haproxy)}


def available(names):
    """Those of `names` that can run here, with the reason for each that cannot."""
    programs = {"mlgateway": Sidecar.binary, "nginx": "nginx", "HAProxy": "haproxy"}
    there = [n for n in names if shutil.which(str(programs[n]))]
    return there, [f"{n} is left out: {programs[n]} is not there" for n in names if n not in there]
