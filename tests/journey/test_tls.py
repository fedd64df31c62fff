"""Callers by TLS: on the same port, by the certificates of the routes, which change while requests run."""

import json
import ssl
import subprocess
import threading

import pytest

from harness.client import Hangup, eventually
from harness.config import ALICE, ADMIN_TOKEN, api_keys, config, path, route
from harness.model import echo
from harness.tls import Authority, Caller
from harness.wire import request_bytes

VERSIONS = [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture
def served(authority, sidecars, model):
    """A sidecar with a route by TLS under /safe and one in the clear under /open."""
    certificate = authority.served("IP:127.0.0.1,DNS:a.example")
    return sidecars(config(
        route(model, name="safe", paths=[path("/safe")], certificate=certificate, auth=[api_keys()]),
        route(model, name="open", paths=[path("/open")]),
    ))


def certificate_of(sidecar, caller):
    with sidecar.client(secured=caller) as client:
        return client.socket.getpeercert()


def names(certificate):
    return sorted(name for _, name in certificate["subjectAltName"])


@pytest.mark.parametrize("version", VERSIONS)
def test_a_route_is_served_by_tls(served, authority, model, version):
    with served.client(secured=Caller(authority, version=version)) as client:
        for _ in range(3):
            assert client.ask("POST", "/safe", [("X-Api-Key", ALICE)], b"x" * 3000).status == 200
        assert client.ask("GET", "/open").status == 200
    assert served.metric("mlgateway_connections_total") == 1
    assert model.last.headers.get("x-forwarded-proto") == "https"
    line = served.access_lines(4)[0]
    assert line["tls"] == version.name.replace("_", ".")
    served.expect_metric(1, "mlgateway_tls_handshakes_total", result="success")


def test_a_route_with_a_certificate_is_not_served_in_the_clear(served, model):
    answer = served.ask("GET", "/safe", [("X-Api-Key", ALICE)])
    assert (answer.status, answer.reason) == (426, "TlsRequired")
    assert answer.headers.get("upgrade") == "TLS/1.2" and "upgrade" in answer.headers.get("connection")
    assert model.requests == []
    # Nor does it say who has a key.
    assert served.ask("GET", "/safe", [("X-Api-Key", "nobody's")]).reason == "TlsRequired"


def test_a_route_without_one_is_served_in_the_clear_beside_it(served, model):
    assert served.ask("GET", "/open").status == 200
    assert model.last.headers.get("x-forwarded-proto") == "http"
    assert served.access_lines()[0]["tls"] is None


def test_a_body_of_megabytes_goes_both_ways(authority, sidecars, models):
    certificate = authority.served("IP:127.0.0.1")
    sidecar = sidecars(config(route(models(on_request=echo), certificate=certificate)))
    body = bytes(range(256)) * (16 << 10)
    with sidecar.client(secured=Caller(authority)) as client:
        answer = client.ask("POST", "/", [], body)
        assert answer.status == 200 and answer.body == body


def test_the_certificate_follows_the_name_that_is_asked_for(authority, sidecars, model):
    one = authority.served("DNS:one.example,IP:127.0.0.1", "one")
    two = authority.served("DNS:*.two.example", "two")
    sidecar = sidecars(config(
        route(model, name="one", hostnames=["one.example"], certificate=one),
        route(model, name="two", hostnames=["a.two.example"], certificate=two),
    ))
    assert names(certificate_of(sidecar, Caller(authority, "one.example"))) == ["127.0.0.1", "one.example"]
    assert names(certificate_of(sidecar, Caller(authority, "A.two.example"))) == ["*.two.example"]
    # Who names nobody, or nobody we know, sees the first.
    assert names(certificate_of(sidecar, Caller(authority))) == ["127.0.0.1", "one.example"]
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        sidecar.client(secured=Caller(authority, "three.example"))


@pytest.mark.parametrize("version", VERSIONS)
def test_a_session_is_resumed_by_any_worker_and_after_a_reload(authority, sidecars, model, version):
    certificate = authority.served("IP:127.0.0.1")
    sidecar = sidecars(config(route(model, certificate=certificate)), workers=2)
    caller = Caller(authority, version=version)
    with sidecar.client(secured=caller) as client:
        client.ask()
        caller.session = client.socket.session
    for turn in range(1, 9):
        if turn == 4:
            sidecar.reload(config(route(model, certificate=certificate, generation=2)))
        with sidecar.client(secured=caller) as client:
            assert client.ask().status == 200
            assert client.socket.session_reused
            caller.session = client.socket.session
    sidecar.expect_metric(8, "mlgateway_tls_handshakes_total", result="resumed")


def test_a_new_certificate_fails_no_request_and_closes_no_connection(authority, sidecars, model):
    first = authority.served("IP:127.0.0.1,DNS:first.example", "first")
    second = authority.served("IP:127.0.0.1,DNS:second.example", "second")
    sidecar = sidecars(config(route(model, certificate=first)))
    caller = Caller(authority)
    with sidecar.client(secured=caller) as old:
        assert old.ask().status == 200
        for generation, certificate, name in [(2, second, "second.example"), (3, first, "first.example")]:
            sidecar.reload(config(route(model, certificate=certificate, generation=generation)))
            assert name in names(certificate_of(sidecar, caller))
            assert old.ask().status == 200
            with sidecar.client(secured=caller) as new:
                assert new.ask().status == 200
    assert sidecar.metric("mlgateway_tls_handshakes_total", result="error") == 0


@pytest.mark.parametrize("offered, agreed", [(["h2", "http/1.1"], "http/1.1"), (["http/1.1"], "http/1.1"), ([], None)])
def test_alpn_agrees_to_what_is_spoken(served, authority, offered, agreed):
    with served.client(secured=Caller(authority, protocols=offered)) as client:
        assert client.socket.selected_alpn_protocol() == agreed
        assert client.ask("GET", "/open").status == 200


def test_alpn_refuses_who_speaks_only_something_else(served, authority):
    with pytest.raises(ssl.SSLError, match="(?i)no.application.protocol"):
        served.client(secured=Caller(authority, protocols=["h2"]))


@pytest.mark.parametrize("arguments", [
    ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"],
    ["-tls1_2", "-cipher", "AES128-SHA:AES128-GCM-SHA256"],
    ["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA"],
])
def test_old_versions_and_suites_are_refused(served, arguments):
    run = subprocess.run(["openssl", "s_client", "-connect", "{}:{}".format(*served.address), *arguments],
                         input="", capture_output=True, text=True, timeout=30)
    assert "Cipher is (NONE)" in run.stdout, run.stdout
    served.expect_metric(1, "mlgateway_tls_handshakes_total", result="error")


@pytest.mark.parametrize("sent", [b"\x16", b"\x16\x03\x01", b"\x16\x03\x01\x40\x00" + b"\x01" * 100,
                                  b"\x16" + b"A" * 20000])
def test_half_a_handshake_holds_nothing_for_longer_than_a_head(authority, sidecars, model, sent):
    certificate = authority.served("IP:127.0.0.1")
    sidecar = sidecars(config(route(model, certificate=certificate)), "--head-timeout", "500ms")
    with sidecar.client() as client:
        client.send(sent)
        while client._receive():
            pass
    sidecar.expect_nothing_left()


def test_who_says_nothing_is_let_go(authority, sidecars, model):
    certificate = authority.served("IP:127.0.0.1")
    sidecar = sidecars(config(route(model, certificate=certificate)), "--head-timeout", "300ms")
    with sidecar.client() as silent:
        assert silent._receive() == b""
    sidecar.expect_nothing_left()


def test_a_drain_waits_for_nobody_who_has_said_nothing(authority, sidecars, model):
    certificate = authority.served("IP:127.0.0.1")
    sidecar = sidecars(config(route(model, certificate=certificate)))
    with sidecar.client(), sidecar.client(secured=Caller(authority)), sidecar.client() as half:
        half.send(b"\x16\x03\x01")
        eventually(lambda: sidecar.metric("mlgateway_connections") == 3)
        sidecar.terminate()
        assert sidecar.wait(5) == 0


def test_a_hang_up_ends_the_model_s_work(authority, sidecars, models):
    heard = threading.Event()

    def wait(connection, request):
        connection.wait_for_end()
        heard.set()

    sidecar = sidecars(config(route(models(on_request=wait), certificate=authority.served("IP:127.0.0.1"))))
    caller = sidecar.client(secured=Caller(authority))
    caller.send(request_bytes("GET", "/"))
    sidecar.expect_metric(1, "mlgateway_requests_in_flight")
    caller.close()
    assert heard.wait(5)
    sidecar.expect_nothing_left()


def test_many_by_tls_at_once(authority, sidecars, models):
    certificate = authority.served("IP:127.0.0.1")
    sidecar = sidecars(config(route(models(on_request=echo), certificate=certificate)), workers=2)
    caller = Caller(authority)
    failures = []

    def one(number):
        try:
            with sidecar.client(secured=caller) as client:
                for turn in range(20):
                    body = b"%d-%d" % (number, turn) * 500
                    answer = client.ask("POST", "/", [], body)
                    assert (answer.status, answer.body) == (200, body)
        except (AssertionError, OSError, Hangup) as reason:
            failures.append(reason)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


@pytest.mark.parametrize("broken, words", [
    (lambda other: {"chain": "junk"}, "the certificate is not PEM"),
    (lambda other: {"key": "junk"}, "the private key is not PEM"),
    (lambda other: {"key": other["key"]}, "the private key is not that of the certificate"),
])
def test_a_certificate_that_is_none_changes_nothing(served, authority, model, broken, words):
    certificate = authority.served("IP:127.0.0.1", "good") | broken(authority.served("IP:127.0.0.1", "other"))
    error = served.write_broken(json.dumps(config(route(model, certificate=certificate))))["message"]
    assert f"routes[0].certificate: {words}" in error and "BEGIN" not in error
    with served.client(secured=Caller(authority)) as client:
        assert client.ask("GET", "/open").status == 200


def test_the_private_key_is_shown_to_nobody(served, authority):
    answer = served.admin("/config", ADMIN_TOKEN)
    certificate = json.loads(answer.body)["routes"][0]["certificate"]
    assert certificate["key"] == "…" and "BEGIN CERTIFICATE" in certificate["chain"]
    assert b"PRIVATE KEY" not in answer.body + served.admin("/state", ADMIN_TOKEN).body
