"""The real process, started on ports of its own and ended with everything looked at that it left behind."""

import json
import os
import pathlib
import re
import signal
import subprocess
import threading

from harness.client import Client, eventually
from harness.config import ADMIN_TOKEN, write_as_kubelet

ROOT = pathlib.Path(__file__).resolve().parents[3]
BUILD = ROOT / os.environ.get("MLGATEWAY_BUILD", "build")
BINARY = BUILD / "mlgateway-sidecar"
SANITIZED = BUILD.name in ("build-asan", "build-tsan")
DRAIN_TOKEN = "0123456789abcdefghijklmnopqrstuv"
SAMPLE = re.compile(r"^(\w+)(?:\{(.*)\})? (\S+)$")
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


def growth(ordinary):
    """Bytes by which a process may grow. AddressSanitizer keeps freed memory aside, 256 MB by default, on purpose;
    ThreadSanitizer remembers who last touched what."""
    return ordinary + (400 << 20) if SANITIZED else ordinary


def address(text):
    host, port = text.rsplit(":", 1)
    return host.strip("[]"), int(port)


class Sidecar:
    """A running sidecar. Ended by stop(), which holds it to its promises: exit code 0, nothing from a sanitizer."""

    def __init__(self, folder, config=None, *options, workers=1, write=write_as_kubelet, drain="0s"):
        self.folder = pathlib.Path(folder)
        self.config_folder = self.folder / "gateway"
        self.config_folder.mkdir(parents=True, exist_ok=True)
        self.write = write
        self.log = []
        self.ended = False
        if config is not None:
            write(self.config_folder, config if isinstance(config, str) else json.dumps(config))
        self._access = open(self.folder / "access.log", "wb+")
        self.process = subprocess.Popen(
            [
                BINARY,
                "--config",
                self.config_folder,
                "--listen",
                "127.0.0.1:0",
                "--admin",
                "127.0.0.1:0",
                "--workers",
                str(workers),
                "--propagation-delay",
                drain,
                *options,
            ],
            stdout=self._access,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            env=os.environ | {"MLGATEWAY_DRAIN_TOKEN": DRAIN_TOKEN},
        )
        self._reader = threading.Thread(target=self._read_log, daemon=True)
        self._reader.start()
        facts = eventually(self._listening, "the line that says `listening`", patience=30)
        self.address, self.admin_address = address(facts["listen"]), address(facts["admin"])
        if config is not None and not isinstance(config, str):
            self._wait_for(config)

    def _read_log(self):
        for line in self.process.stderr:
            self.log.append(line.decode(errors="replace").rstrip("\n"))

    def _listening(self):
        if self.process.poll() is not None:
            raise AssertionError(f"the sidecar ended with {self.process.returncode}: {self.log}")
        return next((facts for facts in self.events("listening")), None)

    def events(self, message):
        """The lines of its log with that message."""
        found = []
        for line in list(self.log):
            if line.startswith("{"):
                facts = json.loads(line)
                if message in (facts.get("msg"), facts.get("message")):
                    found.append(facts)
        return found

    # The data port.

    def client(self, **options):
        return Client(self.address, **options)

    def ask(self, *args, **kwargs):
        """One exchange on a connection of its own."""
        with self.client() as client:
            return client.ask(*args, **kwargs)

    # The admin port.

    def admin(self, target, token=None, method="GET"):
        headers = [("Authorization", f"Bearer {token}")] if token else []
        with Client(self.admin_address) as client:
            return client.ask(method, target, headers)

    def state(self):
        answer = self.admin("/state", ADMIN_TOKEN)
        assert answer.status == 200, answer
        return json.loads(answer.body)

    def samples(self):
        """[(name, labels, value)] of everything on /metrics."""
        answer = self.admin("/metrics")
        assert answer.status == 200, answer
        found = []
        for line in answer.body.decode().splitlines():
            if line and not line.startswith("#"):
                name, labels, value = SAMPLE.match(line).groups()
                found.append((name, dict(LABEL.findall(labels or "")), float(value)))
        return found

    def metric(self, name, **labels):
        """The sum of that metric over all series with these labels; 0 when there are none."""
        return sum(v for n, have, v in self.samples() if n == name and labels.items() <= have.items())

    def expect_metric(self, wanted, name, **labels):
        """An exchange is counted when it is over, which its caller may know before."""
        eventually(lambda: self.metric(name, **labels) == wanted, f"{name} {labels} of {wanted}")

    # Configuration.

    def reload(self, config):
        """Writes it and waits until it is in force."""
        self.write(self.config_folder, json.dumps(config))
        self._wait_for(config)

    def write_broken(self, text):
        self.write(self.config_folder, text)
        return eventually(lambda: self.state()["config"]["error"], "the error of a broken config on /state")

    def _wait_for(self, config):
        eventually(lambda: self.state()["config"]["hash"] == config["hash"], f"config {config['hash']} in force")

    # What it leaves behind.

    def access_lines(self, count=1):
        """The access log, once it has at least `count` lines."""
        return eventually(lambda: (lines := self._access_lines()) and len(lines) >= count and lines, "access lines")

    def _access_lines(self):
        text = (self.folder / "access.log").read_text(errors="replace")
        return [json.loads(line) for line in text.splitlines() if line.startswith("{")] if text.endswith("\n") else []

    def resident(self):
        """Bytes resident now."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status).group(1)) * 1024

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def expect_nothing_left(self, connections=0):
        """No exchange is under way any more, and of callers' connections only as many as the test still holds."""
        eventually(lambda: self.metric("mlgateway_requests_in_flight") == 0, "no request in flight")
        eventually(lambda: self.metric("mlgateway_connections") == connections, f"{connections} connections")

    def terminate(self):
        self.process.send_signal(signal.SIGTERM)

    def wait(self, patience=20):
        code = self.process.wait(patience)
        self._reader.join(5)
        return code

    def alive(self):
        return self.process.poll() is None

    def crash(self):
        """Ends it as nobody should."""
        self.ended = True
        self.process.kill()
        self.wait()
        self._access.close()

    def stop(self):
        """Ends it as a kubelet would."""
        if self.ended:
            return
        self.ended = True
        try:
            if self.alive():
                self.terminate()
            code = self.wait()
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.wait()
            raise AssertionError("the sidecar did not end within 20 s of SIGTERM") from None
        finally:
            self._access.close()
        said = "\n".join(self.log)
        assert "Sanitizer" not in said and "runtime error:" not in said, said
        assert code == 0, f"the sidecar ended with {code}: {said[-4000:]}"
