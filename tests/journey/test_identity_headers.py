"""A model is told who calls, in fields that nobody else can write."""

import pytest

from harness.config import anonymous, api_keys, by, callers, config, route

TOLD = {"x-user": "Principal", "x-tenant": "Tenant"}


@pytest.fixture
def telling(sidecars, model):
    people = api_keys(callers("alice", tenant="acme"), callers("bob", secret="others"))
    return sidecars(config(route(model, auth=[people, anonymous()], identity=TOLD)))


def told(model):
    """What the last request has told of the caller, in any spelling."""
    fields = [(name.lower().replace("_", "-"), value) for name, value in model.requests[-1].headers]
    return [(name, value) for name, value in fields if name in ("x-user", "x-tenant")]


def test_the_model_is_told_who_calls(telling, model):
    assert telling.ask(headers=by("alice")).status == 200
    assert told(model) == [("x-user", "alice"), ("x-tenant", "acme")]
    assert telling.ask(headers=by("bob")).status == 200
    assert told(model) == [("x-user", "bob")]


def test_nobody_can_say_that_he_is_another(telling, model):
    lies = [("X-User", "root"), ("x-tenant", "globex"), ("X_User", "root"), ("x_tenant", "globex"), ("X-USER", "root")]
    assert telling.ask(headers=[*lies, *by("bob")]).status == 200
    assert told(model) == [("x-user", "bob")]
    assert telling.ask(headers=lies).status == 200
    assert told(model) == []


def test_a_trailer_tells_nothing_of_who_calls(telling, model):
    with telling.client() as client:
        client.send(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTrailer: x-user\r\n\r\n"
                    b"1\r\na\r\n0\r\nX-User: root\r\nx_tenant: root\r\n\r\n")
        assert client.answer("POST").status == 200
    assert "root" not in str(vars(model.requests[-1]))
