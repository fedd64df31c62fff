"""What the sidecar under measurement is told to enforce: three routes, which differ in what they look into.

`iris` has everything but a cache; `kept` has everything. `bulk` has nothing that needs a body whole, so that bodies of
any size stream through it: its price is by the byte.
"""

import hashlib

from peer import KEYS

ONE = 1000000  # amounts are in millionths
MB = 1 << 20
HOUR_MS = 3600000

BY_CONTENT = [{"quantity": "Request", "price": ONE}, {"quantity": "Rows", "price": ONE // 10},
              {"quantity": "Elements", "price": ONE // 1000}]
BY_LENGTH = [{"quantity": "Request", "price": ONE}, {"quantity": "RequestBytes", "price": 1}]


def contract(model_ports):
    cache = {"ttlMs": HOUR_MS, "maxBytes": 64 * MB, "scope": "Principal"}
    routes = [route("iris", model_ports, BY_CONTENT), route("kept", model_ports, BY_CONTENT) | {"cache": cache},
              route("bulk", model_ports, BY_LENGTH)]
    return {"contract": 1, "hash": "b1", "quotas": [quota()], "routes": routes}


def route(name, model_ports, terms):
    versions = [{"name": f"v{i + 1}", "host": "127.0.0.1", "port": model_ports[i], "weight": 50,
                 "costFactor": (i + 1) * ONE, "revision": "1"} for i in (0, 1)]
    return {"namespace": "default", "name": name, "generation": 1, "hash": f"b1-{name}",
            "protocol": "OpenInferenceV2", "model": name, "hostnames": [], "paths": [], "versions": versions,
            "split": {"stickyBy": "Principal", "header": "", "overrides": [], "overrideLabels": {}},
            "auth": [key_check()],
            "timeouts": {"requestMs": 600000, "connectMs": 1000, "streamIdleMs": 30000},
            "body": {"maxReadBytes": 8 * MB}, "enrichment": {"headers": True},
            "cost": {"unit": "credits", "terms": terms, "cacheHitFactor": ONE // 10}, "quotas": ["plans"]}


def key_check():
    keys = [{"name": f"caller-{i:02}", "digest": hashlib.sha256(k.encode()).hexdigest()} for i, k in enumerate(KEYS)]
    headers = [{"name": "authorization", "scheme": "Bearer"}, {"name": "x-api-key", "scheme": ""}]
    key_set = {"secret": "callers", "tenant": "bench", "labels": {"plan": "gold"}, "keys": keys}
    return {"name": "keys", "type": "APIKey", "headers": headers, "keySets": [key_set]}


def quota():
    """For each caller a rate and a budget, by a tier that his key's label names: counted, never reached."""
    rate = {"amount": 1000000 * ONE, "perMs": 1000, "burst": 1000000 * ONE}
    limits = [{"name": "speed", "unit": "Request", "rate": rate},
              {"name": "month", "unit": "Cost", "budget": {"amount": 1000000000 * ONE, "windowMs": 24 * HOUR_MS}}]
    tiers = [{"name": "gold", "keyLabels": {"plan": "gold"}, "scope": "Principal", "limits": limits},
             {"name": "others", "scope": "Principal", "limits": limits}]
    return {"namespace": "default", "name": "plans", "generation": 1, "hash": "q1", "enforcement": "Enforce",
            "tiers": tiers}
