"""Who has a signed token of a trusted issuer is let in, by the name that its claims say, and nobody else is."""

import json
import time

import pytest

from harness.client import eventually
from harness.config import ALICE, anonymous, api_keys, budget, config, quota, route, tier, version
from harness.tokens import Issuer, base64url, bearer, tokens


@pytest.fixture(scope="module")
def corp():
    return Issuer()


@pytest.fixture(scope="module")
def stranger():
    return Issuer()


@pytest.fixture
def gated(sidecars, model, corp):
    """A route that takes tokens of corp."""
    return sidecars(config(route(model, auth=[tokens(corp)])))


def test_a_good_token_is_let_in_and_kept_from_the_model(gated, model, corp):
    token = corp.token(org="botany")
    for _ in range(3):
        assert gated.ask("POST", headers=bearer(token), body=b"x").status == 200
    assert len(model.requests) == 3
    assert all("authorization" not in str(request.headers).lower() for request in model.requests)
    line = gated.access_lines(3)[0]
    assert line["principal"] == {"method": "corp", "issuer": corp.issuer, "name": "alice"}
    assert line["tenant"] == "botany"
    assert token not in json.dumps(gated.access_lines(3))


def refused(corp, stranger):
    now = int(time.time())
    good = corp.token()
    good_claims = json.dumps(corp.claims())
    header, payload, signature = good.split(".")
    other = base64url(json.dumps(corp.claims(sub="root")))
    unsigned = base64url('{"alg":"none"}')
    hmac = base64url('{"alg":"HS256","kid":"k1"}')
    return {
        "nothing": (None, "CredentialMissing"),
        "an opaque one": ("opaque", "CredentialInvalid"),
        "one that is too long": (corp.token(x="x" * 13000), "TokenMalformed"),
        "another's signature": (stranger.token(), "TokenSignatureInvalid"),
        "another payload": (f"{header}.{other}.{signature}", "TokenSignatureInvalid"),
        "no signature": (f"{header}.{payload}.", "TokenSignatureInvalid"),
        "no algorithm": (f"{unsigned}.{payload}.", "TokenAlgorithmNotAllowed"),
        "an algorithm of secrets": (f"{hmac}.{payload}.{signature}", "TokenAlgorithmNotAllowed"),
        "an algorithm that is not allowed": (corp.token({"alg": "RS512"}), "TokenAlgorithmNotAllowed"),
        "an unknown key": (corp.token({"kid": "k2"}), "TokenKeyUnknown"),
        "a key of its own": (stranger.token({"jwk": stranger.jwk()}), "TokenSignatureInvalid"),
        "an extension": (corp.token({"crit": ["exp"]}), "TokenMalformed"),
        "another type": (corp.token({"typ": "logout+jwt"}), "TokenMalformed"),
        "another issuer": (corp.token(iss="https://id.test"), "TokenIssuerUnknown"),
        "another audience": (corp.token(aud=["others"]), "TokenAudienceMismatch"),
        "no audience": (corp.token(aud=None), "TokenAudienceMismatch"),
        "no expiry": (corp.token(exp=None), "TokenClaimsInvalid"),
        "one that has expired": (corp.token(exp=now - 1), "CredentialExpired"),
        "one for later": (corp.token(nbf=now + 60), "TokenNotYetValid"),
        "no name": (corp.token(sub=None), "TokenClaimsInvalid"),
        "a tenant that is none": (corp.token(org=["a"]), "TokenClaimsInvalid"),
        "a claim twice": (corp.signed('{"alg":"RS256"}', '{"sub":"a",' + good_claims[1:]), "TokenMalformed"),
    }


def test_anything_else_is_refused_and_never_reaches_the_model(gated, model, corp, stranger):
    for name, (token, reason) in refused(corp, stranger).items():
        answer = gated.ask("POST", headers=bearer(token) if token else [], body=b"x")
        assert (answer.status, answer.reason) == (401, reason), name
        challenge = 'Bearer realm="mlgateway"' + (', error="invalid_token"' if token else "")
        assert answer.headers.get("www-authenticate") == challenge, name
    assert model.connections == []


def test_a_token_and_a_key_at_once_are_refused_as_a_bad_request(sidecars, model, corp):
    sidecar = sidecars(config(route(model, auth=[tokens(corp), api_keys()])))
    answer = sidecar.ask(headers=[*bearer(corp.token()), ("X-Api-Key", ALICE)])
    assert (answer.status, answer.reason) == (400, "CredentialAmbiguous")
    assert answer.headers.get("www-authenticate") == 'Bearer realm="mlgateway", error="invalid_request"'
    assert model.connections == []


def test_what_is_presented_decides_which_method_applies(sidecars, model, corp):
    sidecar = sidecars(config(route(model, auth=[anonymous(), tokens(corp), api_keys()])))
    asked = [[], bearer(corp.token()), bearer(ALICE), [("X-Api-Key", ALICE)]]
    assert [sidecar.ask(headers=fields).status for fields in asked] == [200] * 4
    assert [line["principal"]["method"] for line in sidecar.access_lines(4)] == ["anyone", "corp", "keys", "keys"]
    assert sidecar.ask(headers=bearer(corp.token(exp=1))).reason == "CredentialExpired"
    assert sidecar.ask(headers=[("X-Api-Key", corp.token())]).reason == "CredentialInvalid"


