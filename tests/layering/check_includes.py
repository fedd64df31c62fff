#!/usr/bin/env python3
"""Checks which folder includes which: the tables of ARCHITECTURE.md, sections 2 and 3, made to fail.

    check_includes.py [ROOT]

prints one `file:line: words` per include that points the wrong way and then exits 1.
"""

import pathlib
import re
import sys

# Folder -> what it may include besides itself. To be allowed a folder is to be allowed all that it may include.
# An entry that names a file allows that file only; a row may be one file's own (without suffix), beside its folder's.
MAY_INCLUDE = {
    "sidecar/base": [],
    "sidecar/net": ["sidecar/base"],
    # Tokens and keys as the RFCs have them; what a route makes of them is auth's business.
    "sidecar/jose": ["sidecar/base"],
    # Certificates, and what is agreed to with them; whose they are is the contract's business.
    "sidecar/tls": ["sidecar/base"],
    # Which keys and algorithms there are, and whether a certificate is one, is part of the contract.
    "sidecar/config": ["sidecar/base", "sidecar/jose", "sidecar/tls/certificate.hpp"],
    "sidecar/http": ["sidecar/base"],
    # The one part of http that touches a socket.
    "sidecar/http/stream": ["sidecar/net"],
    "sidecar/auth": ["sidecar/config", "sidecar/http"],
    "sidecar/jwks": ["sidecar/auth/key_ring.hpp", "sidecar/config"],
    "sidecar/introspection": ["sidecar/auth", "sidecar/jwks/fetch.hpp"],
    # An entry is filed under its principal, however he was identified.
    "sidecar/cache": ["sidecar/config", "sidecar/http", "sidecar/auth/principal.hpp"],
    # A split is sticky by principal, but knows nothing of how one was identified.
    "sidecar/split": [
        "sidecar/config",
        "sidecar/http",
        "sidecar/auth/permission.hpp",
        "sidecar/auth/principal.hpp",
    ],
    # Who is charged is the caller; how he was identified does not matter.
    "sidecar/limits": ["sidecar/config", "sidecar/auth/principal.hpp"],
    "sidecar/protocol": ["sidecar/config", "sidecar/http"],
    "sidecar/observe": ["sidecar/config", "sidecar/http"],
    # It counts its own connections.
    "sidecar/upstream": ["sidecar/http", "sidecar/config", "sidecar/net", "sidecar/observe"],
    "sidecar/gateway": [
        "sidecar/auth",
        "sidecar/cache",
        "sidecar/split",
        "sidecar/limits",
        "sidecar/protocol",
        "sidecar/upstream",
        "sidecar/observe",
        "sidecar/tls",
    ],
    "sidecar/server": ["sidecar/gateway"],
    "sidecar/admin": ["sidecar/gateway", "sidecar/jwks/numbers.hpp", "sidecar/introspection/numbers.hpp"],
    "sidecar": ["sidecar/server", "sidecar/admin", "sidecar/jwks", "sidecar/introspection"],
    # The contract is all that the two binaries share.
    "operator/api": ["sidecar/config", "sidecar/tls/certificate.hpp"],
    "operator/schema": ["sidecar/base"],
    "operator/render": ["operator/api"],
    "operator/quota": ["operator/render", "operator/schema"],
    "operator/route": ["operator/quota"],
    "operator/sidecars": ["operator/kube"],
    "operator/kube": ["operator/api"],
    "operator/controller": ["operator/api"],
    "operator/workload": ["operator/api"],
    "operator/admin": ["sidecar/base"],
    "operator/webhook": ["operator/route", "operator/workload", "operator/kube"],
    "operator/cluster": [
        "operator/route",
        "operator/workload",
        "operator/sidecars",
        "operator/controller",
        "operator/admin",
        "operator/webhook",
    ],
    "operator/local": ["operator/route", "operator/sidecars"],
    "operator": ["operator/local", "operator/cluster"],
}

# Library -> the folders, or files without suffix, that may include its headers. What is not listed may be included
# anywhere.
HOMES = {
    r"boost/(asio|beast)\b": ["sidecar/admin", "sidecar/introspection", "sidecar/jwks", "operator/webhook"],
    r"(cpprest|pplx)/": ["operator/kube/transport", "operator/admin"],
    r"prometheus/": [
        "sidecar/observe",
        "sidecar/admin",
        "sidecar",
        "operator/controller",
        "operator/admin",
        "operator/webhook",
        "operator/cluster/metrics",
        "operator/cluster/run",
    ],
    r"re2/": ["operator/schema"],
    r"yaml-cpp/": ["operator/local", "operator/kube"],
    r"CLI/": ["sidecar", "operator"],
}

INCLUDE = re.compile(r'^\s*#\s*include\s+(?:"([^"]+)"|<([^>]+)>)')


def folder_of(path):
    """sidecar/http/strict.cpp -> sidecar/http; sidecar/main.cpp -> sidecar."""
    return path.rsplit("/", 1)[0]


def reachable(folder):
    """Every folder and file that `folder` may include, itself among them."""
    seen, todo = set(), [folder]
    while todo:
        entry = todo.pop()
        if entry not in seen:
            seen.add(entry)
            todo += MAY_INCLUDE.get(entry, [])
    return seen


def judge(path, ours, library):
    """What is wrong with one include of `path`, or None. `ours` is in quotes, `library` in angle brackets."""
    folder = folder_of(path)
    if folder not in MAY_INCLUDE:
        return f"folder {folder}/ has no row in tests/layering/check_includes.py"
    if library:
        places = (folder, path.rsplit(".", 1)[0])
        for pattern, homes in HOMES.items():
            if re.match(pattern, library) and not set(places) & set(homes):
                return f"{folder}/ may not include <{library}>, whose home is {' and '.join(homes)}"
        return None
    if not ours.startswith(("sidecar/", "operator/")):
        return f'"{ours}" does not begin at the root of the tree'
    allowed = reachable(folder) | reachable(path.rsplit(".", 1)[0])
    if folder_of(ours) in allowed or ours in allowed:
        return None
    return f"{folder}/ may not include {ours}"


def violations(root):
    """`file:line: words` for every include under sidecar/ and operator/ that the tables do not allow."""
    found = []
    for source in sorted(p for top in ("sidecar", "operator") for p in (root / top).rglob("*.[ch]pp")):
        path = source.relative_to(root).as_posix()
        for number, line in enumerate(source.read_text().splitlines(), start=1):
            include = INCLUDE.match(line)
            words = judge(path, *include.groups()) if include else None
            if words:
                found.append(f"{path}:{number}: {words}")
    return found


def main():
    root = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2]
    found = violations(root)
    print("\n".join(found) or "every include points the right way")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
