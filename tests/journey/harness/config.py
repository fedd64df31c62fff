"""The contract between operator and sidecar (gateway.v1.json), by hand, so that only the sidecar is judged."""

import copy
import decimal
import hashlib
import itertools
import json
import os

ADMIN_TOKEN = "0f" * 32
FILE = "gateway.v1.json"


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


def key(name, secret_text):
    return {"name": name, "digest": digest(secret_text)}


def key_set(*keys, secret="keys", tenant="", labels=None, expires=None):
    entry = {"secret": secret, "tenant": tenant, "labels": labels or {}, "keys": list(keys)}
    return entry if expires is None else entry | {"expires": expires}


DEFAULT_HEADERS = [{"name": "authorization", "scheme": "Bearer"}, {"name": "x-api-key", "scheme": ""}]
ALICE, BOB = "alice-secret-key-0001", "bob-secret-key-00002"


def api_keys(*key_sets, name="keys", headers=None):
    return {
        "name": name,
        "type": "APIKey",
        "headers": headers or DEFAULT_HEADERS,
        "keySets": list(key_sets or [key_set(key("alice", ALICE), key("bob", BOB))]),
    }


def secret_of(name):
    return f"{name}-secret-key-0001"


def callers(*names, **more):
    """A set of keys, one for each name; see by()."""
    return key_set(*[key(name, secret_of(name)) for name in names], **more)


def by(name):
    """The fields by which a caller of that name is known."""
    return [("X-Api-Key", secret_of(name))]


def anonymous(name="anyone"):
    return {"name": name, "type": "Anonymous", "headers": [], "keySets": []}


def millionths(text):
    """"0.25" is 250000. Amounts in the contract are whole millionths; tests write them as people do."""
    amount = decimal.Decimal(str(text)) * 1_000_000
    assert amount == int(amount), f"{text} has more than six digits behind the point"
    return int(amount)


def version(name, model, weight=100, cost_factor="1", revision=""):
    """`model` is a Model, or a port on this machine, or (host, port)."""
    if isinstance(model, int):
        model = ("127.0.0.1", model)
    host, port = model if isinstance(model, tuple) else (model.host, model.port)
    place = {"name": name, "host": host, "port": port, "weight": weight}
    return place | {"costFactor": millionths(cost_factor), "revision": revision}


ANY_METHOD = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]


def path(path="/", kind="Prefix", methods=None):
    return {"type": kind, "path": path, "methods": methods or ANY_METHOD}


# What a request costs.


def per(quantity, price="1"):
    """A term of the cost: Request, Rows, Elements or RequestBytes."""
    return {"quantity": quantity, "price": millionths(price)}


def pointer(place, price="1", most="100", absent=None):
    """A term of the cost: the number at that place of the body."""
    term = {"quantity": "Pointer", "price": millionths(price), "pointer": place, "max": millionths(most)}
    return term if absent is None else term | {"absent": millionths(absent)}


def cost(*terms, unit="credits", hit="0"):
    return {"unit": unit, "terms": list(terms), "cacheHitFactor": millionths(hit)}


ONE_PER_REQUEST = {"unit": "requests", "terms": [per("Request")], "cacheHitFactor": 0}


def cache(ttl_ms=600_000, max_bytes=64 << 20, scope="Principal"):
    return {"ttlMs": ttl_ms, "maxBytes": max_bytes, "scope": scope}


# Who may use how much.

HOUR = 3_600_000


def budget(amount, window_ms=HOUR, name="budget", unit="Request"):
    return {"name": name, "unit": unit, "budget": {"amount": millionths(amount), "windowMs": window_ms}}


def rate(amount, per_ms=1000, burst=None, name="rate", unit="Request"):
    much = {"amount": millionths(amount), "perMs": per_ms, "burst": millionths(amount if burst is None else burst)}
    return {"name": name, "unit": unit, "rate": much}


def tier(*limits, name="all", labels=None, scope="Principal"):
    """Without `labels` it is the default tier."""
    spec = {"name": name, "scope": scope, "limits": list(limits)}
    return spec if labels is None else spec | {"keyLabels": labels}


