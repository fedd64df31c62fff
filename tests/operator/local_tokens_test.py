"""Key sets for tokens: where they come from, what status says of them, what is remembered of them."""

import json

from folder import eventually, route

KEY = {"kty": "OKP", "crv": "Ed25519", "kid": "a", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
OTHER = KEY | {"kid": "b"}
ENCRYPTION = KEY | {"kid": "c", "use": "enc"}


def key_set(*keys):
    return json.dumps({"keys": list(keys)}, indent=1)


def token_route(**jwks):
    jwt = {"issuer": "https://id.example/", "audiences": ["models"], "jwks": jwks, "labelClaims": {"plan": "/a/plan"}}
    return route(auth={"methods": [{"name": "corp", "type": "JWT", "jwt": jwt}]})


def holder(kind, entries, labels=None):
    return {
        "apiVersion": "v1",
        "kind": kind,
        "metadata": {"name": "keys", "labels": {"mlgateway.io/use": "jwks"} if labels is None else labels},
        "stringData" if kind == "Secret" else "data": entries,
    }


def rendered(place):
    """The `kid`s of the keys that the sidecar would get."""
    jwt = place.routes()["default/iris"]["auth"][0]["jwt"]
    return [key["kid"] for key in json.loads(jwt["keys"])["keys"]]


def test_a_key_set_stands_in_the_route(place):
    place.write("iris.yaml", token_route(inline=key_set(KEY, ENCRYPTION)))
    assert place.once().returncode == 0
    assert rendered(place) == ["a", "c"]
    jwt = place.routes()["default/iris"]["auth"][0]["jwt"]
    assert jwt["leewayMs"] == 30000 and jwt["principalClaim"] == "sub" and jwt["labelClaims"] == {"plan": "/a/plan"}
    assert len(jwt["algorithms"]) == 10
    assert place.status()["status"]["tokenKeys"] == [{"method": "corp", "keys": 1, "unused": 1}]


def test_a_key_set_comes_from_a_config_map_and_follows_it(place):
    place.write("iris.yaml", token_route(configMapRef={"name": "keys"}))
    place.write("keys.yaml", holder("ConfigMap", {"jwks.json": key_set(KEY)}))
    place.start()
    eventually(lambda: rendered(place) == ["a"])
    place.write("keys.yaml", holder("ConfigMap", {"jwks.json": key_set(KEY, OTHER)}))
    eventually(lambda: rendered(place) == ["a", "b"])


def test_a_key_set_comes_from_a_secret(place):
    place.write("iris.yaml", token_route(secretRef={"name": "keys", "key": "public"}))
    place.write("keys.yaml", holder("Secret", {"public": key_set(OTHER)}))
    assert place.once().returncode == 0
    assert rendered(place) == ["b"]


def remote(place):
    return place.routes()["default/iris"]["auth"][0]["jwt"].get("remote")


def test_keys_are_discovered_where_nothing_else_is_said(place):
    place.write("iris.yaml", token_route())
    assert place.once().returncode == 0
    assert remote(place) == {
        "url": "https://id.example/.well-known/openid-configuration", "discovery": True, "intervalMs": 300000,
        "staleWhileErrorMs": 3600000, "timeoutMs": 5000, "ca": ""}
    assert rendered(place) == []


def test_keys_are_fetched_from_a_url_by_the_authorities_that_are_named(place):
    jwks = {"url": "https://id.example/keys", "refresh": {"interval": "1m"}, "caConfigMapRef": {"name": "keys"}}
    place.write("iris.yaml", token_route(**jwks))
    assert place.once().returncode == 1
    assert remote(place) is None and place.verdict("ResolvedRefs") == ("False", "ConfigMapNotFound")
    place.write("keys.yaml", holder("ConfigMap", {"ca.crt": "junk"}))
    assert place.once().returncode == 1
    assert remote(place) is None and place.verdict("ResolvedRefs") == ("False", "InvalidCertificate")
    pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
    place.write("keys.yaml", holder("ConfigMap", {"ca.crt": pem}))
    assert place.once().returncode == 0
    assert remote(place)["ca"] == pem and remote(place)["intervalMs"] == 60000 and not remote(place)["discovery"]


def test_a_key_set_that_is_missing_leaves_the_route_without_keys(place):
    place.write("iris.yaml", token_route(configMapRef={"name": "keys"}))
    assert place.once().returncode == 1
    assert rendered(place) == []
    assert place.verdict("ResolvedRefs") == ("False", "ConfigMapNotFound")
    place.write("keys.yaml", holder("ConfigMap", {"jwks.json": key_set(KEY)}, labels={}))
    assert place.once().returncode == 1
    assert place.verdict("ResolvedRefs") == ("False", "RefNotPermitted")
    place.write("keys.yaml", holder("ConfigMap", {"jwks.json": "{}"}))
    assert place.once().returncode == 1
    assert place.verdict("ResolvedRefs") == ("False", "InvalidKeySet")
    assert rendered(place) == []


def test_a_private_key_is_refused_and_kept_nowhere(place):
    private = key_set(KEY | {"d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"})
    place.write("iris.yaml", token_route(secretRef={"name": "keys"}))
    place.write("keys.yaml", holder("Secret", {"jwks.json": private}))
    assert place.once().returncode == 1
    assert place.verdict("ResolvedRefs") == ("False", "InvalidKeySet")
    assert "must be replaced" in place.condition("ResolvedRefs")["message"]
    written = "".join(f.read_text() for f in place.out.rglob("*") if f.is_file())
    assert "nWGxne" not in written


def test_a_key_set_survives_a_restart_with_a_broken_manifest(place):
    for kind, reference in (("Secret", "secretRef"), ("ConfigMap", "configMapRef")):
        place.write("iris.yaml", token_route(**{reference: {"name": "keys"}}))
        place.write("keys.yaml", holder(kind, {"jwks.json": key_set(KEY)}))
        assert place.once().returncode == 0
        place.write("keys.yaml", "apiVersion: v1\nkind: [")
        assert place.once().returncode == 1
        assert rendered(place) == ["a"]
