"""Which keys and routes are in force, and what status says of the others."""

import base64
import time

from folder import ALICE, BOB, eventually, route, secret, sha256


def test_secrets_are_read_in_every_form(place):
    coded = base64.b64encode(b"carol-key-0123456789").decode()
    place.write("iris.yaml", route(), secret(
        alice=ALICE, bob="sha256:" + sha256(BOB), weak="short", data={"carol": coded},
        labels={"app": "iris", "mlgateway.io/use": "keys", "mlgateway.io/tenant": "acme", "plan": "gold"},
        annotations={"mlgateway.io/expires": "2099-01-01T00:00:00Z"}))
    assert place.once().returncode == 1
    assert place.digests() == {"alice": sha256(ALICE), "bob": sha256(BOB), "carol": sha256("carol-key-0123456789")}
    key_set = place.routes()["default/iris"]["auth"][0]["keySets"][0]
    assert key_set["tenant"] == "acme" and key_set["labels"]["plan"] == "gold" and key_set["expires"] == 4070908800
    assert place.status()["status"]["keySets"][0]["refused"] == [{"entry": "weak", "reason": "WeakKey"}]
    assert place.verdict("ResolvedRefs") == ("False", "InvalidKeys")


def test_a_key_that_two_share_opens_nothing(place):
    place.write("iris.yaml", route(), secret(alice=ALICE, mallory=ALICE, bob=BOB))
    place.once()
    assert place.digests() == {"bob": sha256(BOB)}
    refused = place.status()["status"]["keySets"][0]["refused"]
    assert refused == [{"entry": "alice", "reason": "DuplicateKey"}, {"entry": "mallory", "reason": "DuplicateKey"}]


def test_a_secret_without_the_label_for_use_is_not_used(place):
    place.write("iris.yaml", route(), secret(alice=ALICE, labels={"app": "iris"}))
    assert place.once().returncode == 1
    assert place.digests() == {}
    assert place.verdict("ResolvedRefs") == ("False", "RefNotPermitted")


def test_a_secret_of_another_namespace_is_not_used(place):
    place.write("iris.yaml", route(namespace="models"), secret(alice=ALICE))
    place.once()
    assert place.digests("models/iris") == {}
    assert place.verdict("ResolvedRefs", namespace="models") == ("False", "SecretNotFound")


def test_an_expiring_key_is_counted_out_when_its_time_comes(place):
    at = time.time() + 2
    expires = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))
    place.write("iris.yaml", route(), secret(alice=ALICE, annotations={"mlgateway.io/expires": expires}))
    place.start()
    eventually(lambda: place.status()["status"]["keySets"][0]["keys"] == 1)
    eventually(lambda: place.status()["status"]["keySets"][0] == {"secret": "keys", "keys": 0, "expired": 1})


def test_the_older_of_two_routes_wins(place):
    place.write("a.yaml", route("newer", model="m", created="2024-01-02T00:00:00Z"))
    place.write("b.yaml", route("older", model="m", created="2024-01-01T00:00:00Z"))
    assert place.once().returncode == 1
    assert list(place.routes()) == ["default/older"]
    assert place.verdict("Accepted", "newer") == ("False", "RouteConflict")
    assert "default/older" in place.condition("Accepted", "newer")["message"]


def test_who_was_seen_first_stays_the_older_one_over_restarts(place):
    place.write("z.yaml", route("z", model="m"), secret(alice=ALICE))
    assert place.once().returncode == 0
    time.sleep(1.1)  # times are kept in whole seconds, as Kubernetes keeps them
    place.write("a.yaml", route("a", model="m"))
    assert place.once().returncode == 1
    assert list(place.routes()) == ["default/z"]


def test_a_second_document_is_refused_with_both_places(place):
    place.write("a.yaml", route(), secret(alice=ALICE))
    place.write("b.yaml", route(weights=(50, 50)))
    done = place.once()
    assert done.returncode == 1
    assert "b.yaml:1: a second document for mlroute default/iris is refused; the first is at a.yaml:1" in done.stderr
    assert len(place.routes()["default/iris"]["versions"]) == 1


def test_a_broken_secret_has_a_status_of_its_own(place):
    place.write("keys.yaml", secret(alice=ALICE, data={"bad": "*"}))
    assert place.once().returncode == 1
    assert place.verdict("Accepted", "keys", kind="secret") == ("False", "Invalid")
    place.write("keys.yaml", secret(alice=ALICE))
    assert place.once().returncode == 0
    assert not list((place.out / "status").iterdir())
