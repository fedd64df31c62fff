"""The gateway in front of a real model, from manifests to metrics, in half a minute.

    make demo            shows it and cleans up
    make demo KEEP=1     leaves everything running and tells what to try

Everything asserted here is checked: the demo ends with `N passed, N failed` and is one of the suites of `make test`.
"""

import argparse
import collections
import hashlib
import itertools
import json
import re
import signal
import statistics
import subprocess
import sys
import time

from load import BODY, PATH, Caller, Load, flower
from parts import ALICE, BOB, FRED, GINA, TINA, copy_quickstart, serve_models, start_gateway, train
from stage import Stage, get, wait_until

SPECIES = ["setosa", "versicolor", "virginica"]
CALLERS = [(f"caller-{n:03}", f"caller-{n:03}-demo-key-of-the-load") for n in range(200)]

# An edit is made this often, and the median of the times counts: one hiccup of a busy machine is not the gateway's.
EDITS = 5
SECONDS_PER_EDIT = 0.5
ENFORCED_WITHIN_MS = 200


class Tally:
    """Says what is expected and counts whether it was so."""

    def __init__(self):
        self.passed = self.failed = 0

    def expect(self, words, held, otherwise=""):
        self.passed += bool(held)
        self.failed += not held
        print(f"  {'ok  ' if held else 'FAIL'} {words}" + ("" if held else f"   <- {otherwise}"), flush=True)


def secret_of_callers(keys):
    """The users' Secret with 200 other entries, as digests: no key need stand in a manifest."""
    head = keys.split("---")[0].replace("iris-users", "iris-callers").split("stringData:")[0]
    entries = (f"  {name}: sha256:{hashlib.sha256(key.encode()).hexdigest()}\n" for name, key in CALLERS)
    return head + "stringData:\n" + "".join(entries)


def title(words):
    print(f"\n{words}", flush=True)


