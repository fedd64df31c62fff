"""The life of an MLQuota in local mode."""

import contextlib
import http.client
import http.server
import json
import subprocess
import threading
import time

from folder import ALICE, OPERATOR, eventually, log_lines, quota, route, secret
from local_programmed_test import sidecar

PLANS = {"name": "plans", "kind": "mlquota"}


def limit(**more):
    return {"name": "daily", "unit": "Request", "window": {"rolling": "24h"}, "budget": "10", **more}


def tiers(**more):
    return [{"name": "everyone", "limits": [limit(**more)]}]


def test_a_quota_limits_the_routes_that_it_names(place):
    place.write("iris.yaml", route(), route("rose"), secret(alice=ALICE))
    place.write("plans.yaml", quota(targets=["iris"]), quota("all"), quota("far", namespace="other"))
    place.once()
    assert place.routes()["default/iris"]["quotas"] == ["all", "plans"]
    assert place.routes()["default/rose"]["quotas"] == ["all"]
    assert place.quotas()["default/plans"]["tiers"][0]["limits"][0]["budget"] == {
        "amount": 10_000_000, "windowMs": 86_400_000}
    status = place.status(**PLANS)
    assert (status["apiVersion"], status["kind"]) == ("mlgateway.io/v1alpha1", "MLQuota")
    assert status["status"]["targets"] == ["iris"]
    assert status["status"]["tiers"] == 1
    assert place.verdict("Accepted", **PLANS) == ("True", "Accepted")
    assert place.verdict("ResolvedRefs", **PLANS) == ("True", "ResolvedRefs")
    assert place.verdict("Programmed", **PLANS) == ("Unknown", "NotObserved")
    assert place.verdict("ResolvedRefs", "far", namespace="other", kind="mlquota") == ("False", "NoTargets")


def test_once_exits_1_for_a_target_that_is_not_there(place):
    place.write("iris.yaml", route(), secret(alice=ALICE), quota(targets=["iris", "lily"]))
    done = place.once()
    assert done.returncode == 1
    assert any("no MLRoute 'lily'" in line["error"] for line in log_lines(done.stderr) if "error" in line)
    assert place.verdict("ResolvedRefs", **PLANS) == ("False", "TargetNotFound")
    assert place.routes()["default/iris"]["quotas"] == ["plans"]


def test_a_broken_edit_leaves_the_last_good_quota_in_force(place):
    place.write("iris.yaml", route(), secret(alice=ALICE))
    place.write("plans.yaml", quota())
    place.start()
    eventually(lambda: place.verdict("Accepted", **PLANS) == ("True", "Accepted"))
    before = place.config()
    place.write("plans.yaml", quota(tiers=tiers(budget="0")))
    eventually(lambda: place.verdict("Accepted", **PLANS) == ("False", "Invalid"))
    message = place.condition("Accepted", **PLANS)["message"]
    assert "generation 1 stays in force" in message
    assert "plans.yaml:" in message and "spec.tiers[0].limits[0].budget: must be more than 0" in message
    assert place.config() == before
    place.write("plans.yaml", "kind: [MLQuota\n")
    eventually(lambda: "not YAML" in place.condition("Accepted", **PLANS)["message"])
    assert place.config() == before
    place.write("plans.yaml", quota(tiers=tiers(budget="20")))
    eventually(lambda: place.quotas()["default/plans"]["generation"] == 3)
    assert place.routes()["default/iris"]["hash"] != before["routes"][0]["hash"]


def test_the_last_good_quota_survives_a_restart(place):
    place.write("iris.yaml", route(), secret(alice=ALICE))
    place.write("plans.yaml", quota())
    assert place.once().returncode == 0
    before = place.config()
    place.write("plans.yaml", quota(tiers=tiers(rate=1)))
    assert place.once().returncode == 1
    assert place.config() == before


def test_a_quota_that_was_never_good_neither_opens_nor_closes_its_targets(place):
    place.write("iris.yaml", route(), secret(alice=ALICE))
    assert place.once().returncode == 0
    before = place.config()
    place.write("plans.yaml", quota(tiers=tiers(unit="Concurrency")))
    assert place.once().returncode == 1
    assert place.config() == before
    assert place.verdict("Accepted", **PLANS) == ("False", "Invalid")
    assert "nothing is in force" in place.condition("Accepted", **PLANS)["message"]


def test_a_removed_quota_leaves_config_status_and_history(place):
    place.write("iris.yaml", route(), secret(alice=ALICE))
    place.write("plans.yaml", quota())
    place.start()
    eventually(lambda: place.routes()["default/iris"]["quotas"] == ["plans"])
    (place.manifests / "plans.yaml").unlink()
    eventually(lambda: place.routes()["default/iris"]["quotas"] == [] and place.quotas() == {})
    eventually(lambda: not list(place.out.glob("*/mlquota.*")))


def test_the_ninth_quota_of_a_route_is_not_accepted(place):
    old = [quota(f"q{i}", created=f"2024-01-0{i + 1}T00:00:00Z") for i in range(9)]
    place.write("iris.yaml", route(), secret(alice=ALICE), *reversed(old))
    assert place.once().returncode == 1
    assert place.routes()["default/iris"]["quotas"] == [f"q{i}" for i in range(8)]
    assert place.verdict("Accepted", "q8", kind="mlquota") == ("False", "TooManyQuotas")


def report(config, used, refused=0):
    """What /state says when the sidecar runs `config` and `used` of the one limit is used."""
    use = {"tier": "everyone", "name": "daily", "unit": "Request", "holds": "10", "refused": refused,
           "refusedLastHour": refused, "granted": used, "reserved": "0",
           "fullest": {"owner": "alice", "used": used}, "top": []}
    quotas = [{k: q[k] for k in ("namespace", "name", "generation", "hash")} | {"limits": [use]}
              for q in config["quotas"]]
    return {"config": {"hash": config["hash"], "error": None}, "routes": config["routes"], "quotas": quotas}


