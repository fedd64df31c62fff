"""The Go toolchain that builds the programs of the cluster: the machine's own when it is new enough, else PyPI's."""

import functools
import os
import pathlib
import re
import shutil
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
CACHE = pathlib.Path(os.environ.get("MLGATEWAY_CACHE", pathlib.Path.home() / ".cache/mlgateway"))
# What the modules that are built ask for. Go can fetch a newer toolchain itself, but not everywhere.
OLDEST = (1, 25)


def version_of(go):
    said = subprocess.run([go, "version"], capture_output=True, text=True).stdout
    found = re.search(r"\bgo(\d+)\.(\d+)", said)
    return tuple(map(int, found.groups())) if found else (0, 0)


@functools.cache
def go():
    """The path of a go command."""
    for candidate in (shutil.which("go"), "/usr/local/go/bin/go"):
        if candidate and pathlib.Path(candidate).exists() and version_of(candidate) >= OLDEST:
            return candidate
    subprocess.run([ROOT / "tests/support/venv", "go"], check=True)
    return str(ROOT / "build/venv-go/bin/go")


def environment():
    """Modules and object files in the cache folder, where `rm -rf` removes them; no compiler of C, so that what is
    built needs no library."""
    return {
        **os.environ,
        "CGO_ENABLED": "0",
        "GOFLAGS": "-mod=mod -modcacherw -buildvcs=false -trimpath",
        "GOMODCACHE": str(CACHE / "go/modules"),
        "GOCACHE": str(CACHE / "go/objects"),
        "GOTOOLCHAIN": "local",
        "GOWORK": "off",
    }
