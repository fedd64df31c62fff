"""The sidecar with all it has: keys, cost, quotas, a split sticky by caller, headers, metrics, a line per request."""

import json
import urllib.request

import process
from contract import contract
from peer import BULK, KEPT, KEYS, PREDICT, Peer, small_body


class Sidecar(Peer):
    name = "mlgateway"
    binary = None  # set by run
    keeps_answers = True

    def start(self, cores, model_ports):
        self.refused = 0
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
        for wrong in (None, KEYS[0] + "x"):
            self.expect(401, wrong)
            self.refused += 1
        used = {self.expect(200, key)["x-mlgateway-version"] for key in KEYS}
        self.unless(used == {"v1", "v2"}, f"16 callers were sent to {used} instead of to both versions")
        self.check_prices()
        self.check_recall()

    def check_prices(self):
        """One request, one row, five elements; by length, a millionth for each byte; v2 costs twice that."""
        for path, price in ((PREDICT, 1.105), (BULK, 1 + len(small_body(0)) / 1e6)):
            headers = self.expect(200, KEYS[0], path)
            price *= 2 if headers["x-mlgateway-version"] == "v2" else 1
            paid = headers["x-mlgateway-cost"]
            self.unless(paid == f"{price:.6f}".rstrip("0"), f"{path} cost {paid} instead of {price}")
            self.unless(headers["ratelimit"], "no quota was applied")

    def check_recall(self):
        """The second asker's answer is from memory, with his own id, and costs a tenth; another caller's is not."""
        first = self.expect(200, KEYS[0], KEPT, 1)
        _, again, body = self.ask(KEYS[0], KEPT, 2)
        stranger = self.expect(200, KEYS[1], KEPT, 1)
        hits = [";hit" in (headers["cache-status"] or "").replace(" ", "") for headers in (first, again, stranger)]
        self.unless(hits == [False, True, False], f"hits were {hits}")
        self.unless(body.startswith(b'{"id":"%016d"' % 2), "the id is somebody else's")
        paid = [float(headers["x-mlgateway-cost"]) for headers in (first, again)]
        self.unless(abs(paid[1] - paid[0] / 10) < 1e-6, f"the two paid {paid}")

    def counted(self):
        """How many requests its metrics know, and how many access lines it dropped."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.admin}/metrics", timeout=20) as answer:
            lines = answer.read().decode().splitlines()

        def total(name):
            return sum(int(float(line.rsplit(" ", 1)[1])) for line in lines if line.split("{")[0].split(" ")[0] == name)
        return total("mlgateway_requests_total"), total("mlgateway_access_log_dropped_total")
