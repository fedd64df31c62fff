"""A run of the bench: the model, the peers of a case, and one sample after another, in turns."""

import contextlib
import dataclasses
import json
import os
import statistics
import subprocess

import peers
import process
from peer import KEYS, PREDICT, ask


@dataclasses.dataclass
class Row:
    """A line of the table: samples per peer, one per round, and what is promised of them.

    `versus` is what the peer with that name stands against: ratios are formed round by round, so that what disturbs
    the machine for a while disturbs both sides of a ratio.
    """

    name: str
    unit: str
    samples: dict
    limit: float = None        # what was promised, of the ratio or (limit_of "value") of our value
    limit_of: str = "ratio"
    versus: str = "nginx"
    note: str = ""

    def ratios(self):
        if self.versus not in self.samples or "mlgateway" not in self.samples:
            return []
        return [a / b for a, b in zip(self.samples["mlgateway"], self.samples[self.versus]) if b > 0]

    def judged(self):
        """The samples that the promise is about."""
        return self.ratios() if self.limit_of == "ratio" else self.samples.get("mlgateway", [])

    def reached(self):
        if self.limit is None or not self.judged():
            return None
        return statistics.median(self.judged()) <= self.limit

    def as_json(self):
        return dataclasses.asdict(self) | {"ratios": self.ratios(), "reached": self.reached()}


class Bench:
    """What the cases share. `rounds` and `scale` (of the number of requests) make it short or long."""

    def __init__(self, folder, binaries, cores, names, rounds, scale, say):
        self.folder, self.binaries, self.cores, self.names = folder, binaries, cores, names
        self.rounds, self.scale, self.say = rounds, scale, say
        self.faults, self.extra = [], {}
        self.keys = os.path.join(folder, "keys")
        with open(self.keys, "w") as file:
            file.write("".join(key + "\n" for key in KEYS))

    @contextlib.contextmanager
    def model(self, cores=None):
        """The ports of a model for a case."""
        model = process.Process("model", [self.binaries / "bench_upstream", 2], cores or self.cores.model, self.folder)
        try:
            def said():
                return len(lines := model.out.read_text().split()) == 2 and lines
            yield [int(port) for port in model.wait_until(said, "listening")]
        finally:
            model.end()

    @staticmethod
    def model_answered(ports):
        """How many requests the model has answered so far."""
        return int(ask(ports[0], PREDICT, {"x-bench-count": "1"}, b"")[2])

    @contextlib.contextmanager
    def peer(self, kind, ports, workers=1, cores=None):
        peer = kind(self.folder, cores or self.cores.proxy, ports, workers)
        try:
            yield peer
        finally:
            try:
                peer.end()
            except process.Broken as fault:
                self.fault(str(fault))

    def among(self, *names):
        """Those of `names` that take part."""
        return [name for name in self.names if name in names]

    @contextlib.contextmanager
    def all_peers(self, ports, names):
        """Each peer by name, checked."""
        with contextlib.ExitStack() as stack:
            started = {}
            for name in names:
                started[name] = stack.enter_context(self.peer(peers.KINDS[name], ports))
                started[name].check()
            yield started

    def count(self, requests):
        return max(1, round(requests * self.scale))

    def load(self, peer, requests, cores=None, **options):
        """Sends `requests` through a peer: (the load generator's report, the peer's processor time in ns)."""
        command = [self.binaries / "bench_load", "--port", peer.port, "--keys", self.keys, "--requests", requests]
        for name, value in options.items():
            command += ["--" + name.replace("_", "-"), value]
        peer.sent += requests
        before = process.processor_ns(peer.pids())
        run = subprocess.run([str(part) for part in command], capture_output=True, text=True,
                             preexec_fn=lambda: os.sched_setaffinity(0, cores or self.cores.load))
        spent = process.processor_ns(peer.pids()) - before
        report = json.loads(run.stdout) if run.stdout.startswith("{") else {}
        if run.returncode != 0:
            what = ", ".join(f"{n} times \"{w}\"" for w, n in report.get("errors", {}).items()) or run.stderr.strip()
            raise process.Broken(f"{peer.name}, {requests} requests {options or ''}: {what}")
        return report, spent

    def in_turns(self, names):
        """(round, name): everybody once per round, beginning with another one each time."""
        names = list(names)
        for number in range(self.rounds):
            for i in range(len(names)):
                yield number, names[(i + number) % len(names)]

    def costs(self, started, requests, slices=8, **options):
        """Name -> processor time in ns of each round's `requests` through each peer.

        A round's requests are sent in slices, everybody's first, then everybody's second...: what disturbs the machine
        for longer than a slice disturbs everybody.
        """
        spent = {name: [0] * self.rounds for name in started}
        for number in range(self.rounds):
            for part in range(slices):
                share = requests * (part + 1) // slices - requests * part // slices
                names = list(started)
                for i in range(len(names)):
                    name = names[(i + number + part) % len(names)]
                    spent[name][number] += self.load(started[name], share, **options)[1]
        return spent

    def fault(self, words):
        self.faults.append(words)
        self.say(f"  WRONG: {words}")