class Demo:
    def __init__(self, stage):
        self.stage = stage
        self.tally = Tally()
        self.expect = self.tally.expect
        self.manifests = stage.folder / "manifests"
        self.out = stage.folder / "out"

    # --- the parts -------------------------------------------------------------------------------------------------

    def serve_models(self):
        title("Two models, trained on the iris set and served by MLServer")
        models = self.stage.folder / "models"
        print("  " + train(models).replace("\n", "\n  "))
        self.ports = serve_models(self.stage, models)
        self.expect("MLServer answers: " + ", ".join(f"{v} on port {p}" for v, p in self.ports.items()), True)

    def start_gateway(self):
        title("The gateway: operator and sidecar, from the manifests in examples/quickstart")
        copy_quickstart(self.manifests, self.ports)
        self.edit("callers.yaml", secret_of_callers(self.read("keys.yaml")))
        gateway = start_gateway(self.stage, self.manifests, self.out)
        self.address, self.admin = gateway.address, gateway.admin
        self.expect(f"the sidecar serves {self.address}, its admin port is {self.admin}", True)
        self.wait_for_programmed()
        accepted = self.condition("Accepted")
        self.expect("status of the route: Accepted=True, Programmed=True", accepted["status"] == "True", accepted)

    def ask(self, name, key=None, body=BODY, **headers):
        caller = Caller(self.address)
        try:
            return caller.ask(name, key, body, **headers)
        finally:
            caller.close()

    def check_keys(self):
        title("No prediction without a key")
        refusals = (("no key", None, "CredentialMissing"), ("a wrong key", "guess", "CredentialInvalid"))
        for words, key, reason in refusals:
            answer = self.ask("nobody", key)
            self.expect(
                f"{words}: {answer.status} {answer.reason}, www-authenticate: {answer.headers.get('www-authenticate')}",
                answer.status == 401 and answer.reason == reason, answer,
            )
        answer = self.ask("alice", ALICE, x_request_id="my-first-flower")
        self.expect(f"alice's key: {answer.status}", answer.status == 200, answer)
        flower = SPECIES[json.loads(answer.body)["outputs"][0]["data"][0]] if answer.status == 200 else None
        self.expect(f"the model says: {flower}", flower == "setosa", answer.body)
        for name in ("x-mlgateway-version", "x-request-id", "via"):
            self.expect(f"  {name}: {answer.headers.get(name)}", answer.headers.get(name), answer.headers)

    def ask_everybody(self):
        """Caller -> the version that answered him."""
        caller = Caller(self.address)
        answers = [caller.ask(name, key) for name, key in CALLERS]
        caller.close()
        return {a.caller: a.version for a in answers if a.status == 200}

    def check_split(self):
        title("200 callers, weights 80 and 20")
        self.first = first = self.ask_everybody()
        count = collections.Counter(first.values())
        share = count["v2"] / len(CALLERS)
        # Three standard deviations of 200 draws at 20 %.
        self.expect(f"v1 answered {count['v1']}, v2 {count['v2']} ({share:.1%})", abs(share - 0.2) < 0.085, count)
        again = self.ask_everybody()
        self.expect("each asked again and got the same version", again == first and len(first) == 200, "some moved")
        answer = self.ask("tina", TINA, x_model_version="v2")
        self.expect(f"tina, a tester, asks for v2 and gets {answer.version}", answer.version == "v2", answer)
        answer = self.ask("alice", ALICE, x_model_version="v2")
        refused = answer.status == 403 and answer.reason == "OverrideNotAllowed"
        self.expect(f"alice, who is none: {answer.status} {answer.reason}", refused, answer)

    def check_edits(self):
        title("Manifests edited while requests run")
        self.check_weight_edits()
        self.check_revocations()
        self.set_weights(80, 20)
        self.wait_for_programmed()
        before = self.ask_everybody()
        self.expect("weights 80 and 20 again: everybody is back where he was", before == self.first, "some are not")
        self.set_weights(50, 50)
        self.wait_for_programmed()
        after = self.ask_everybody()
        moved = [name for name in before if after.get(name) != before[name]]
        self.expect(
            f"weights 50 and 50: {len(moved)} of 200 move, all of them to v2",
            moved and all(after.get(name) == "v2" for name in moved), moved,
        )

    def check_weight_edits(self):
        times = []
        with Load(self.address, CALLERS) as load:
            for wanted, other in itertools.islice(itertools.cycle([("v2", "v1"), ("v1", "v2")]), EDITS):
                moment = self.set_weights(*((0, 100) if wanted == "v2" else (100, 0)))
                time.sleep(SECONDS_PER_EDIT)
                times.append(load.enforced_after(moment, lambda answer, old=other: answer.version == old))
        self.report_edits("new weights", times, load.answers, [a for a in load.answers if a.status != 200])

    def check_revocations(self):
        times = []
        text = self.read("keys.yaml")
        without_bob = re.sub(r"\n  bob: .*", "", text)
        callers = [pair for caller in CALLERS for pair in (caller, ("bob", BOB))]
        with Load(self.address, callers) as load:
            for _ in range(EDITS):
                moment = self.edit("keys.yaml", without_bob)
                time.sleep(SECONDS_PER_EDIT)
                times.append(load.enforced_after(moment, lambda a: a.caller == "bob" and a.status == 200))
                self.edit("keys.yaml", text)
                time.sleep(SECONDS_PER_EDIT / 2)
        refused = [a for a in load.answers if a.status != 200]
        of_bob = [a for a in refused if a.caller == "bob" and a.reason == "CredentialInvalid"]
        self.expect(f"bob's key revoked {EDITS} times: {len(of_bob)} of his requests got 401", of_bob, refused[:3])
        self.report_edits("revocations", times, load.answers, [a for a in refused if a not in of_bob])

    def report_edits(self, what, times, answers, failures):
        median = statistics.median(times)
        shown = ", ".join(f"{t:.0f}" for t in times)
        self.expect(
            f"{EDITS} {what}, in force after {shown} ms (median {median:.0f}, limit {ENFORCED_WITHIN_MS})",
            median <= ENFORCED_WITHIN_MS, "too slow",
        )
        self.expect(f"meanwhile {len(answers)} requests, {len(failures)} failed", not failures, failures[:3])

    def check_broken_manifest(self):
        title("A broken manifest")
        good = self.read("iris.yaml")
        with Load(self.address, CALLERS) as load:
            self.edit("iris.yaml", good.replace("weight: 50", "weight: 40", 1))
            accepted = wait_until(
                "Accepted=False", lambda: (c := self.condition("Accepted")).get("status") == "False" and c, 10
            )
            time.sleep(0.5)
        self.expect(f"status: Accepted=False, {accepted['reason']}", True)
        self.expect(f"it says: {accepted['message']}", "100" in accepted["message"], accepted)
        failures = [a for a in load.answers if a.status != 200]
        self.expect(f"meanwhile {len(load.answers)} requests, {len(failures)} failed", not failures, failures[:3])
        self.edit("iris.yaml", good)
        wait_until("Accepted=True again", lambda: self.condition("Accepted").get("status") == "True", 10)
        self.expect("mended: Accepted=True", True)

    def ask_metered(self, name, key, sepal_length=5.1, **headers):
        return self.ask(name, key, flower(sepal_length), host="metered.example.com", **headers)

    def show_fields(self, answer, *names):
        for name in names:
            self.expect(f"  {name}: {answer.headers.get(name)}", answer.headers.get(name), answer.headers)

    def check_quotas(self):
        title("Sold by what it costs: a row is 1 credit, a number in it 0.1; free callers have 10 a day")
        answers = [self.ask_metered("fred", FRED, 5 + n / 10) for n in range(8)]
        statuses = [answer.status for answer in answers]
        self.expect(f"fred, free, asks 8 times: {statuses}", statuses == 7 * [200] + [429], answers[-1])
        self.show_fields(answers[0], "x-mlgateway-cost", "ratelimit-policy", "ratelimit")
        self.expect(f"the eighth: {answers[7].reason}", answers[7].reason == "BudgetSpent", answers[7])
        self.show_fields(answers[7], "retry-after", "ratelimit")
        answer = self.ask_metered("gina", GINA, 5.7)
        self.expect(f"gina, gold, at the same time: {answer.status}", answer.status == 200, answer)
        self.show_fields(answer, "ratelimit-policy", "ratelimit")
        answer = self.ask_metered("gina", GINA, 5.8, x_model_version="v2")
        cost = answer.headers.get("x-mlgateway-cost")
        self.expect(f"the same from v2, which costs twice as much: {cost} credits", cost == "2.8", answer)
        wait_until("the quota's use in its status", lambda: "mostUsed: 9.8/10" in self.quota(), 10)
        self.expect("status of the quota: mostUsed: 9.8/10", True)

    def quota(self):
        file = self.out / "status" / "mlquota.default.plans.yaml"
        return file.read_text() if file.exists() else ""

    def check_cache(self):
        title("Equal requests are answered from memory, within a tenant, at a tenth of the price")
        first, again = (self.ask_metered("gina", GINA, 6.1) for _ in range(2))
        self.expect(f"the first: {first.status}", first.status == 200, first)
        self.show_fields(first, "cache-status", "x-mlgateway-cost")
        predicted = [json.loads(answer.body).get("outputs") for answer in (first, again)]
        self.expect("the second, with the same prediction", again.status == 200 and predicted[0] == predicted[1], again)
        self.show_fields(again, "cache-status", "age", "x-mlgateway-cost")
        hit = again.headers.get("cache-status", "").startswith("mlgateway; hit")
        self.expect("no model was asked for it", hit, again.headers)

    def show_metrics(self):
        title("What the metrics say")
        text = get(f"{self.admin}/metrics")[1]
        for family in (
            "mlgateway_requests_total", "mlgateway_refusals_total", "mlgateway_config_reloads_total",
            "mlgateway_cost_total", "mlgateway_quota_refusals_total", "mlgateway_cache_requests_total",
        ):
            lines = [line for line in text.splitlines() if line.startswith(family + "{") and not line.endswith(" 0")]
            self.expect(f"{family}:", lines, "no sample")
            print("".join(f"         {line[len(family):]}\n" for line in lines), end="")
        total = {k: float(v) for k, v in re.findall(r"^mlgateway_overhead_seconds_(sum|count)\S* (\S+)$", text, re.M)}
        mean = 1e6 * total["sum"] / total["count"] if total.get("count") else None
        self.expect(f"the gateway's own time: {mean and round(mean)} µs per request on average", mean, "no sample")

    def leave(self):
        title("Leaving")
        code = self.stage.stop("sidecar")
        self.expect(f"the sidecar drained and ended with {code}", code == 0, code)

    # --- manifests and status ---------------------------------------------------------------------------------------

    def read(self, name):
        return (self.manifests / name).read_text()

    def edit(self, name, text):
        """Replaces a manifest in one step; returns the moment at which it was done."""
        fresh = self.manifests / f".{name}.new"
        fresh.write_text(text)
        fresh.rename(self.manifests / name)
        return time.monotonic()

    def set_weights(self, v1, v2):
        values = iter((v1, v2))
        text = re.sub(r"weight: \d+", lambda _: f"weight: {next(values)}", self.read("iris.yaml"))
        return self.edit("iris.yaml", text)

    def status(self):
        file = self.out / "status" / "mlroute.default.iris.yaml"
        return file.read_text() if file.exists() else ""

    def wait_for_programmed(self):
        """Returns when the sidecar has acknowledged the weights that iris.yaml has now."""
        v1, v2 = re.findall(r"weight: (\d+)", self.read("iris.yaml"))

        def look():
            return f"weights: v1={v1},v2={v2}" in self.status() and self.condition("Programmed").get("status") == "True"

        wait_until(f"Programmed=True with weights {v1} and {v2}", look, 10)

    def condition(self, kind):
        """One condition of the route's status, as a dictionary of strings; empty when there is none yet."""
        for item in re.split(r"^ *- ", self.status(), flags=re.M):
            fields = {k: v.strip("\"'") for k, v in re.findall(r"^ *(\w+): (.*)$", item, re.M)}
            if fields.get("type") == kind:
                return fields
        return {}

    def say_what_to_try(self):
        stop = self.stage.keep()
        flower = {"name": "flowers", "datatype": "FP64", "shape": [1, 4], "data": [6.3, 2.7, 4.9, 1.8]}
        print(f"""
Everything is left running. To try:

  curl -i http://{self.address}{PATH} -H 'x-api-key: {ALICE}' -H 'content-type: application/json' \\
    -d '{json.dumps({"inputs": [flower]})}'
  edit {self.manifests}/iris.yaml
  cat {self.out}/status/mlroute.default.iris.yaml
  curl -s {self.admin}/metrics
  curl -s -H "authorization: Bearer $(cat {self.out}/gateway.token)" {self.admin}/state
  tail -f {self.stage.folder}/access.log

To stop it and remove its files: {stop}""")

    def run(self):
        self.serve_models()
        self.start_gateway()
        self.check_keys()
        self.check_split()
        self.check_edits()
        self.check_broken_manifest()
        self.check_quotas()
        self.check_cache()
        self.show_metrics()


def show_logs(stage):
    for log in sorted(stage.folder.glob("*.log")):
        lines = log.read_text(errors="replace").splitlines()[-15:]
        print(f"--- {log}\n" + "\n".join(lines))


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--keep", action="store_true", help="leave everything running")
    keep = options.parse_args().keep
    # Ended from outside, it still cleans up.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda sent, _: sys.exit(128 + sent))
    started = time.monotonic()
    stage = Stage()
    demo = Demo(stage)
    left_running = False
    try:
        demo.run()
        if keep and not demo.tally.failed:
            demo.say_what_to_try()
            left_running = True
        else:
            demo.leave()
    except (OSError, RuntimeError, KeyError, subprocess.CalledProcessError) as reason:
        demo.expect("the demo comes to its end", False, f"{type(reason).__name__}: {reason}")
        print((getattr(reason, "stderr", None) or b"").decode(errors="replace"))
    finally:
        if not left_running:
            stage.close(keep_files=bool(demo.tally.failed))
    if demo.tally.failed:
        show_logs(stage)
    print(f"\nThat took {time.monotonic() - started:.0f} s.\n{demo.tally.passed} passed, {demo.tally.failed} failed")
    return 1 if demo.tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())
