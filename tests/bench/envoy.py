"""Envoy: relaying, and with those of its own filters that come nearest to what the sidecar does."""

import json

import place
import process
from peer import KEYS, Peer

TYPE = "type.googleapis.com/envoy."
ROUTER = {"name": "router", "typed_config": {"@type": TYPE + "extensions.filters.http.router.v3.Router"}}
NO_TIMEOUT = {"timeout": "0s"}


class Envoy(Peer):
    """Plain relaying: no filter but the router, no request ids, no log."""

    name = "Envoy"
    binary = None  # set by run

    def start(self, cores, model_ports):
        self.port = place.free_port()
        config = self.folder / "envoy.json"
        config.write_text(json.dumps(self.bootstrap(model_ports)))
        options = ["--concurrency", self.workers, "--disable-hot-restart", "--log-level", "warning"]
        self.process = process.Process("envoy", [self.binary, "-c", config, *options], cores, self.folder)
        self.process.wait_for_port(self.port)

    def bootstrap(self, model_ports):
        manager = {"@type": TYPE + "extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
                   "stat_prefix": "callers", "http_filters": [ROUTER]} | self.manager()
        listener = {"name": "callers", "address": address(self.port), "filter_chains": [
            {"filters": [{"name": "http", "typed_config": manager}]}]}
        return {"static_resources": {"listeners": [listener], "clusters": [
            cluster(f"v{number}", port) for number, port in enumerate(model_ports, start=1)]}}

    def manager(self):
        """Of the connection manager, what differs between the two."""
        return {"generate_request_id": False,
                "route_config": {"virtual_hosts": [host({"cluster": "v1"} | NO_TIMEOUT)]}}


class EnvoyFilters(Envoy):
    """Its own check of API keys, a local rate limit per caller, two versions sticky by caller, headers, a log file."""

    name = "Envoy with filters"

    def manager(self):
        log = {"@type": TYPE + "extensions.access_loggers.file.v3.FileAccessLog",
               "path": str(self.folder / "access.log")}
        return {"http_filters": [key_check(), rate_limit(), ROUTER],
                "access_log": [{"name": "file", "typed_config": log}],
                "route_config": {"virtual_hosts": [host(split())]}}

    def check(self):
        super().check()
        for wrong in (None, KEYS[0] + "x"):
            self.expect(401, wrong)
        used = {key: {self.expect(200, key)["x-version"] for _ in range(2)} for key in KEYS}
        self.unless(all(len(versions) == 1 for versions in used.values()), f"callers changed versions: {used}")
        self.unless(set.union(*used.values()) == {"v1", "v2"}, "16 callers were sent to one version")
        left = self.expect(200, KEYS[0])["x-ratelimit-remaining"]
        self.unless(left and int(left) > 0, f"the rate limit left {left} requests")


def address(port):
    return {"socket_address": {"address": "127.0.0.1", "port_value": port}}


def cluster(name, port):
    return {"name": name, "connect_timeout": "1s", "load_assignment": {"cluster_name": name, "endpoints": [
        {"lb_endpoints": [{"endpoint": {"address": address(port)}}]}]}}


def host(route):
    return {"name": "models", "domains": ["*"], "routes": [{"match": {"prefix": "/"}, "route": route}]}


def split():
    """Half the callers to each version, always the same one; the answer names it. Each caller has his own bucket."""
    def half(name):
        header = {"header": {"key": "x-version", "value": name}}
        return {"name": name, "weight": 50, "response_headers_to_add": [header]}
    return {"weighted_clusters": {"clusters": [half("v1"), half("v2")], "use_hash_policy": True},
            "hash_policy": [{"header": {"header_name": "authorization"}}],
            "rate_limits": [{"actions": [
                {"request_headers": {"header_name": "x-caller", "descriptor_key": "caller"}}]}]} | NO_TIMEOUT


def key_check():
    """The model sees who calls instead of the key."""
    return {"name": "keys", "typed_config": {
        "@type": TYPE + "extensions.filters.http.api_key_auth.v3.ApiKeyAuth",
        "credentials": [{"key": key, "client": f"caller-{i:02}"} for i, key in enumerate(KEYS)],
        "key_sources": [{"header": "authorization"}],
        "forwarding": {"header": "x-caller", "hide_credentials": True}}}


def rate_limit():
    """A million requests a second for each caller: counted, never reached."""
    bucket = {"max_tokens": 1000000, "tokens_per_fill": 1000000, "fill_interval": "1s"}
    always = {"default_value": {"numerator": 100, "denominator": "HUNDRED"}}
    callers = [{"entries": [{"key": "caller", "value": f"caller-{i:02}"}], "token_bucket": bucket}
               for i in range(len(KEYS))]
    return {"name": "rates", "typed_config": {
        "@type": TYPE + "extensions.filters.http.local_ratelimit.v3.LocalRateLimit", "stat_prefix": "rates",
        "token_bucket": bucket, "filter_enabled": always, "filter_enforced": always, "descriptors": callers,
        "always_consume_default_token_bucket": False,
        "enable_x_ratelimit_headers": "DRAFT_VERSION_03"}}