def test_status_tells_what_the_sidecar_counts(place):
    place.write("iris.yaml", route(), secret(alice=ALICE), quota())
    with sidecar(place) as state:
        place.start("--sidecar", state.url)
        eventually(lambda: place.verdict("Programmed", **PLANS) == ("False", "NotLoaded"))
        assert "mostUsed" not in place.status(**PLANS)["status"]
        state.answer = report(place.config(), "0")
        eventually(lambda: place.verdict("Programmed", **PLANS) == ("True", "Programmed"))
        state.answer = report(place.config(), "7.5", refused=3)
        eventually(lambda: place.status(**PLANS)["status"]["mostUsed"] == "7.5/10")
        status = place.status(**PLANS)["status"]
        assert status["refusedLastHour"] == 3
        assert status["limits"] == [{"tier": "everyone", "name": "daily", "used": "7.5/10", "refused": 3}]
        assert place.verdict("Programmed", **PLANS) == ("True", "Programmed")
    eventually(lambda: place.verdict("Programmed", **PLANS) == ("False", "SidecarUnreachable"))


def test_an_edited_quota_is_programmed_when_its_routes_are_loaded_with_it(place):
    place.write("iris.yaml", route(), secret(alice=ALICE), quota())
    with sidecar(place) as state:
        place.start("--sidecar", state.url)
        state.answer = eventually(lambda: report(place.config(), "0"))
        eventually(lambda: place.verdict("Programmed", **PLANS) == ("True", "Programmed"))
        before = state.answer
        place.write("iris.yaml", route(), secret(alice=ALICE), quota(tiers=tiers(budget="20")))
        eventually(lambda: place.quotas()["default/plans"]["generation"] == 2)
        after = report(place.config(), "0")
        state.answer = after | {"routes": before["routes"]}
        eventually(lambda: "MLRoute 'iris'" in place.condition("Programmed", **PLANS)["message"])
        state.answer = after
        eventually(lambda: place.verdict("Programmed", **PLANS) == ("True", "Programmed"))


def test_use_is_written_once_a_second_at_most(place):
    place.write("iris.yaml", route(), secret(alice=ALICE), quota())
    with sidecar(place) as state:
        place.start("--sidecar", state.url)
        state.answer = eventually(lambda: report(place.config(), "0"))
        eventually(lambda: place.verdict("Programmed", **PLANS) == ("True", "Programmed"))
        # A configuration that the sidecar does not reach: it is asked every 25 ms, and has counted more each time.
        config = place.config()
        place.write("rose.yaml", route("rose"))
        file = place.out / "status/mlquota.default.plans.yaml"
        asked, written, count = len(state.asked), set(), 0
        deadline = time.monotonic() + 2.5
        while time.monotonic() < deadline:
            count += 1
            state.answer = report(config, f"0.{count:06d}")
            written.add(file.stat().st_mtime_ns)
            time.sleep(0.005)
        assert len(state.asked) - asked > 20
        # What was there, the change of the targets, and one a second.
        assert 3 <= len(written) <= 6, written


@contextlib.contextmanager
def model():
    """Something that answers every request; its port."""

    class Model(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Model)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@contextlib.contextmanager
def real_sidecar(place):
    """The two addresses of a sidecar that serves what the operator writes: for callers, for the operator."""
    process = subprocess.Popen(
        [OPERATOR.parent / "mlgateway-sidecar", "--config", place.out / "gateway", "--listen", "127.0.0.1:0",
         "--admin", "127.0.0.1:0", "--access-log", "off"],
        stderr=subprocess.PIPE, text=True)
    try:
        lines = (json.loads(line) for line in process.stderr)
        yield next((line["listen"], line["admin"]) for line in lines if line["msg"] == "listening")
    finally:
        process.kill()
        process.communicate()


def infer(address):
    connection = http.client.HTTPConnection(address)
    body = {"inputs": [{"name": "x", "shape": [2, 1], "datatype": "FP32", "data": [1.5, 2.5]}]}
    headers = {"x-api-key": ALICE, "content-type": "application/json"}
    connection.request("POST", "/v2/models/iris/infer", json.dumps(body), headers)
    response = connection.getresponse()
    response.read()
    connection.close()
    return response.status


def test_the_real_sidecar_tells_what_callers_used(place):
    by_rows = {"unit": "credits", "terms": [{"quantity": "Rows", "price": "0.25"}]}
    with model() as port:
        iris = route(cost=by_rows)
        iris["spec"]["versions"][0]["url"] = f"http://127.0.0.1:{port}"
        place.write("iris.yaml", iris, secret(alice=ALICE), quota(tiers=tiers(unit="Cost", budget="1.5")))
        assert place.once().returncode == 0
        with real_sidecar(place) as (callers, admin):
            place.start("--sidecar", f"http://{admin}")
            eventually(lambda: place.verdict("Programmed", **PLANS) == ("True", "Programmed"))
            assert [infer(callers) for _ in range(4)] == [200, 200, 200, 429]
            eventually(lambda: place.status(**PLANS)["status"]["mostUsed"] == "1.5/1.5")
            assert place.status(**PLANS)["status"]["refusedLastHour"] == 1
            place.write("iris.yaml", iris, secret(alice=ALICE), quota(tiers=tiers(unit="Cost", budget="2")))
            eventually(lambda: place.status(**PLANS)["status"]["mostUsed"] == "1.5/2")
            assert infer(callers) == 200
