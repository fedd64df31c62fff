"""Rules say what each caller may do: whom no rule allows it is refused with 403 and never reaches the model."""

import json

import pytest

from harness.config import (
    access, anonymous, api_keys, by, callers, config, override, route, version,
)
from harness.tokens import Issuer, bearer, tokens

INFER, METADATA, READY = "/v2/models/m/infer", "/v2/models/m", "/v2/models/m/ready"
CHAT = "/v1/chat/completions"


@pytest.fixture(scope="module")
def corp():
    return Issuer()


def people():
    """alice of acme, bob of globex with a label, and carol of nobody."""
    return api_keys(
        callers("alice", secret="acme-keys", tenant="acme"),
        callers("bob", secret="globex-keys", tenant="globex", labels={"role": "tester"}),
        callers("carol"),
    )


@pytest.fixture
def ruled(sidecars, model):
    """ruled(rule, ...) is a sidecar with a route of these rules."""

    def start(*rules, mode="Enforce", auth=None, **more):
        return sidecars(config(
            route(model, protocol="OpenInferenceV2", model="m", auth=auth or [people()],
                  authorization=access(mode, *rules), **more)
        ))

    return start


def outcome(sidecar, who, target=INFER, fields=()):
    method, body = ("POST", b"{}") if target.endswith("infer") else ("GET", b"")
    answer = sidecar.ask(method, target, [*(by(who) if who else []), *fields], body)
    return answer.reason or answer.status


def claim(name, test, *values):
    return {"claim": name, "test": test, "values": list(values)}


def test_whom_no_rule_allows_is_refused(ruled, model):
    sidecar = ruled({"principals": [{"method": "keys", "issuer": "", "name": "alice"}]})
    assert outcome(sidecar, "alice") == 200
    assert outcome(sidecar, "bob") == "NotAuthorized"
    assert outcome(sidecar, None) == "CredentialMissing"
    assert len(model.requests) == 1


def test_the_first_rule_that_fits_decides(ruled):
    sidecar = ruled(
        {"action": "Deny", "tenants": ["globex"], "name": "no-globex"}, {"keyLabels": {"role": "tester"}}, {}
    )
    assert [outcome(sidecar, who) for who in ("alice", "bob", "carol")] == [200, "NotAuthorized", 200]


def test_a_caller_learns_403_and_the_log_and_a_metric_why(ruled):
    sidecar = ruled({"action": "Deny", "tenants": ["globex"], "name": "no-globex"}, {"tenants": ["acme"]})
    texts = []
    for who in ("bob", "carol"):
        answer = sidecar.ask("POST", INFER, [*by(who), ("X-Request-Id", "1")], b"{}")
        assert (answer.status, answer.headers.get("www-authenticate")) == (403, None)
        texts.append(answer.body)
    assert texts[0] == texts[1] and b"globex" not in texts[0] and b"rule" not in texts[0]
    lines = sidecar.access_lines(2)
    assert [line["reason"] for line in lines] == ["NotAuthorized"] * 2
    assert lines[0]["error"] == 'rule "no-globex" of authorization denies it'
    assert lines[1]["error"] == "no rule of authorization allows it"
    assert lines[0]["principal"]["name"] == "bob"
    sidecar.expect_metric(2, "mlgateway_refusals_total", reason="NotAuthorized", mlroute="r")


def test_predictions_metadata_and_health_are_told_apart(ruled):
    sidecar = ruled(
        {"tenants": ["acme"], "operations": ["Predict"]}, {"tenants": ["globex"], "operations": ["Metadata"]},
        {"operations": ["Health"]},
    )
    no = "NotAuthorized"
    wanted = {"alice": [200, no, 200], "bob": [no, 200, 200], "carol": [no, no, 200]}
    for who, outcomes in wanted.items():
        assert [outcome(sidecar, who, target) for target in (INFER, METADATA, READY)] == outcomes, who


def test_anybody_may_ask_for_health_where_predictions_need_a_key(ruled):
    sidecar = ruled({"operations": ["Health"]}, {"tenants": ["acme"]}, auth=[people(), anonymous()])
    assert outcome(sidecar, None, READY) == 200
    assert outcome(sidecar, None) == "NotAuthorized"
    assert outcome(sidecar, "alice") == 200


CLAIMS = {
    "a scope among others": ({"scope": "openid predict"}, 200),
    "a list of scopes": ({"scope": ["predict", "openid"]}, 200),
    "a scope that only begins so": ({"scope": "predictor"}, 403),
    "another word of it": ({"scope": ["openid predict"]}, 403),
    "no scope": ({}, 403),
    "a nested role": ({"realm": {"roles": ["ml", "ops"]}}, 200),
    "a nested role of another name": ({"realm": {"roles": ["mlx"]}}, 403),
    "a prefix": ({"org": "acme/eu"}, 200),
    "a prefix and something that is denied": ({"org": "acme/eu", "banned": True}, 403),
}


def test_claims_of_a_token_decide(ruled, corp):
    sidecar = ruled(
        {"action": "Deny", "claims": [claim("banned", "Equals", "true")]},
        {"claims": [claim("scope", "Contains", "predict")]},
        {"claims": [claim("/realm/roles", "Contains", "ml")]},
        {"claims": [claim("org", "Prefix", "acme/")]},
        auth=[tokens(corp, tenantClaim=""), api_keys(callers("alice"))],
    )
    for name, (claims, status) in CLAIMS.items():
        token = corp.token(**claims)
        for _ in range(2):  # the second time it is remembered
            assert sidecar.ask("POST", INFER, bearer(token), b"{}").status == status, name
    assert outcome(sidecar, "alice") == "NotAuthorized"


