"""No byte reaches a model without a verified credential, unless the route says that anyone may."""

import json
import time

import pytest

from harness.client import eventually
from harness.config import ALICE, BOB, anonymous, api_keys, config, key, key_set, route, version
from harness.wire import request_bytes

KNOWN = [("Authorization", f"Bearer {ALICE}")]


@pytest.fixture
def keyed(sidecars, model):
    """A route that wants the key of alice or bob."""
    return sidecars(
        config(
            route(
                model,
                auth=[
                    api_keys(
                        key_set(key("alice", ALICE), secret="gold", tenant="acme", labels={"plan": "gold"}),
                        key_set(key("bob", BOB), secret="free"),
                    )
                ],
            )
        )
    )


@pytest.mark.parametrize(
    "fields",
    [
        [("Authorization", f"Bearer {ALICE}")],
        [("authorization", f"bearer {ALICE}")],
        [("AUTHORIZATION", f"BEARER {BOB}")],
        [("X-Api-Key", ALICE)],
        [("x-api-key", BOB)],
    ],
)
def test_a_known_key_is_let_in_wherever_it_may_stand(keyed, model, fields):
    assert keyed.ask("POST", headers=fields, body=b"x").status == 200
    assert len(model.requests) == 1


REFUSED = {
    "none": ([], 401, "CredentialMissing"),
    "an unknown key": ([("Authorization", "Bearer unknown-key-00000001")], 401, "CredentialInvalid"),
    "a key and more": ([("Authorization", f"Bearer {ALICE}x")], 401, "CredentialInvalid"),
    "a part of a key": ([("Authorization", f"Bearer {ALICE[:-1]}")], 401, "CredentialInvalid"),
    "a key in another case": ([("Authorization", f"Bearer {ALICE.upper()}")], 401, "CredentialInvalid"),
    "another scheme": ([("Authorization", f"Basic {ALICE}")], 401, "CredentialInvalid"),
    "no scheme": ([("Authorization", ALICE)], 401, "CredentialInvalid"),
    "a scheme alone": ([("Authorization", "Bearer")], 401, "CredentialInvalid"),
    "an empty key": ([("X-Api-Key", "")], 401, "CredentialInvalid"),
    "two schemes": ([("Authorization", f"Bearer Bearer {ALICE}")], 401, "CredentialInvalid"),
    "a scheme where none belongs": ([("X-Api-Key", f"Bearer {ALICE}")], 401, "CredentialInvalid"),
    "a field that is not declared": ([("X-Key", ALICE)], 401, "CredentialMissing"),
    "a cookie": ([("Cookie", f"x-api-key={ALICE}")], 401, "CredentialMissing"),
    "two fields": ([("Authorization", f"Bearer {ALICE}"), ("X-Api-Key", ALICE)], 400, "CredentialAmbiguous"),
    "two people": ([("Authorization", f"Bearer {ALICE}"), ("X-Api-Key", BOB)], 400, "CredentialAmbiguous"),
    "one field twice": (
        [("Authorization", f"Bearer {ALICE}"), ("Authorization", f"Bearer {ALICE}")],
        400,
        "CredentialAmbiguous",
    ),
    "a good and a bad one": ([("X-Api-Key", "x"), ("Authorization", f"Bearer {ALICE}")], 400, "CredentialAmbiguous"),
    "a list of keys": ([("X-Api-Key", f"{ALICE}, {BOB}")], 401, "CredentialInvalid"),
    "the digest": ([("X-Api-Key", key("a", ALICE)["digest"])], 401, "CredentialInvalid"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_anything_else_is_refused_and_never_reaches_the_model(keyed, model, name):
    fields, status, reason = REFUSED[name]
    answer = keyed.ask("POST", headers=fields, body=b"x")
    assert (answer.status, answer.reason) == (status, reason)
    if status == 401:
        assert answer.headers.get("www-authenticate").startswith("Bearer")
    assert model.connections == []


def test_a_key_in_the_query_is_no_credential(keyed):
    assert keyed.ask("GET", f"/?api_key={ALICE}&access_token={ALICE}").reason == "CredentialMissing"


def test_a_refused_caller_may_try_again_on_the_same_connection(keyed):
    with keyed.client() as client:
        assert client.ask("POST", body=b"x").status == 401
        answer = client.ask("POST", headers=KNOWN, body=b"y")
        assert (answer.status, answer.body) == (200, b"ok")


def test_each_request_on_a_connection_is_judged_by_its_own_credential(keyed):
    with keyed.client() as client:
        client.send(request_bytes(headers=KNOWN) + request_bytes() + request_bytes(headers=[("X-Api-Key", BOB)]))
        assert [client.answer().status for _ in range(3)] == [200, 401, 200]
    lines = keyed.access_lines(3)
    assert [line["principal"] and line["principal"]["name"] for line in lines] == ["alice", None, "bob"]


def test_the_access_log_names_principal_and_tenant(keyed):
    keyed.ask(headers=KNOWN)
    line = keyed.access_lines()[0]
    assert line["principal"]["name"] == "alice" and "gold" in line["principal"]["issuer"] and line["tenant"] == "acme"


def test_a_field_of_the_routes_own_choice_carries_the_key(sidecars, model):
    fields = [{"name": "x-model-key", "scheme": "Token"}]
    sidecar = sidecars(config(route(model, auth=[api_keys(headers=fields)])))
    assert sidecar.ask(headers=[("X-Model-Key", f"token {ALICE}")]).status == 200
    assert sidecar.ask(headers=[("X-Model-Key", ALICE)]).reason == "CredentialInvalid"
    assert sidecar.ask(headers=[("X-Api-Key", ALICE)]).reason == "CredentialMissing"


def test_a_key_of_one_route_does_not_open_another(sidecars, models):
    mine, other = models(), models()
    sidecar = sidecars(
        config(
            route(mine, name="mine", hostnames=["mine.test"], auth=[api_keys(key_set(key("alice", ALICE)))]),
            route(other, name="other", hostnames=["other.test"], auth=[api_keys(key_set(key("bob", BOB)))]),
        )
    )
    assert sidecar.ask(host="mine.test", headers=KNOWN).status == 200
    assert sidecar.ask(host="other.test", headers=KNOWN).reason == "CredentialInvalid"
    assert other.connections == []


def test_a_set_of_keys_that_has_expired_is_refused(sidecars, model):
    past, future = int(time.time()) - 1, int(time.time()) + 3600
    sidecar = sidecars(
        config(
            route(
                model,
                auth=[
                    api_keys(
                        key_set(key("alice", ALICE), secret="old", expires=past),
                        key_set(key("bob", BOB), secret="new", expires=future),
                    )
                ],
            )
        )
    )
    answer = sidecar.ask(headers=KNOWN)
    assert (answer.status, answer.reason) == (401, "CredentialExpired")
    assert answer.headers.get("www-authenticate").startswith("Bearer")
    assert sidecar.ask(headers=[("X-Api-Key", BOB)]).status == 200


def test_a_key_expires_on_an_open_connection_without_a_reload(sidecars, model):
    sidecar = sidecars(
        config(route(model, auth=[api_keys(key_set(key("alice", ALICE), expires=int(time.time()) + 3))]))
    )
    with sidecar.client() as client:
        assert client.ask(headers=KNOWN).status == 200
        eventually(lambda: client.ask(headers=KNOWN).reason == "CredentialExpired", patience=8)


def test_anyone_is_let_in_where_the_route_says_so(gateway):
    assert gateway.ask().status == 200
    assert gateway.access_lines()[0]["status"] == 200


def test_where_keys_and_anyone_are_welcome_a_bad_key_is_not_anyone(sidecars, model):
    sidecar = sidecars(config(route(model, auth=[api_keys(), anonymous()])))
    assert sidecar.ask().status == 200
    assert sidecar.ask(headers=KNOWN).status == 200
    assert sidecar.ask(headers=[("X-Api-Key", "wrong")]).reason == "CredentialInvalid"
    assert sidecar.ask(headers=[("Authorization", "Basic eDp5")]).reason == "CredentialInvalid"
    names = [line["principal"] and line["principal"]["name"] for line in sidecar.access_lines(4)]
    assert names[1] == "alice" and names[0] != "alice"


def test_a_revoked_key_is_refused_on_a_connection_that_was_open(sidecars, model):
    both = config(route(model, auth=[api_keys(key_set(key("alice", ALICE), key("bob", BOB)))]))
    only_bob = config(route(model, auth=[api_keys(key_set(key("bob", BOB)))], generation=2))
    sidecar = sidecars(both)
    with sidecar.client() as alice, sidecar.client() as bob:
        assert alice.ask(headers=KNOWN).status == 200
        assert bob.ask(headers=[("X-Api-Key", BOB)]).status == 200
        sidecar.reload(only_bob)
        assert alice.ask(headers=KNOWN).reason == "CredentialInvalid"
        assert bob.ask(headers=[("X-Api-Key", BOB)]).status == 200


def test_a_body_is_not_relayed_before_its_credential_is_known(keyed, model):
    with keyed.client() as client:
        client.send(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nX-Api-Key: wrong")
        assert client.open(0.3) and model.connections == []


def test_a_refusal_tells_nothing_of_who_might_have_been_right(keyed):
    bodies = [
        json.loads(keyed.ask(headers=[("X-Api-Key", k), ("X-Request-Id", "1")]).body)
        for k in ("wrong-key-0000000001", ALICE[:-1])
    ]
    assert bodies[0] == bodies[1]


def test_many_keys_are_all_known(sidecars, model):
    names = [f"caller{n}" for n in range(2000)]
    sidecar = sidecars(
        config(route(version("v1", model), auth=[api_keys(key_set(*[key(n, f"secret-of-{n}-long") for n in names]))]))
    )
    with sidecar.client() as client:
        for name in names[::199]:
            assert client.ask(headers=[("X-Api-Key", f"secret-of-{name}-long")]).status == 200
        assert client.ask(headers=[("X-Api-Key", "secret-of-caller2000-long")]).status == 401
