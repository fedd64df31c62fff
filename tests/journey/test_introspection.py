"""Tokens that only their provider can read: it is asked, and whatever it does, nobody is let in who should not be."""

import base64
import concurrent.futures
import json
import threading
import time
import urllib.parse

import pytest

from harness.client import eventually
from harness.config import ALICE, ADMIN_TOKEN, access, anonymous, api_keys, callers, config, route
from harness.provider import Provider, answer, breaks_off, drips, floods, hangs, says
from harness.tls import Authority
from harness.tokens import Issuer, bearer, opaque, tokens

KNOWN = [("X-Api-Key", ALICE)]


@pytest.fixture
def providers():
    """providers(behaviour, ...) starts one."""
    started = []

    def start(*args, **kwargs):
        started.append(Provider(*args, **kwargs))
        return started[-1]

    yield start
    for provider in started:
        provider.close()


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("ca"))


def active(**claims):
    """It is good, and alice's."""
    return says(json.dumps({"active": True, "sub": "alice"} | claims))


INACTIVE = says('{"active": false}')


def of(model, provider, *others, authorization=None, **more):
    """A route that asks this provider, and takes a key that needs nobody asked."""
    url = provider if isinstance(provider, str) else provider.url("/introspect")
    methods = [opaque(url, **more), api_keys(headers=[{"name": "x-api-key", "scheme": ""}]), *others]
    return config(route(model, auth=methods, authorization=authorization))


def asks(provider):
    return len(provider.forms)


def expect_closed(sidecar, model, token="opaque-1"):
    """The token opens nothing, and who has a key does not notice."""
    before = len(model.requests)
    with concurrent.futures.ThreadPoolExecutor() as pool:
        asked = pool.submit(sidecar.ask, headers=bearer(token))
        began = time.monotonic()
        assert sidecar.ask(headers=KNOWN).status == 200
        assert time.monotonic() - began < 5
        answered = asked.result()
    assert (answered.status, answered.reason) == (503, "IntrospectionUnavailable")
    assert len(model.requests) == before + 1


def test_an_active_token_is_let_in_and_asked_about_once(sidecars, model, providers):
    provider = providers(active(org="botany", plan="gold"))
    sidecar = sidecars(of(model, provider))
    for _ in range(3):
        assert sidecar.ask("POST", headers=bearer("opaque-1"), body=b"x").status == 200
    (authorization, body), = provider.forms
    assert base64.b64decode(authorization.removeprefix("Basic ")) == b"gateway:gateway-secret"
    assert urllib.parse.parse_qs(body) == {"token": ["opaque-1"], "token_type_hint": ["access_token"]}
    line = sidecar.access_lines(3)[0]
    assert line["principal"] == {"method": "opaque", "issuer": "https://opaque.test/", "name": "alice"}
    assert line["tenant"] == "botany"
    assert all("opaque-1" not in str(request.headers) for request in model.requests)
    assert sidecar.metric("mlgateway_introspections_total", result="active") == 1


def test_secrets_are_in_no_log_and_on_no_page(sidecars, model, providers):
    sidecar = sidecars(of(model, providers(says("{}"))))
    expect_closed(sidecar, model)
    shown = sidecar.admin("/config", ADMIN_TOKEN).body.decode() + json.dumps(sidecar.state()) + "".join(sidecar.log)
    assert "gateway-secret" not in shown and "opaque-1" not in shown + json.dumps(sidecar.access_lines(2))


def test_a_client_may_prove_itself_in_the_body(sidecars, model, providers):
    provider = providers(active())
    assert sidecars(of(model, provider, authentication="Post")).ask(headers=bearer("opaque-1")).status == 200
    (authorization, body), = provider.forms
    assert authorization is None
    assert urllib.parse.parse_qs(body)["client_secret"] == ["gateway-secret"]


