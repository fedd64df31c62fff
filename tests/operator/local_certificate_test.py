"""Certificates: where they come from, what status says, and that a route without its own is served to nobody."""

import subprocess

import pytest

from folder import eventually, route


@pytest.fixture
def issue(tmp_path):
    """issue(name) -> (certificate, key), PEM, good for ten days."""
    def make(name):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-days", "10", "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}.example",
                        "-keyout", f"{name}.key", "-out", f"{name}.crt"], cwd=tmp_path, check=True, capture_output=True)
        return (tmp_path / f"{name}.crt").read_text(), (tmp_path / f"{name}.key").read_text()
    return make


def open_route(**spec):
    anyone = {"methods": [{"name": "all", "type": "Anonymous"}]}
    return route(auth=anyone, tls={"secretRef": {"name": "iris-tls"}}, **spec)


def tls_secret(certificate, key, labels=None):
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": "kubernetes.io/tls",
        "metadata": {"name": "iris-tls", "labels": {"mlgateway.io/use": "tls"} if labels is None else labels},
        "stringData": {"tls.crt": certificate, "tls.key": key},
    }


def rendered(place):
    return place.routes()["default/iris"]["certificate"]


def resolved(place):
    conditions = place.status()["status"]["conditions"]
    return next((c["status"], c["reason"]) for c in conditions if c["type"] == "ResolvedRefs")


def test_a_certificate_is_rendered_and_its_end_is_told(place, issue):
    certificate, key = issue("one")
    place.write("iris.yaml", open_route())
    place.write("tls.yaml", tls_secret(certificate, key))
    assert place.once().returncode == 0
    assert rendered(place) == {"secret": "iris-tls", "chain": certificate, "key": key}
    told = place.status()["status"]["certificate"]
    assert told["secret"] == "iris-tls" and told["notAfter"].endswith("Z")
    assert "PRIVATE" not in str(place.status())


def test_a_renewed_certificate_is_followed(place, issue):
    one, two = issue("one"), issue("two")
    place.write("iris.yaml", open_route())
    place.write("tls.yaml", tls_secret(*one))
    place.start()
    eventually(lambda: rendered(place)["chain"] == one[0])
    before = place.routes()["default/iris"]["hash"]
    place.write("tls.yaml", tls_secret(*two))
    eventually(lambda: rendered(place)["chain"] == two[0])
    assert place.routes()["default/iris"]["hash"] != before


def test_a_route_without_its_certificate_is_served_to_nobody(place, issue):
    (certificate, key), (_, other) = issue("one"), issue("two")
    place.write("iris.yaml", open_route())
    place.start()
    nothing = {"secret": "iris-tls", "chain": "", "key": ""}
    for manifest, reason in [
        (None, "SecretNotFound"),
        (tls_secret(certificate, other), "InvalidCertificateRef"),
        (tls_secret("junk", key), "InvalidCertificateRef"),
        (tls_secret(certificate, key, labels={}), "RefNotPermitted"),
    ]:
        if manifest:
            place.write("tls.yaml", manifest)
        eventually(lambda reason=reason: resolved(place) == ("False", reason))
        assert rendered(place) == nothing
    place.write("tls.yaml", tls_secret(certificate, key))
    eventually(lambda: resolved(place)[0] == "True")
    assert rendered(place)["chain"] == certificate


@pytest.mark.parametrize("tls, place_of_fault", [
    ({}, "spec.tls.secretRef"),
    ({"secretRef": {"name": "Iris"}}, "spec.tls.secretRef.name"),
    ({"secretRef": {"name": "iris", "key": "x"}}, "spec.tls.secretRef.key"),
])
def test_a_wrong_reference_is_refused_with_its_place(place, tls, place_of_fault):
    place.write("iris.yaml", route(tls=tls))
    assert place.once().returncode == 1
    accepted = place.status()["status"]["conditions"][0]
    assert accepted["status"] == "False" and place_of_fault in accepted["message"]