def test_a_token_is_verified_once(gated, corp):
    token = corp.token()
    for _ in range(5):
        assert gated.ask(headers=bearer(token)).status == 200
    assert gated.ask(headers=bearer(corp.token(aud="x"))).status == 401
    assert gated.metric("mlgateway_token_verifications_total", result="success") == 1
    assert gated.metric("mlgateway_token_verifications_total", result="TokenAudienceMismatch") == 1
    assert gated.metric("mlgateway_tokens_recalled_total") == 4
    assert gated.metric("mlgateway_tokens_remembered") == 1


def test_a_token_ends_on_an_open_connection(gated, corp):
    token = corp.token(exp=int(time.time()) + 2)
    with gated.client() as client:
        assert client.ask(headers=bearer(token)).status == 200
        eventually(lambda: client.ask(headers=bearer(token)).reason == "CredentialExpired", patience=8)


def test_a_key_that_was_taken_away_opens_nothing_any_more(sidecars, model, corp, stranger):
    sidecar = sidecars(config(route(model, auth=[tokens(corp)])))
    token = corp.token()
    with sidecar.client() as client:
        assert client.ask(headers=bearer(token)).status == 200
        sidecar.reload(config(route(model, auth=[tokens(stranger)], generation=2)))
        assert client.ask(headers=bearer(token)).reason == "TokenSignatureInvalid"
        sidecar.reload(config(route(model, auth=[tokens()], generation=3)))
        answer = client.ask(headers=bearer(token))
        assert (answer.status, answer.reason) == (503, "KeysUnavailable")
        sidecar.reload(config(route(model, auth=[tokens(corp)], generation=4)))
        assert client.ask(headers=bearer(token)).status == 200


def test_labels_of_claims_choose_the_tier_and_tenants_share(sidecars, model, corp):
    gold = tier(budget(2), name="gold", labels={"plan": "gold"}, scope="Tenant")
    sidecar = sidecars(
        config(route(model, auth=[tokens(corp)], quotas=["plan"]), quotas=[quota(gold, tier(budget(1), name="free"))])
    )
    ask = lambda **claims: sidecar.ask(headers=bearer(corp.token(**claims))).status  # noqa: E731
    assert [ask(sub="a", plan="gold", org="x"), ask(sub="b", plan="gold", org="x")] == [200, 200]
    assert ask(sub="c", plan="gold", org="x") == 429
    assert ask(sub="c", plan="gold", org="y") == 200
    assert [ask(sub="a"), ask(sub="a"), ask(sub="d", plan="silver")] == [200, 429, 200]


def test_who_may_override_is_told_by_a_claim(sidecars, models, corp):
    split = {
        "overrides": [{"headers": [{"name": "x-v", "value": "2"}], "version": "v2"}],
        "overrideLabels": {"plan": "gold"},
    }
    versions = [version("v1", models(), weight=100), version("v2", models(), weight=0)]
    sidecar = sidecars(config(route(*versions, auth=[tokens(corp)], split=split)))
    wish = [("x-v", "2")]
    assert sidecar.ask(headers=bearer(corp.token(plan="gold")) + wish).headers.get("x-mlgateway-version") == "v2"
    assert sidecar.ask(headers=bearer(corp.token()) + wish).reason == "OverrideNotAllowed"


def test_workers_share_what_was_verified(sidecars, model, corp):
    sidecar = sidecars(config(route(model, auth=[tokens(corp)])), workers=2)
    token = corp.token()
    for _ in range(20):
        assert sidecar.ask(headers=bearer(token)).status == 200
    assert sidecar.metric("mlgateway_token_verifications_total", result="success") == 1


def test_who_goes_on_guessing_is_not_verified_without_end(sidecars, model, corp, stranger):
    keys = api_keys(headers=[{"name": "x-api-key", "scheme": ""}])
    sidecar = sidecars(config(route(model, auth=[tokens(corp), keys])))
    good = corp.token()
    wrong = stranger.token()
    with sidecar.client() as client:
        assert client.ask(headers=bearer(good)).status == 200
        answers = [client.ask(headers=bearer(wrong)) for _ in range(300)]
        refused = [answer for answer in answers if answer.status == 429]
        assert refused and {answer.reason for answer in refused} == {"TooManyFailures"}
        assert {answer.headers.get("retry-after") for answer in refused} == {"1"}
        assert {answer.reason for answer in answers[:100]} == {"TokenSignatureInvalid"}
        # Who was found good does not notice, and a key needs no verifying.
        assert client.ask(headers=bearer(good)).status == 200
        assert client.ask(headers=[("X-Api-Key", ALICE)]).status == 200
        eventually(lambda: client.ask(headers=bearer(corp.token(jti="2"))).status == 200)
