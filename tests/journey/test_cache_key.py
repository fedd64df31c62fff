"""Only an equal request of somebody who may have it is answered from memory; everything else is another request."""

import json
import struct

import pytest

from harness.config import (
    ALICE,
    anonymous,
    api_keys,
    by,
    cache,
    callers,
    config,
    cost,
    key,
    key_set,
    override,
    path,
    per,
    route,
    secret_of,
    version,
)
from harness.predict import INFER, JSON, call_number, tensor, v2


def start(sidecars, model, protocol="OpenInferenceV2", scope="Shared", **more):
    its = {} if protocol in ("Generic", "MLflow") else {"model": "m"}
    return sidecars(config(route(model, protocol=protocol, cache=cache(scope=scope), **its, **more)))


def ask(sidecar, body=v2(1), fields=(JSON,), target=INFER, method="POST"):
    return sidecar.ask(method, target, fields, body)


def expect_two(sidecar, one, other):
    """Two requests (keywords of ask) that must not be taken for each other, in either order, and are both kept."""
    first, second = call_number(ask(sidecar, **one)), call_number(ask(sidecar, **other))
    assert first != second, "answered from the other's answer"
    assert (call_number(ask(sidecar, **one)), call_number(ask(sidecar, **other))) == (first, second)


def expect_one(sidecar, one, other):
    assert call_number(ask(sidecar, **one)) == call_number(ask(sidecar, **other))


# The body.

BIG = 9007199254740993  # 2^53 + 1: as a double it is its neighbour
DIFFERENT_BODIES = {
    "another number": (v2(1), v2(2)),
    "64-bit integers that differ in the last digit": (v2(BIG), v2(BIG - 1)),
    "the largest 64-bit integers": (v2(2**64 - 1), v2(2**64 - 2)),
    "1 and 1.0": (b'{"a":1,"inputs":[]}', b'{"a":1.0,"inputs":[]}'),
    "1.0 and 1e0": (b'{"a":1.0,"inputs":[]}', b'{"a":1e0,"inputs":[]}'),
    "0 and -0": (b'{"a":0,"inputs":[]}', b'{"a":-0,"inputs":[]}'),
    "the order of data": (v2(1, 2), v2(2, 1)),
    "the order of members": (b'{"a":1,"b":2,"inputs":[]}', b'{"b":2,"a":1,"inputs":[]}'),
    "white space within a text": (b'{"a":"x y","inputs":[]}', b'{"a":"xy","inputs":[]}'),
    "a text and what it looks like": (b'{"a":"1","inputs":[]}', b'{"a":1,"inputs":[]}'),
    "an escaped quote": (b'{"a":"\\" ","inputs":[]}', b'{"a":"\\"","inputs":[]}'),
    "a backslash at the end": (b'{"a":"\\\\","b":" ","inputs":[]}', b'{"a":"\\\\","b":"","inputs":[]}'),
    "true and false": (b'{"a":true,"inputs":[]}', b'{"a":false,"inputs":[]}'),
    "an id that is not at the top": (
        v2(1, parameters={"id": "a"}),
        v2(1, parameters={"id": "b"}),
    ),
    "the name of a tensor": (
        json.dumps({"inputs": [tensor([1], name="x")]}).encode(),
        json.dumps({"inputs": [tensor([1], name="y")]}).encode(),
    ),
    "brackets in a text": (b'{"a":"]} ","inputs":[]}', b'{"a":"]}","inputs":[]}'),
}


@pytest.mark.parametrize("name", DIFFERENT_BODIES)
def test_different_bodies_are_two_requests(sidecars, numbered, name):
    one, other = DIFFERENT_BODIES[name]
    sidecar = start(sidecars, numbered())
    expect_two(sidecar, {"body": one}, {"body": other})


