"""Keys that come from a provider while requests run: whatever it does, nobody is let in who should not be."""

import time

import pytest

from harness.client import eventually
from harness.config import ALICE, api_keys, config, route
from harness.provider import (
    Provider, breaks_off, document, drips, floods, hangs, remote, says,
)
from harness.sidecar import growth
from harness.tls import Authority
from harness.tokens import Issuer, bearer, key_set, tokens


@pytest.fixture(scope="module")
def corp():
    return Issuer()


@pytest.fixture(scope="module")
def newer():
    return Issuer("k2")


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


def of(model, **remote_keys):
    """A route that tokens open, whose keys are fetched, and a key that needs nothing fetched."""
    return config(route(model, auth=[tokens(**remote(**remote_keys)), api_keys()]))


def expect_closed(sidecar, token):
    """Nobody with a token gets in, and who has a key does not notice."""
    answered = sidecar.ask(headers=bearer(token))
    assert (answered.status, answered.reason) == (503, "KeysUnavailable")
    began = time.monotonic()
    assert sidecar.ask(headers=[("X-Api-Key", ALICE)]).status == 200
    assert time.monotonic() - began < 5


def test_keys_are_there_before_the_first_request(sidecars, model, providers, corp):
    provider = providers(says(key_set(corp)))
    sidecar = sidecars(of(model, url=provider.url()))
    assert sidecar.ask(headers=bearer(corp.token())).status == 200
    assert len(provider.asked) == 1
    assert sidecar.metric("mlgateway_key_fetches_total", result="success") == 1
    assert sidecar.metric("mlgateway_key_set_keys") == 1
    assert 0 <= sidecar.metric("mlgateway_key_set_age_seconds") < 60