def quota(*tiers, name="plan", enforcement="Enforce", namespace="test", generation=1):
    """`tiers` may be bare limits: then there is one tier, for everybody."""
    if tiers and "limits" not in tiers[0]:
        tiers = (tier(*tiers),)
    spec = {
        "namespace": namespace,
        "name": name,
        "generation": generation,
        "enforcement": enforcement,
        "tiers": list(tiers),
    }
    return spec | {"hash": digest(json.dumps(spec, sort_keys=True))}


def route(
    *versions,
    name="r",
    protocol="Generic",
    model=None,
    hostnames=(),
    certificate=None,
    paths=None,
    auth=None,
    split=None,
    timeouts=None,
    body=None,
    enrichment=True,
    cost=None,
    quotas=(),
    cache=None,
    authorization=None,
    identity=None,
    namespace="test",
    generation=1,
):
    """A route with every field; Generic under `/` and open to all where nothing else is said."""
    spec = {
        "namespace": namespace,
        "name": name,
        "generation": generation,
        "protocol": protocol,
        "model": model or name,
        "hostnames": list(hostnames),
        "paths": paths if paths is not None else ([path()] if protocol == "Generic" else []),
        "versions": [v if isinstance(v, dict) else version(f"v{i + 1}", v) for i, v in enumerate(versions)],
        "split": {"stickyBy": "None", "header": "", "overrides": [], "overrideLabels": {}} | (split or {}),
        "auth": auth if auth is not None else [anonymous()],
        "timeouts": {"requestMs": 30000, "connectMs": 1000, "streamIdleMs": 30000} | (timeouts or {}),
        "body": {"maxReadBytes": 8 << 20} | (body or {}),
        "cost": cost or ONE_PER_REQUEST,
        "quotas": list(quotas),
        "enrichment": {"headers": enrichment},
    }
    if cache:
        spec["cache"] = cache
    if identity:
        spec["identityHeaders"] = [{"name": name, "value": value} for name, value in identity.items()]
    if authorization:
        spec["authorization"] = authorization
    if certificate:
        spec["certificate"] = certificate
    return spec | {"hash": digest(json.dumps(spec, sort_keys=True))}


def access(mode="Enforce", *rules):
    """The rules of a route: each a dict of what differs from one that fits everybody and allows."""
    plain = {"name": "", "action": "Allow", "principals": [], "tenants": [], "keyLabels": {}, "claims": []}
    plain |= {"operations": [], "versions": [], "overrides": True}
    return {"mode": mode, "rules": [plain | rule for rule in rules]}


def override(to, **headers):
    fields = [{"name": n.replace("_", "-"), "value": v} for n, v in headers.items()]
    return {"headers": fields, "version": to}


def config(*routes, quotas=()):
    routes, quotas = copy.deepcopy(list(routes)), copy.deepcopy(list(quotas))
    return {
        "contract": 1,
        "hash": digest(json.dumps([routes, quotas], sort_keys=True)),
        "adminTokenDigest": digest(ADMIN_TOKEN),
        "quotas": quotas,
        "routes": routes,
    }


_turn = itertools.count(1)


def write_as_kubelet(folder, text):
    """Switches `..data`, as the kubelet does on a mounted Secret."""
    folder.mkdir(parents=True, exist_ok=True)
    payload = folder / f"..turn_{next(_turn)}"
    payload.mkdir()
    (payload / FILE).write_text(text)
    temporary = folder / "..data_tmp"
    temporary.symlink_to(payload.name)
    os.replace(temporary, folder / "..data")
    if not (folder / FILE).is_symlink():
        (folder / FILE).symlink_to(f"..data/{FILE}")


def write_as_file(folder, text):
    """Replaces a plain file."""
    folder.mkdir(parents=True, exist_ok=True)
    temporary = folder / ".new"
    temporary.write_text(text)
    os.replace(temporary, folder / FILE)