PLAIN = b'{"parameters":{"a":[1,2,{"b":"c d"}]},"inputs":[{"name":"x","shape":[2],"datatype":"INT64","data":[1,2]}]}'
EQUAL_BODIES = {
    "white space": json.dumps(json.loads(PLAIN), indent=2).encode(),
    "white space of every kind": PLAIN.replace(b",", b" ,\t").replace(b":", b"\r\n:").replace(b"[", b"[ "),
    "white space around it": b" \n" + PLAIN + b"\r\n\t ",
    "an id in front": b'{"id":"a",' + PLAIN[1:],
    "an id behind": PLAIN[:-1] + b' , "id" : "another"}',
    "an id in the middle": PLAIN.replace(b'"inputs"', b'"id": "]}\\"" ,"inputs"'),
    "an id whose name is escaped": b'{"\\u0069d":"a",' + PLAIN[1:],
}


@pytest.mark.parametrize("name", EQUAL_BODIES)
def test_white_space_and_id_make_no_difference(sidecars, numbered, name):
    model = numbered()
    sidecar = start(sidecars, model)
    expect_one(sidecar, {"body": PLAIN}, {"body": EQUAL_BODIES[name]})
    assert model.calls == 1


def test_a_body_in_chunks_is_the_same_as_in_one_piece(sidecars, numbered):
    sidecar = start(sidecars, numbered())
    assert call_number(ask(sidecar, v2(1))) == 0
    pieces = [v2(1)[:10], v2(1)[10:]]
    assert call_number(sidecar.ask("POST", INFER, [JSON], chunks=pieces)) == 0


@pytest.mark.parametrize("protocol, target", [("KServeV1", "/v1/models/m:predict"), ("MLflow", "/invocations")])
def test_in_other_protocols_an_id_is_data(sidecars, numbered, protocol, target):
    sidecar = start(sidecars, numbered(), protocol)
    bodies = [b'{"inputs":[1],"id":"a"}', b'{"inputs":[1],"id":"b"}']
    if protocol == "MLflow":
        bodies = [b'{"inputs":[1],"params":{"id":"a"}}', b'{"inputs":[1],"params":{"id":"b"}}']
    expect_two(sidecar, {"body": bodies[0], "target": target}, {"body": bodies[1], "target": target})


def test_a_generic_body_counts_byte_by_byte(sidecars, numbered):
    """What is not known to be JSON has no white space that means nothing."""
    sidecar = start(sidecars, numbered(), "Generic")
    expect_two(sidecar, {"body": b'{"a":1}', "target": "/"}, {"body": b'{"a": 1}', "target": "/"})
    expect_two(sidecar, {"body": b"\x00\xff", "target": "/"}, {"body": b"\x00\xfe", "target": "/"})
    expect_two(sidecar, {"body": b"", "target": "/"}, {"body": b" ", "target": "/"})


def test_csv_counts_byte_by_byte(sidecars, numbered):
    csv = [("Content-Type", "text/csv")]
    sidecar = start(sidecars, numbered(), "MLflow")
    expect_two(
        sidecar,
        {"body": b"a,b\n1, 2\n", "target": "/invocations", "fields": csv},
        {"body": b"a,b\n1,2\n", "target": "/invocations", "fields": csv},
    )


# Binary tensors.


def binary(data, shape, length=None, **members):
    size = len(data)
    one = {"name": "x", "datatype": "UINT8", "shape": shape, "parameters": {"binary_data_size": size}}
    text = json.dumps(members | {"inputs": [one]}).encode()
    fields = [
        ("Content-Type", "application/octet-stream"),
        ("Inference-Header-Content-Length", str(length or len(text))),
    ]
    return {"fields": fields, "body": text + data}


def test_binary_tensors_are_part_of_the_request(sidecars, numbered):
    sidecar = start(sidecars, numbered())
    expect_two(sidecar, binary(b"ab", [2]), binary(b"ac", [2]))
    expect_two(sidecar, binary(b"a ", [2]), binary(b"a\n", [2]))
    expect_two(sidecar, binary(struct.pack("<q", BIG), [8]), binary(struct.pack("<q", BIG - 1), [8]))
    expect_one(sidecar, binary(b"ab", [2], id="one"), binary(b"ab", [2], id="two"))


# Head.


