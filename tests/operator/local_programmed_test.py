"""Whether `Programmed` is what the sidecar says."""

import contextlib
import http.server
import json
import subprocess
import threading
import time

from folder import ALICE, BOB, OPERATOR, eventually, route, secret


@contextlib.contextmanager
def sidecar(place):
    """What /state of a sidecar says: `answer` is set by the test, `asked` tells the tokens that were presented."""

    class State(http.server.BaseHTTPRequestHandler):
        answer = {"config": {"hash": None, "error": None}, "routes": []}
        asked = []
        follow = False

        def do_GET(self):
            self.asked.append(self.headers.get("Authorization"))
            answer = self.answer
            if State.follow:
                config = place.config()
                answer = {"config": {"hash": config["hash"], "error": None}, "routes": config["routes"]}
            body = json.dumps(answer).encode()
            self.send_response(200 if self.path == "/state" else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), State)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    State.url = f"http://127.0.0.1:{server.server_port}"
    yield State
    server.shutdown()
    server.server_close()


def test_programmed_follows_what_the_sidecar_runs(place):
    place.write("iris.yaml", route(), secret(alice=ALICE))
    with sidecar(place) as state:
        place.start("--sidecar", state.url)
        eventually(lambda: place.verdict("Programmed") == ("False", "NotLoaded"))
        assert place.status()["status"]["programmed"] == "0/1"
        state.follow = True
        eventually(lambda: place.verdict("Programmed") == ("True", "Programmed"))
        assert place.status()["status"]["programmed"] == "1/1"
        assert set(state.asked) == {"Bearer " + (place.out / "gateway.token").read_text().strip()}
        error = {"message": "gateway.v1.json: broken", "sinceTime": ""}
        state.answer = {"config": {"hash": "x", "error": error}, "routes": []}
        state.follow = False
        eventually(lambda: "gateway.v1.json: broken" in place.condition("Programmed")["message"])
    eventually(lambda: place.verdict("Programmed") == ("False", "SidecarUnreachable"))


def test_an_edit_is_acknowledged_soon(place):
    place.write("iris.yaml", route(weights=(90, 10)), secret(alice=ALICE))
    with sidecar(place) as state:
        state.follow = True
        place.start("--sidecar", state.url)
        eventually(lambda: place.verdict("Programmed") == ("True", "Programmed"))
        asked = len(state.asked)
        began = time.monotonic()
        place.write("iris.yaml", route(weights=(80, 20)), secret(alice=ALICE))
        eventually(lambda: place.condition("Programmed")["observedGeneration"] == 2
                   and place.verdict("Programmed") == ("True", "Programmed"))
        print(f"acknowledged after {1000 * (time.monotonic() - began):.0f} ms, {len(state.asked) - asked} questions")


def test_a_sidecar_that_is_not_there_hinders_nothing(place):
    place.write("iris.yaml", route(), secret(alice=ALICE))
    place.start("--sidecar", "http://127.0.0.1:9")
    eventually(lambda: place.verdict("Programmed") == ("False", "SidecarUnreachable"))
    place.write("iris.yaml", route(), secret(alice=ALICE, bob=BOB))
    eventually(lambda: set(place.digests()) == {"alice", "bob"})
    code, _ = place.stop()
    assert code == 0


def test_the_real_sidecar_acknowledges_an_edit(place):
    place.write("iris.yaml", route(weights=(90, 10)), secret(alice=ALICE))
    place.once()
    sidecar = subprocess.Popen(
        [OPERATOR.parent / "mlgateway-sidecar", "--config", place.out / "gateway", "--listen", "127.0.0.1:0",
         "--admin", "127.0.0.1:0", "--access-log", "off"],
        stderr=subprocess.PIPE, text=True)
    try:
        lines = (json.loads(line) for line in sidecar.stderr)
        admin = next(line["admin"] for line in lines if line["msg"] == "listening")
        place.start("--sidecar", f"http://{admin}")
        eventually(lambda: place.verdict("Programmed") == ("True", "Programmed"))
        place.write("iris.yaml", route(weights=(80, 20)), secret(alice=ALICE))
        eventually(lambda: place.condition("Programmed")["observedGeneration"] == 2
                   and place.verdict("Programmed") == ("True", "Programmed"))
    finally:
        sidecar.kill()
        sidecar.communicate()
    eventually(lambda: place.verdict("Programmed") == ("False", "SidecarUnreachable"))
