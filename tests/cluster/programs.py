"""The programs of a Kubernetes cluster, built from their Go modules into the cache folder.

A finished program is renamed into place, so that a run that was interrupted leaves nothing that looks finished; runs
at the same time wait for each other.
"""

import contextlib
import dataclasses
import fcntl
import json
import os
import pathlib
import re
import shutil
import subprocess
import time

import toolchain

PROGRAMS = toolchain.CACHE / "programs"


@dataclasses.dataclass(frozen=True)
class Module:
    """A Go module at a version, and the main packages in it by the name that the program gets."""

    path: str
    version: str
    packages: dict
    # Variables of packages that are set when the program is linked.
    stamps: dict = dataclasses.field(default_factory=dict)
    # Kubernetes requires modules of its own repository at no version; they are published with 0 for 1.
    staging: bool = False

    @property
    def name(self):
        return self.path.rsplit("/", 1)[-1] if len(self.packages) > 1 else next(iter(self.packages))

    @property
    def folder(self):
        return PROGRAMS / f"{self.path.replace('/', '_')}@{self.version}"

    def missing(self):
        return [name for name in self.packages if not (self.folder / name).exists()]


def kubernetes(*names):
    version = "v1.34.4"
    return Module(
        path="k8s.io/kubernetes",
        version=version,
        packages={name: f"k8s.io/kubernetes/cmd/{name}" for name in names},
        # Without them every part calls itself v0.0.0, and clients doubt it.
        stamps={
            f"k8s.io/component-base/version.{variable}": value
            for variable, value in {"gitVersion": version, "gitMajor": "1", "gitMinor": "34",
                                    "gitTreeState": "clean"}.items()
        },
        staging=True,
    )


# An older one lets the calls hang by which kube-apiserver watches lists.
ETCD = Module("go.etcd.io/etcd/server/v3", "v3.6.6", {"etcd": "go.etcd.io/etcd/server/v3"})

COREDNS = Module("github.com/coredns/coredns", "v1.12.4", {"coredns": "github.com/coredns/coredns"})
HELM = Module(
    "helm.sh/helm/v3", "v3.19.5", {"helm": "helm.sh/helm/v3/cmd/helm"},
    stamps={"helm.sh/helm/v3/internal/version.version": "v3.19.5"},
)

# What needs them -> the modules. A whole cluster needs both sets.
SETS = {
    "api": [ETCD, kubernetes("kube-apiserver", "kubectl")],
    "node": [kubernetes("kube-controller-manager", "kube-scheduler", "kubelet", "kube-proxy"), COREDNS, HELM],
}


class Unreachable(Exception):
    """The modules cannot be fetched from here."""


def program(name):
    """The path of a program of any set, whether or not it is there."""
    for module in (module for modules in SETS.values() for module in modules):
        if name in module.packages:
            return module.folder / name
    raise KeyError(name)


def ensure(name):
    """Builds what is missing of a set. Raises Unreachable where its modules cannot be fetched."""
    for module in SETS[name]:
        if module.missing():
            build(module)


def build(module):
    module.folder.mkdir(parents=True, exist_ok=True)
    with open(PROGRAMS / f"{module.folder.name}.lock", "w") as lock:
        # The go commands hold it too: one that outlives a killed run is waited for.
        os.set_inheritable(lock.fileno(), True)
        fcntl.flock(lock, fcntl.LOCK_EX)
        names = module.missing()
        if not names:
            return
        work = module.folder / "unfinished"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
        with step(f"go: modules of {module.name} {module.version}"):
            write_go_mod(module, work)
        with step(f"go: {', '.join(names)}"):
            compile_programs(module, names, work)
        for name in names:
            os.rename(work / name, module.folder / name)
        shutil.rmtree(work)


def write_go_mod(module, work):
    """A module whose only purpose is to require the one that is built."""
    lines = ["module programs", f"go {'.'.join(map(str, toolchain.OLDEST))}", f"require {module.path} {module.version}"]
    if module.staging:
        published = module.version.replace("v1", "v0", 1)
        lines += [f"replace {path} => {path} {published}" for path in staging_modules(module, work)]
    (work / "go.mod").write_text("\n".join(lines) + "\n")
    packages = [module.packages[name] for name in module.missing()]
    # Resolving the packages' imports fetches their modules and writes their sums.
    go(work, "list", "-deps", *packages, unreachable=True)


def staging_modules(module, work):
    told = go(work, "mod", "download", "-json", f"{module.path}@{module.version}", unreachable=True)
    text = pathlib.Path(json.loads(told)["GoMod"]).read_text()
    return re.findall(r"^\s*(\S+) => \./staging/", text, re.M)


def compile_programs(module, names, work):
    stamps = " ".join(f"-X {variable}={value}" for variable, value in module.stamps.items())
    for name in names:
        go(work, "build", "-ldflags", f"-s -w {stamps}", "-o", work / name, module.packages[name])


def go(work, *arguments, unreachable=False):
    run = subprocess.run([toolchain.go(), *arguments], cwd=work, env=toolchain.environment(), capture_output=True,
                         text=True, close_fds=False)
    if run.returncode == 0:
        return run.stdout
    words = (run.stderr or run.stdout).strip()
    if unreachable and re.search(r"dial tcp|lookup |proxyconnect|module lookup disabled|i/o timeout|: 50\d ", words):
        raise Unreachable(f"the Go modules cannot be fetched: {words.splitlines()[-1]}")
    raise RuntimeError(f"go {' '.join(map(str, arguments))}: {words[-4000:]}")


@contextlib.contextmanager
def step(words):
    """The line that tests/support/say.sh prints."""
    print(f"  {words:<44} ", end="", flush=True)
    started = time.monotonic()
    try:
        yield
    except BaseException:
        print(f"failed after {time.monotonic() - started:.1f} s", flush=True)
        raise
    print(f"{time.monotonic() - started:.1f} s", flush=True)