REFUSALS = {
    "inactive": (INACTIVE, "TokenInactive"),
    "active, but over": (active(exp=1), "CredentialExpired"),
    "active, but somebody else's": (active(iss="https://id.test/"), "TokenIssuerUnknown"),
    "active, but nobody's": (active(sub=None), "TokenClaimsInvalid"),
    "active, but for others": (active(aud="others"), "TokenAudienceMismatch"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_a_token_that_is_refused_stays_out_and_is_not_asked_about_each_time(sidecars, model, providers, name):
    behaviour, reason = REFUSALS[name]
    provider = providers(behaviour)
    sidecar = sidecars(of(model, provider, anonymous(), audiences=["models"] if "others" in name else []))
    for _ in range(3):
        answered = sidecar.ask(headers=bearer("opaque-1"))
        assert (answered.status, answered.reason) == (401, reason)
        assert answered.headers.get("www-authenticate") == 'Bearer realm="mlgateway", error="invalid_token"'
    assert asks(provider) == 1 and model.requests == []


def test_what_is_no_bearer_token_is_nobody_asked_about(sidecars, model, providers):
    provider = providers(active())
    sidecar = sidecars(of(model, provider))
    for value in ("Bearer a b", 'Bearer "x"', "Basic b3BhcXVl", "Bearer " + "a" * 9000):
        assert sidecar.ask(headers=[("Authorization", value)]).reason == "CredentialInvalid"
    assert sidecar.ask(headers=[*KNOWN, *bearer("opaque-1")]).status == 400
    assert sidecar.ask(headers=KNOWN).status == 200
    assert asks(provider) == 0


def test_a_revoked_token_is_refused_when_it_was_remembered_long_enough(sidecars, model, providers):
    provider = providers(active())
    sidecar = sidecars(of(model, provider, rememberMs=300, rememberRefusedMs=0))
    assert sidecar.ask(headers=bearer("opaque-1")).status == 200
    provider.behaviour = INACTIVE
    eventually(lambda: sidecar.ask(headers=bearer("opaque-1")).reason == "TokenInactive")
    provider.behaviour = active()
    assert sidecar.ask(headers=bearer("opaque-1")).status == 200


def test_a_token_ends_with_its_exp(sidecars, model, providers):
    provider = providers(active(exp=int(time.time()) + 3))
    sidecar = sidecars(of(model, provider))
    assert sidecar.ask(headers=bearer("opaque-1")).status == 200
    eventually(lambda: sidecar.ask(headers=bearer("opaque-1")).reason == "CredentialExpired", patience=8)


def test_many_requests_with_one_token_ask_once(sidecars, model, providers):
    gate = threading.Event()

    def slow(handler):
        gate.wait(10)
        active()(handler)

    provider = providers(slow)
    sidecar = sidecars(of(model, provider, timeoutMs=20_000), workers=2)
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        answers = [pool.submit(sidecar.ask, headers=bearer("opaque-1")) for _ in range(20)]
        eventually(lambda: asks(provider) == 1)
        # While it is asked, nobody else waits.
        assert sidecar.ask(headers=KNOWN).status == 200
        time.sleep(0.3)  # for a second question, if there were one
        gate.set()
        assert {each.result().status for each in answers} == {200}
    assert asks(provider) == 1


FAULTS = {
    "hangs": hangs,
    "drips": drips,
    "floods": floods,
    "breaks off": breaks_off,
    "says 500": says('{"active":true,"sub":"alice"}', 500),
    "says 401": says('{"active":true,"sub":"alice"}', 401),
    "says 204": says("", 204),
    "says junk": says("<html>please log in</html>"),
    "says a list": says('[{"active":true,"sub":"alice"}]'),
    "says nothing of it": says('{"sub":"alice"}'),
    "says active in words": says('{"active":"true","sub":"alice"}'),
    "contradicts itself": says('{"active":true,"sub":"alice","active":false}'),
    "goes on after the end": says('{"active":true,"sub":"alice"}}'),
    "is deep": says('{"active":true,"sub":"alice","x":' + "[" * 10_000 + "]" * 10_000 + "}"),
    "is enormous": says('{"active":true,"sub":"alice","x":"' + "x" * 300_000 + '"}'),
    "lies about its length": lambda handler: answer(handler, '{"active":true,"sub":"alice"}', length=5000),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_provider_at_fault_lets_nobody_in(sidecars, model, providers, name):
    provider = providers(FAULTS[name])
    sidecar = sidecars(of(model, provider, timeoutMs=300))
    expect_closed(sidecar, model)
    # A failure is no verdict: the next request asks again, and finds it mended.
    provider.behaviour = active()
    assert sidecar.ask(headers=bearer("opaque-1")).status == 200


def test_a_provider_that_is_not_there_lets_nobody_in(sidecars, model, providers):
    gone = providers(active())
    gone.close()
    expect_closed(sidecars(of(model, gone)), model)
    expect_closed(sidecars(of(model, "https://nowhere.invalid/introspect")), model)
    expect_closed(sidecars(of(model, "")), model)


def test_a_redirect_is_not_followed(sidecars, model, providers):
    there = providers(active())

    def elsewhere(handler):
        handler.send_response(307)
        handler.send_header("Location", there.url("/introspect"))
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    expect_closed(sidecars(of(model, providers(elsewhere))), model)
    assert there.asked == []


def test_a_provider_needs_a_certificate_of_the_authority_for_its_name(
    sidecars, model, providers, authority, tmp_path
):
    good = providers(active(), tls=authority.certificate())
    assert sidecars(of(model, good, ca=authority.ca)).ask(headers=bearer("opaque-1")).status == 200
    wrong_name = providers(active(), tls=authority.certificate("DNS:id.test", "other"))
    expect_closed(sidecars(of(model, wrong_name, ca=authority.ca)), model)
    expect_closed(sidecars(of(model, good, ca=Authority(tmp_path, "other").ca)), model)
    expect_closed(sidecars(of(model, good)), model)
    assert (asks(good), asks(wrong_name)) == (1, 0)


def test_a_provider_that_goes_on_failing_is_left_alone(sidecars, model, providers):
    provider = providers(says("", 500))
    sidecar = sidecars(of(model, provider))
    for n in range(30):
        assert sidecar.ask(headers=bearer(f"opaque-{n}")).reason == "IntrospectionUnavailable"
    assert 5 <= asks(provider) < 15, "every request has asked a provider that fails"
    assert sidecar.metric("mlgateway_introspection_circuit_open") == 1
    assert sidecar.metric("mlgateway_introspections_total", result="shed") >= 15
    provider.behaviour = active()
    eventually(lambda: sidecar.ask(headers=bearer("opaque-1")).status == 200, patience=40)
    assert sidecar.metric("mlgateway_introspection_circuit_open") == 0


def test_a_route_with_a_wrong_secret_closes_the_provider_for_no_other(sidecars, model, providers):
    def choosy(handler):
        good = base64.b64encode(b"gateway:gateway-secret").decode()
        known = handler.headers["Authorization"] == f"Basic {good}"
        answer(handler, json.dumps({"active": True, "sub": "alice"}), 200 if known else 401)

    url = providers(choosy).url("/introspect")
    sidecar = sidecars(config(route(model, name="good", hostnames=["good.test"], auth=[opaque(url)]),
                              route(model, name="bad", hostnames=["bad.test"], auth=[opaque(url, clientSecret="old")])))
    for n in range(10):
        assert sidecar.ask(host="bad.test", headers=bearer(f"opaque-{n}")).reason == "IntrospectionUnavailable"
    assert sidecar.metric("mlgateway_introspection_circuit_open") == 1
    assert sidecar.ask(host="good.test", headers=bearer("opaque-1")).status == 200


def test_who_is_remembered_does_not_notice_that_the_provider_is_gone(sidecars, model, providers):
    provider = providers(active())
    sidecar = sidecars(of(model, provider))
    assert sidecar.ask(headers=bearer("opaque-1")).status == 200
    provider.behaviour = hangs
    began = time.monotonic()
    assert sidecar.ask(headers=bearer("opaque-1")).status == 200
    assert time.monotonic() - began < 0.9


def test_a_caller_waits_no_longer_than_he_wants_to(sidecars, model, providers):
    sidecar = sidecars(of(model, providers(hangs), timeoutMs=20_000))
    answered = sidecar.ask(headers=[*bearer("opaque-1"), ("X-Request-Timeout-Ms", "200")])
    assert (answered.status, answered.reason) == (504, "CallerDeadline")
    with sidecar.client() as client:
        client.send(b"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer opaque-2\r\n\r\n")
        time.sleep(0.2)
    eventually(lambda: any(line["reason"] == "ClientClosed" for line in sidecar.access_lines(2)))


def test_a_method_of_signed_tokens_keeps_its_own(sidecars, model, providers):
    corp = Issuer()
    provider = providers(active())
    sidecar = sidecars(of(model, provider, tokens(corp)))
    assert sidecar.ask(headers=bearer(corp.token())).status == 200
    assert sidecar.ask(headers=bearer(corp.token(exp=1))).reason == "CredentialExpired"
    assert sidecar.ask(headers=bearer(Issuer().token())).reason == "TokenSignatureInvalid"
    assert asks(provider) == 0
    # A signed token of nobody here is one that only its provider can read.
    assert sidecar.ask(headers=bearer(corp.token(iss="https://opaque.test/"))).status == 200
    assert asks(provider) == 1


def test_rules_look_at_what_the_provider_says(sidecars, model, providers):
    rule = {"claims": [{"claim": "scope", "test": "Contains", "values": ["predict"]}]}
    provider = providers(active(scope="read"))
    sidecar = sidecars(of(model, provider, authorization=access("Enforce", rule)))
    assert sidecar.ask(headers=bearer("reader")).reason == "NotAuthorized"
    provider.behaviour = active(scope="read predict")
    assert sidecar.ask(headers=bearer("predictor")).status == 200


def chat(model, name, methods):
    return route(model, name=name, protocol="OpenAI", model=name, auth=methods)


def test_what_one_route_knows_is_shown_to_no_other_routes_provider(sidecars, model, providers):
    provider = providers(INACTIVE)
    by_bearer = [{"name": "authorization", "scheme": "Bearer"}]
    asking = opaque(provider.url("/introspect"))
    sidecar = sidecars(config(chat(model, "asking", [asking]), chat(model, "keyed", [api_keys(headers=by_bearer)]),
                              chat(model, "other", [api_keys(callers("carol"), headers=by_bearer)])))

    def ask(token, model="keyed"):
        body = b'{"model": "%s", "messages": []}' % model.encode()
        return sidecar.ask("POST", "/v1/chat/completions", [*bearer(token), ("Content-Type", "application/json")], body)

    assert ask(ALICE).status == 200
    # The route that the body names does not know the key; another one does.
    assert ask(ALICE, "other").status == 401
    assert sidecar.ask("GET", "/v1/models", bearer(ALICE)).status == 200
    assert asks(provider) == 0
    assert ask("opaque-1").status == 401
    assert asks(provider) == 1


def test_a_list_of_models_has_all_that_the_provider_opens(sidecars, model, providers):
    provider = providers(active())
    asking = opaque(provider.url("/introspect"))
    sidecar = sidecars(config(chat(model, "one", [asking]), chat(model, "two", [asking]),
                              chat(model, "three", [api_keys()])))
    listed = json.loads(sidecar.ask("GET", "/v1/models", bearer("opaque-1")).body)
    assert sorted(each["id"] for each in listed["data"]) == ["one", "two"]