FAULTS = {
    "hangs": hangs,
    "drips": drips,
    "floods": floods,
    "breaks off": breaks_off,
    "says 500": says('{"keys":[]}', 500),
    "says 204": says("", 204),
    "says junk": says("<html>please log in</html>"),
    "says a list": says("[]"),
    "has no keys": says('{"keys":[]}'),
    "repeats itself": says('{"keys":[],"keys":[]}'),
    "has a key too many": says('{"keys":[' + ",".join(["{}"] * 65) + "]}"),
    "is enormous": says('{"keys":[' + " " * 300_000 + "]}"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_provider_at_fault_lets_nobody_in(sidecars, model, providers, corp, name):
    provider = providers(FAULTS[name])
    sidecar = sidecars(of(model, url=provider.url(), timeout_ms=300))
    expect_closed(sidecar, corp.token())
    eventually(lambda: sidecar.metric("mlgateway_key_fetches_total", result="error") >= 1)
    # It mends itself as soon as the provider does.
    provider.behaviour = says(key_set(corp))
    eventually(lambda: sidecar.ask(headers=bearer(corp.token())).status == 200, patience=15)


def test_a_private_key_that_is_shown_lets_nobody_in(sidecars, model, providers, corp):
    provider = providers(says('{"keys":[' + str(corp.jwk(d="AA")).replace("'", '"') + "]}"))
    expect_closed(sidecars(of(model, url=provider.url())), corp.token())


def test_a_provider_that_is_not_there_lets_nobody_in(sidecars, model, providers, corp):
    gone = providers(says("{}"))
    gone.close()
    expect_closed(sidecars(of(model, url=gone.url())), corp.token())
    expect_closed(sidecars(of(model, url="https://nowhere.invalid/keys")), corp.token())


def test_a_redirect_is_not_followed(sidecars, model, providers, corp):
    there = providers(says(key_set(corp)))

    def elsewhere(handler):
        handler.send_response(302)
        handler.send_header("Location", there.url())
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    expect_closed(sidecars(of(model, url=providers(elsewhere).url())), corp.token())
    assert there.asked == []


def test_a_provider_needs_a_certificate_of_the_authority_for_its_name(
    sidecars, model, providers, corp, authority, tmp_path
):
    keys = says(key_set(corp))
    good = providers(keys, tls=authority.certificate())
    assert sidecars(of(model, url=good.url(), ca=authority.ca)).ask(headers=bearer(corp.token())).status == 200
    wrong = {
        "another name": remote_of(providers(keys, tls=authority.certificate("DNS:id.test", "other")), authority.ca),
        "another authority": remote_of(good, Authority(tmp_path, "other").ca),
        "the system's authorities": remote_of(good, ""),
    }
    for name, keys_of in wrong.items():
        print(name)
        expect_closed(sidecars(of(model, **keys_of)), corp.token())


def remote_of(provider, ca):
    return {"url": provider.url(), "ca": ca}


def test_discovery_finds_the_keys_of_the_issuer_it_was_asked_for(sidecars, model, providers, corp):
    place = "/.well-known/openid-configuration"
    provider = providers({"/keys": says(key_set(corp))})
    provider.behaviour[place] = says(document(provider.url()))
    sidecar = sidecars(of(model, url=provider.url(place), discovery=True))
    assert sidecar.ask(headers=bearer(corp.token())).status == 200
    assert [path for _, path in provider.asked] == [place, "/keys"]
    for text in (document(provider.url(), "https://id.test"), document("http://id.test/keys"), "{}", "junk"):
        provider.behaviour[place] = says(text)
        expect_closed(sidecars(of(model, url=provider.url(place), discovery=True)), corp.token())


def test_keys_rotate_while_requests_run(sidecars, model, providers, corp, newer):
    provider = providers(says(key_set(corp)))
    sidecar = sidecars(of(model, url=provider.url()))
    old, new = corp.token(), newer.token()
    assert sidecar.ask(headers=bearer(old)).status == 200
    assert sidecar.ask(headers=bearer(new)).reason == "TokenKeyUnknown"
    provider.behaviour = says(key_set(corp, newer))
    # The new key is found because a token names it, long before the interval is over.
    answers = []

    def both():
        answers.append(sidecar.ask(headers=bearer(old)).status)
        return sidecar.ask(headers=bearer(new)).status == 200

    eventually(both, patience=20)
    assert set(answers) == {200}
    provider.behaviour = says(key_set(newer))
    eventually(lambda: sidecar.ask(headers=bearer(corp.token({"kid": "k3"}))).reason == "TokenKeyUnknown")
    # The old one is gone with the next fetch, and with it every token that was remembered for it.
    eventually(lambda: sidecar.ask(headers=bearer(old)).reason == "TokenKeyUnknown", patience=20)
    assert sidecar.ask(headers=bearer(new)).status == 200


def test_unknown_keys_do_not_make_the_sidecar_ask_all_the_time(sidecars, model, providers, corp):
    provider = providers(says(key_set(corp)))
    sidecar = sidecars(of(model, url=provider.url()))
    began = time.monotonic()
    with sidecar.client() as client:
        while time.monotonic() - began < 6:
            refused = client.ask(headers=bearer(corp.token({"kid": f"x{len(provider.asked)}"})))
            assert refused.reason in ("TokenKeyUnknown", "TooManyFailures")
    assert len(provider.asked) <= 1 + (time.monotonic() - began) / 5


def test_old_keys_are_good_while_they_cannot_be_renewed_and_no_longer(sidecars, model, providers, corp):
    provider = providers(says(key_set(corp)))
    sidecar = sidecars(of(model, url=provider.url(), interval_ms=1000, stale_ms=2500, timeout_ms=500))
    token = corp.token()
    assert sidecar.ask(headers=bearer(token)).status == 200
    provider.behaviour = says("no", 500)
    eventually(lambda: sidecar.metric("mlgateway_key_fetches_total", result="error") >= 1, patience=8)
    assert sidecar.ask(headers=bearer(token)).status == 200
    eventually(lambda: sidecar.ask(headers=bearer(token)).reason == "KeysUnavailable", patience=10)
    expect_closed(sidecar, corp.token())
    assert sidecar.metric("mlgateway_key_set_keys") == 0
    provider.behaviour = says(key_set(corp))
    eventually(lambda: sidecar.ask(headers=bearer(token)).status == 200, patience=15)


def test_old_keys_end_in_time_while_an_attempt_hangs(sidecars, model, providers, corp):
    provider = providers(says(key_set(corp)))
    sidecar = sidecars(of(model, url=provider.url(), interval_ms=1000, stale_ms=1000, timeout_ms=30_000))
    token = corp.token()
    assert sidecar.ask(headers=bearer(token)).status == 200
    provider.behaviour = hangs
    eventually(lambda: len(provider.asked) == 2 or sidecar.metric("mlgateway_key_set_keys") == 0, patience=10)
    eventually(lambda: sidecar.ask(headers=bearer(token)).reason == "KeysUnavailable", patience=15)
    assert sidecar.metric("mlgateway_key_fetches_total", result="error") == 0


def test_a_provider_that_hangs_stalls_nobody_else(sidecars, model, providers, corp):
    provider = providers(hangs)
    keyed = config(route(model, auth=[api_keys()]))
    sidecar = sidecars(keyed)
    slowest = 0
    sidecar.write(sidecar.config_folder, __import__("json").dumps(of(model, url=provider.url(), timeout_ms=3000)))
    began = time.monotonic()
    with sidecar.client() as client:
        while time.monotonic() - began < 4:
            asked = time.monotonic()
            assert client.ask(headers=[("X-Api-Key", ALICE)]).status == 200
            slowest = max(slowest, time.monotonic() - asked)
    assert provider.asked and slowest < 2


def test_a_reload_finds_the_keys_that_are_there(sidecars, model, providers, corp):
    provider = providers(says(key_set(corp)))
    sidecar = sidecars(of(model, url=provider.url()))
    token = corp.token()
    assert sidecar.ask(headers=bearer(token)).status == 200
    again = config(route(model, auth=[tokens(**remote(provider.url())), api_keys()], generation=2, name="r2"))
    provider.behaviour = says("no", 500)
    sidecar.reload(again)
    assert sidecar.ask(headers=bearer(token)).status == 200
    assert len(provider.asked) == 1


def test_memory_stays_flat_whatever_a_provider_sends(sidecars, model, providers, corp):
    provider = providers(floods)
    sidecar = sidecars(of(model, url=provider.url(), interval_ms=1000, timeout_ms=1000))
    before = sidecar.resident()
    eventually(lambda: sidecar.metric("mlgateway_key_fetches_total", result="error") >= 4, patience=20)
    assert sidecar.resident() - before < growth(8 << 20)