def two(models, *rules, mode="Enforce", weights=(50, 50), **more):
    first, second = models(), models()
    return config(
        route(version("v1", first, weights[0]), version("v2", second, weights[1]), protocol="OpenInferenceV2",
              model="m", auth=[people()], authorization=access(mode, *rules),
              split={"overrides": [override("v2", x_try="v2")]}, **more)
    )


def test_who_may_call_one_version_gets_that_one(sidecars, models):
    sidecar = sidecars(two(models, {"tenants": ["acme"], "versions": ["v2"]}, {"tenants": ["globex"]}))
    with sidecar.client() as client:
        assert {client.ask("POST", INFER, by("alice"), b"{}").chosen for _ in range(40)} == {"v2"}
        assert {client.ask("POST", INFER, by("bob"), b"{}").chosen for _ in range(60)} == {"v1", "v2"}


def test_a_version_that_one_may_not_call_cannot_be_asked_for(sidecars, models):
    sidecar = sidecars(two(models, {"tenants": ["acme"], "versions": ["v1"]}, {"tenants": ["globex"]}))
    for target, fields in [(INFER, [("X-Try", "v2")]), ("/v2/models/m/versions/v2/infer", []),
                           ("/v2/models/m/versions/none/infer", [])]:
        assert outcome(sidecar, "alice", target, fields) == "NotAuthorized"
    assert outcome(sidecar, "alice", "/v2/models/m/versions/v1/infer") == 200
    assert outcome(sidecar, "bob", INFER, [("X-Try", "v2")]) == 200
    assert outcome(sidecar, "bob", "/v2/models/m/versions/none/infer") == "VersionNotFound"


def test_overrides_are_for_whom_a_rule_gives_them(sidecars, models):
    sidecar = sidecars(two(models, {"keyLabels": {"role": "tester"}}, {"overrides": False}))
    assert outcome(sidecar, "bob", INFER, [("X-Try", "v2")]) == 200
    assert outcome(sidecar, "alice", INFER, [("X-Try", "v2")]) == "OverrideNotAllowed"
    assert outcome(sidecar, "alice", "/v2/models/m/versions/v1/infer") == "OverrideNotAllowed"
    assert outcome(sidecar, "alice") == 200


def test_a_dry_run_refuses_nobody_and_counts_whom_it_would(ruled, model):
    sidecar = ruled({"tenants": ["acme"]}, mode="DryRun")
    assert [outcome(sidecar, who) for who in ("alice", "bob", "carol")] == [200, 200, 200]
    assert len(model.requests) == 3
    lines = sidecar.access_lines(3)
    assert [line["would_refuse"] for line in lines] == [None, "NotAuthorized", "NotAuthorized"]
    assert [line["reason"] for line in lines] == [None] * 3
    assert lines[1]["error"] == "no rule of authorization allows it"
    sidecar.expect_metric(2, "mlgateway_authorization_dry_run_refusals_total", mlroute="r")
    assert sidecar.metric("mlgateway_refusals_total", reason="NotAuthorized") == 0
    assert outcome(sidecar, None) == "CredentialMissing"


def test_a_dry_run_moves_nobody_to_another_version(sidecars, models):
    sidecar = sidecars(two(models, {"versions": ["v1"], "overrides": False}, mode="DryRun", weights=(0, 100)))
    assert sidecar.ask("POST", INFER, by("alice"), b"{}").chosen == "v2"
    assert outcome(sidecar, "alice", "/v2/models/m/versions/v2/infer") == 200
    sidecar.expect_metric(2, "mlgateway_authorization_dry_run_refusals_total", mlroute="r")


def test_a_change_of_rules_holds_for_tokens_that_are_remembered(sidecars, model, corp):
    def of(word, generation):
        rules = access("Enforce", {"claims": [claim("scope", "Contains", word)]})
        return config(route(model, auth=[tokens(corp)], authorization=rules, generation=generation))

    sidecar = sidecars(of("predict", 1))
    token = corp.token(scope="predict")
    with sidecar.client() as client:
        assert client.ask(headers=bearer(token)).status == 200
        sidecar.reload(of("train", 2))
        assert client.ask(headers=bearer(token)).reason == "NotAuthorized"


def chat_routes(model):
    """Two models of one host, each for one tenant."""
    def only(tenant, name):
        return route(model, name=name, protocol="OpenAI", model=name, auth=[people()],
                     authorization=access("Enforce", {"tenants": [tenant]}))

    return config(only("acme", "small"), only("globex", "large"))


def test_no_body_is_read_for_whom_no_candidate_allows_it(sidecars, model):
    sidecar = sidecars(chat_routes(model))
    with sidecar.client() as client:
        client.send(b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\nExpect: 100-continue\r\n"
                    b"X-Api-Key: " + by("carol")[0][1].encode() + b"\r\n\r\n")
        assert client.answer("POST").reason == "NotAuthorized"
    assert model.requests == []


def test_the_model_that_a_body_names_has_the_last_word(sidecars, model):
    sidecar = sidecars(chat_routes(model))

    def ask(who, name):
        body = json.dumps({"model": name, "messages": []}).encode()
        return sidecar.ask("POST", CHAT, [*by(who), ("Content-Type", "application/json")], body)

    assert ask("alice", "small").status == 200
    assert (ask("alice", "large").status, ask("alice", "large").reason) == (403, "NotAuthorized")
    assert ask("bob", "large").status == 200


def test_a_list_of_models_has_those_that_one_may_ask_about(sidecars, model):
    sidecar = sidecars(chat_routes(model))

    def listed(who):
        return [each["id"] for each in json.loads(sidecar.ask("GET", "/v1/models", by(who)).body)["data"]]

    assert (listed("alice"), listed("bob")) == (["small"], ["large"])
    assert sidecar.ask("GET", "/v1/models", by("carol")).reason == "NotAuthorized"
