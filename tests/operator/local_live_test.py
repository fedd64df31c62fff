"""Local mode while manifests are edited."""

import json
import os
import re
import signal
import threading
import time

import pytest
import yaml

from folder import ALICE, BOB, eventually, log_lines, route, secret, sha256


def test_an_edit_is_in_force_at_once(place):
    place.write("iris.yaml", route(weights=(90, 10)), secret(alice=ALICE))
    place.start()
    eventually(lambda: place.routes()["default/iris"]["generation"] == 1)
    took = []
    for weight in range(1, 11):
        began = time.monotonic()
        place.write("iris.yaml", route(weights=(100 - weight * 5, weight * 5)), secret(alice=ALICE))
        eventually(lambda w=weight: place.routes()["default/iris"]["versions"][1]["weight"] == w * 5)
        took.append(time.monotonic() - began)
    # Nothing passes or fails by time here; a second only tells the watch from the backstop of ten.
    assert sorted(took)[len(took) // 2] < 1, took


def test_a_broken_edit_leaves_the_last_good_version_in_force(place):
    place.write("iris.yaml", route(weights=(90, 10)), secret(alice=ALICE))
    place.start()
    eventually(lambda: place.verdict("Accepted") == ("True", "Accepted"))
    place.write("iris.yaml", route(weights=(90, 20)), secret(alice=ALICE))
    eventually(lambda: place.verdict("Accepted") == ("False", "Invalid"))
    assert place.routes()["default/iris"]["versions"][1]["weight"] == 10
    assert place.routes()["default/iris"]["generation"] == 1
    assert place.status()["status"]["observedGeneration"] == 2
    assert "generation 1 stays in force" in place.condition("Accepted")["message"]
    assert place.condition("Accepted")["observedGeneration"] == 2
    assert place.condition("Programmed")["observedGeneration"] == 1
    place.write("iris.yaml", "kind: [MLRoute\n")
    eventually(lambda: "iris.yaml:" in place.condition("Accepted")["message"]
               and "not YAML" in place.condition("Accepted")["message"])
    assert place.digests() == {"alice": sha256(ALICE)}
    place.write("iris.yaml", route(weights=(80, 20)), secret(alice=ALICE))
    eventually(lambda: place.verdict("Accepted") == ("True", "Accepted"))
    assert place.routes()["default/iris"]["generation"] == 3


def test_the_last_good_version_survives_a_restart(place):
    place.write("iris.yaml", route(weights=(90, 10)), secret(alice=ALICE))
    assert place.once().returncode == 0
    transition = place.condition("Accepted")["lastTransitionTime"]
    before = place.config()
    place.write("iris.yaml", route(weights=(90, 20)), secret(alice="short", data={"x": "*"}))
    assert place.once().returncode == 1
    assert place.config() == before
    place.write("iris.yaml", route(weights=(90, 10)), secret(alice=ALICE))
    assert place.once().returncode == 0
    assert place.status()["metadata"]["generation"] == 3
    assert place.condition("Accepted")["lastTransitionTime"] >= transition


def test_a_revoked_key_disappears(place):
    place.write("iris.yaml", route())
    place.write("keys.yaml", secret(alice=ALICE, bob=BOB))
    place.start()
    eventually(lambda: set(place.digests()) == {"alice", "bob"})
    place.write("keys.yaml", secret(alice=ALICE))
    eventually(lambda: set(place.digests()) == {"alice"})
    (place.manifests / "keys.yaml").unlink()
    eventually(lambda: place.digests() == {})
    assert "default/iris" in place.routes(), "without keys the route is there and closed"
    eventually(lambda: place.verdict("ResolvedRefs") == ("False", "SecretNotFound"))


def test_a_removed_route_leaves_config_status_and_history(place):
    place.write("iris.yaml", route())
    place.write("keys.yaml", secret(alice=ALICE))
    place.start()
    eventually(lambda: place.routes())
    (place.manifests / "iris.yaml").unlink()
    eventually(lambda: place.routes() == {})
    eventually(lambda: not list((place.out / "status").glob("*.yaml")))
    eventually(lambda: [f.name for f in (place.out / "history").iterdir()] == ["secret.default.keys.json"])


def test_a_file_that_is_still_being_written_counts_as_before(place):
    place.write("iris.yaml", route(), secret(alice=ALICE))
    place.start()
    eventually(lambda: place.routes())
    good = (place.manifests / "iris.yaml").read_text()
    with open(place.manifests / "iris.yaml", "w") as half:
        half.write(good[:40])
        half.flush()
        place.write("other.yaml", route("other"))
        eventually(lambda: "default/other" in place.routes())
        assert place.digests() == {"alice": sha256(ALICE)}
        assert place.verdict("Accepted") == ("True", "Accepted")
        half.seek(0)
        half.write(good.replace("9001", "9009"))
    eventually(lambda: place.routes()["default/iris"]["versions"][0]["port"] == 9009)


def test_the_switch_is_atomic_to_whoever_reads(place):
    place.write("iris.yaml", route())
    place.start()
    eventually(lambda: place.routes())
    seen, faults, stop = set(), [], threading.Event()

    def read():
        while not stop.is_set():
            try:
                folder = os.readlink(place.out / "gateway/..data")
                text = (place.out / "gateway/gateway.v1.json").read_text()
                seen.add((folder, json.loads(text)["routes"][0]["versions"][0]["port"]))
            except FileNotFoundError as error:
                # The folder behind the link can go between two steps of one open; the link itself never does.
                if "..data" not in os.listdir(place.out / "gateway"):
                    faults.append(error)
            except ValueError as error:
                faults.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    for port in range(9100, 9130):
        place.write("iris.yaml", yaml.safe_dump(route()).replace("9001", str(port)))
        eventually(lambda p=port: place.routes()["default/iris"]["versions"][0]["port"] == p)
    stop.set()
    reader.join()
    assert not faults
    assert len(seen) > 5
    folders = [f.name for f in (place.out / "gateway").iterdir() if f.name.startswith("..2")]
    assert len(folders) == 1, "folders of earlier switches are removed"
    assert re.fullmatch(r"\.\.\d{4}(_\d\d){5}\.\d+", folders[0])


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_cleanly(place, how):
    place.write("iris.yaml", route())
    place.start()
    eventually(lambda: place.routes())
    code, log = place.stop(how)
    assert code == 0
    assert log_lines(log)[-1]["msg"] == "stopped"


def test_two_operators_do_not_share_a_folder(place):
    place.start()
    eventually(lambda: place.config())
    second = place.once()
    assert second.returncode == 1
    assert "another operator is at work" in second.stderr


def test_what_was_said_once_is_not_said_again(place):
    place.write("bad.yaml", route("bad", weights=(1,)))
    place.start()
    eventually(lambda: place.verdict("Accepted", "bad") == ("False", "Invalid"))
    for name in ("a", "b", "c"):
        place.write(f"{name}.yaml", route(name))
        eventually(lambda n=name: f"default/{n}" in place.routes())
    _, log = place.stop()
    assert len([line for line in log_lines(log) if "sum to 100" in line.get("error", "")]) == 1