def test_path_query_and_method_are_part_of_the_request(sidecars, numbered):
    sidecar = start(sidecars, numbered(), "Generic")
    base = {"body": b"x", "target": "/a"}
    for other in ({"target": "/b"}, {"target": "/a/"}, {"target": "/a?"}, {"target": "/a?x=1"}, {"method": "PUT"}):
        first = call_number(ask(sidecar, **base))
        assert call_number(ask(sidecar, **base | other)) != first, other
    expect_two(sidecar, base | {"target": "/a?x=1"}, base | {"target": "/a?x=2"})
    expect_two(sidecar, base | {"target": "/a?x=1&y=2"}, base | {"target": "/a?y=2&x=1"})
    expect_two(sidecar, {"target": "/g", "method": "GET", "body": None}, {"target": "/g", "body": None})


@pytest.mark.parametrize(
    "one, other",
    [
        ([("Accept", "application/json")], [("Accept", "text/csv")]),
        ([("Accept", "application/json")], []),
        ([("Accept", "application/json, text/csv")], [("Accept", "text/csv, application/json")]),
        ([("Accept", "a/b")], [("Accept", "a/b"), ("Accept", "c/d")]),
    ],
)
def test_accept_is_part_of_the_request(sidecars, numbered, one, other):
    expect_two(start(sidecars, numbered()), {"fields": [JSON, *one]}, {"fields": [JSON, *other]})


def test_content_type_is_part_of_the_request(sidecars, numbered):
    sidecar = start(sidecars, numbered(), "Generic")
    ways = [{"fields": [("Content-Type", kind)], "target": "/", "body": b"{}"} for kind in ("a/b", "c/d", "a/b;x=1")]
    expect_two(sidecar, ways[0], ways[1])
    expect_two(sidecar, ways[0], ways[2])
    expect_two(sidecar, ways[0], {"fields": [], "target": "/", "body": b"{}"})


def test_parts_that_run_together_are_two(sidecars, numbered):
    """The parts are told apart by their lengths: nothing can move from one to the next."""
    sidecar = start(sidecars, numbered(), "Generic")
    expect_two(sidecar, {"target": "/a?b", "body": b"x"}, {"target": "/a", "body": b"bx"})
    expect_two(
        sidecar,
        {"target": "/", "fields": [("Content-Type", "a/bc"), ("Accept", "d/e")], "body": b"x"},
        {"target": "/", "fields": [("Content-Type", "a/b"), ("Accept", "cd/e")], "body": b"x"},
    )


def test_fields_that_do_not_matter_make_no_difference(sidecars, numbered):
    sidecar = start(sidecars, numbered())
    traceparent = "00-" + "a" * 32 + "-" + "b" * 16 + "-01"
    other = [JSON, ("User-Agent", "x"), ("X-Request-Id", "7"), ("Traceparent", traceparent)]
    expect_one(sidecar, {}, {"fields": other})


# Who asks.


def as_(*names):
    return [{"fields": [JSON, *by(name)]} for name in names]


KEYS = api_keys(
    callers("ann", "ben", secret="acme", tenant="acme"),
    callers("cat", secret="umbrella", tenant="umbrella"),
    callers("dan", "eve", secret="single"),
)


def test_in_scope_principal_nobody_gets_anothers_answer(sidecars, numbered):
    sidecar = start(sidecars, numbered(), scope="Principal", auth=[KEYS])
    for one, other in [("ann", "ben"), ("ann", "cat"), ("dan", "eve"), ("cat", "dan")]:
        expect_two(sidecar, *as_(one, other))


def test_in_scope_tenant_only_the_tenant_shares(sidecars, numbered):
    sidecar = start(sidecars, numbered(), scope="Tenant", auth=[KEYS])
    expect_one(sidecar, *as_("ann", "ben"))
    for one, other in [("ann", "cat"), ("dan", "eve"), ("ben", "dan")]:
        expect_two(sidecar, *as_(one, other))


def test_in_scope_shared_everybody_who_may_ask_shares(sidecars, numbered):
    model = numbered()
    sidecar = start(sidecars, model, scope="Shared", auth=[KEYS])
    for name in ("ben", "cat", "dan"):
        expect_one(sidecar, *as_("ann", name))
    assert model.calls == 1
    assert ask(sidecar).status == 401, "and nobody else"


