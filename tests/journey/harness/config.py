"""The contract between operator and sidecar (gateway.v1.json), by hand, so that only the sidecar is judged."""

import copy
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


def anonymous(name="anyone"):
    return {"name": name, "type": "Anonymous", "headers": [], "keySets": []}


def version(name, model, weight=100):
    """`model` is a Model, or a port on this machine, or (host, port)."""
    if isinstance(model, int):
        model = ("127.0.0.1", model)
    host, port = model if isinstance(model, tuple) else (model.host, model.port)
    return {"name": name, "host": host, "port": port, "weight": weight}


ANY_METHOD = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]


def path(path="/", kind="Prefix", methods=None):
    return {"type": kind, "path": path, "methods": methods or ANY_METHOD}


def route(
    *versions,
    name="r",
    protocol="Generic",
    model=None,
    hostnames=(),
    paths=None,
    auth=None,
    split=None,
    timeouts=None,
    body=None,
    enrichment=True,
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
        "enrichment": {"headers": enrichment},
    }
    return spec | {"hash": digest(json.dumps(spec, sort_keys=True))}


def override(to, **headers):
    fields = [{"name": n.replace("_", "-"), "value": v} for n, v in headers.items()]
    return {"headers": fields, "version": to}


def config(*routes):
    routes = copy.deepcopy(list(routes))
    return {
        "contract": 1,
        "hash": digest(json.dumps(routes, sort_keys=True)),
        "adminTokenDigest": digest(ADMIN_TOKEN),
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
