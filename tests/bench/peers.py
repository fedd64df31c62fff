"""Who can take part: the sidecar with everything on, and its peers."""

import shutil

from envoy import Envoy, EnvoyFilters
from haproxy import Haproxy
from nginx import Nginx, NginxCache
from sidecar import Sidecar

KINDS = {kind.name: kind for kind in (Sidecar, Nginx, NginxCache, Haproxy, Envoy, EnvoyFilters)}


def set_build(folder, sidecar=None):
    """Where the programs are that no package installs."""
    Sidecar.binary = sidecar or folder / "mlgateway-sidecar"
    Envoy.binary = folder / "venv-bench/bin/envoy"


def available(names):
    """Those of `names` that can run here, with the reason for each that cannot."""
    programs = {Sidecar: Sidecar.binary, Nginx: "nginx", NginxCache: "nginx", Haproxy: "haproxy",
                Envoy: Envoy.binary, EnvoyFilters: Envoy.binary}
    missing = {n: programs[KINDS[n]] for n in names if not shutil.which(str(programs[KINDS[n]]))}
    return [n for n in names if n not in missing], [f"{n} is left out: {p} is not there" for n, p in missing.items()]