@pytest.mark.parametrize("scope", ["Principal", "Tenant"])
def test_namesakes_of_two_secrets_do_not_share(sidecars, numbered, scope):
    keys = api_keys(
        key_set(key("alice", secret_of("one")), secret="one"), key_set(key("alice", secret_of("two")), secret="two")
    )
    expect_two(start(sidecars, numbered(), scope=scope, auth=[keys]), *as_("one", "two"))


@pytest.mark.parametrize("scope", ["Principal", "Tenant"])
def test_namesakes_of_two_methods_do_not_share(sidecars, numbered, scope):
    other = api_keys(
        key_set(key("alice", secret_of("b"))), name="others", headers=[{"name": "x-other-key", "scheme": ""}]
    )
    auth = [api_keys(key_set(key("alice", ALICE))), other]
    ways = [{"fields": [JSON, ("X-Api-Key", ALICE)]}, {"fields": [JSON, ("X-Other-Key", secret_of("b"))]}]
    expect_two(start(sidecars, numbered(), scope=scope, auth=auth), *ways)


def test_a_tenant_and_a_principal_of_one_name_do_not_share(sidecars, numbered):
    keys = api_keys(callers("ann", secret="one", tenant="ben"), callers("ben", secret="two"))
    expect_two(start(sidecars, numbered(), scope="Tenant", auth=[keys]), *as_("ann", "ben"))


@pytest.mark.parametrize("scope", ["Principal", "Tenant"])
def test_who_is_anonymous_gets_nothing_of_who_is_known(sidecars, numbered, scope):
    sidecar = start(sidecars, numbered(), scope=scope, auth=[KEYS, anonymous()])
    expect_two(sidecar, {"fields": [JSON]}, *as_("ann"))
    expect_one(sidecar, {"fields": [JSON]}, {"fields": [JSON]})


def test_a_credential_is_no_part_of_what_is_shared(sidecars, numbered):
    """The same caller by another field of the same method is the same caller."""
    sidecar = start(sidecars, numbered(), scope="Principal", auth=[KEYS])
    bearer = {"fields": [JSON, ("Authorization", f"Bearer {secret_of('ann')}")]}
    expect_one(sidecar, *as_("ann"), bearer)


# Which model answers.


def test_routes_do_not_share(sidecars, numbered):
    model = numbered()
    keep = cache(scope="Shared")
    sidecar = sidecars(
        config(
            route(model, name="a", hostnames=["a.test"], protocol="OpenInferenceV2", model="m", cache=keep),
            route(model, name="b", hostnames=["b.test"], protocol="OpenInferenceV2", model="m", cache=keep),
        )
    )
    numbers = [call_number(sidecar.ask("POST", INFER, [JSON], v2(1), host=f"{host}.test")) for host in "abab"]
    assert numbers == [0, 1, 0, 1]


def test_versions_do_not_share_however_they_are_chosen(sidecars, numbered):
    one, two = numbered(), numbered()
    sidecar = sidecars(
        config(
            route(
                version("v1", one, 100),
                version("v2", two, 0),
                protocol="OpenInferenceV2",
                model="m",
                split={"overrides": [override("v2", x_model="v2")]},
                cost=cost(per("Request")),
                cache=cache(scope="Shared"),
            )
        )
    )
    for fields, target, chosen in [
        ([JSON], INFER, "v1"),
        ([JSON, ("X-Model", "v2")], INFER, "v2"),
        ([JSON], "/v2/models/m/versions/v2/infer", "v2"),
        ([JSON], "/v2/models/m/versions/v1/infer", "v1"),
    ] * 2:
        answer = ask(sidecar, fields=fields, target=target)
        assert answer.status == 200 and answer.chosen == chosen
    # A version named in the path is another path, so it may be another entry, but never another model's.
    assert one.calls <= 2 and two.calls <= 2


def test_two_versions_behind_one_address_do_not_share(sidecars, numbered):
    model = numbered()
    sidecar = sidecars(
        config(
            route(
                version("v1", model, 100),
                version("v2", model, 0),
                paths=[path("/")],
                split={"overrides": [override("v2", x_model="v2")]},
                cache=cache(scope="Shared"),
            )
        )
    )
    expect_two(sidecar, {"target": "/"}, {"target": "/", "fields": [JSON, ("X-Model", "v2")]})
