#!/usr/bin/env python3
"""Where a request's time goes: system calls per request and the costliest functions, ours and nginx's, side by side.

    hot.py [--build FOLDER] [--top N] [--hits]

Under the load of the bench's case `relay`, or with --hits of `hits`, beside nginx's cache. Wants strace and perf
(linux-perf); what is not there is left out.
"""

import argparse
import collections
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

import peers
from bench import Bench
from cases import EQUAL
from peer import KEPT
from place import Cores

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Tracers say nowhere that they have attached; this long is plenty, and what they miss is a part of the first requests.
ATTACH_SECONDS = 1


def while_traced(command, bench, peer, requests, load):
    """Runs `requests` through the peer under a tracer that ends with SIGINT."""
    tracer = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(ATTACH_SECONDS)
    bench.load(peer, requests, **load)
    tracer.send_signal(signal.SIGINT)
    tracer.wait(timeout=60)


def system_calls(bench, peer, load, requests=10000):
    """Name -> calls per request; those of the connections' beginning and end are left out."""
    report = pathlib.Path(bench.folder) / f"{peer.name}.strace"
    attach = [part for pid in peer.pids() for part in ("-p", str(pid))]
    while_traced(["strace", "-c", "-f", "-q", "-o", str(report), *attach], bench, peer,
                 requests, load)
    calls = {}
    for line in report.read_text().splitlines():
        parts = line.split()
        if len(parts) >= 5 and parts[3].isdigit() and parts[-1] != "total":
            calls[parts[-1]] = int(parts[3]) / requests
    return {name: n for name, n in calls.items() if n >= 0.01}


def functions(bench, peer, load, requests=60000):
    """(object, function) -> share of the samples."""
    data = pathlib.Path(bench.folder) / f"{peer.name}.perf"
    pids = ",".join(map(str, peer.pids()))
    while_traced(["perf", "record", "-q", "-e", "cpu-clock", "-F", "2000", "-o", str(data), "-p", pids], bench, peer,
                 requests, load)
    run = subprocess.run(["perf", "report", "-i", str(data), "--stdio", "--sort", "dso,symbol", "-t", "\t"],
                         capture_output=True, text=True)
    shares = collections.Counter()
    for line in run.stdout.splitlines():
        if not line.startswith("#") and line.count("\t") >= 2:
            share, dso, symbol = line.split("\t")[:3]
            shares[dso.strip(), symbol.strip()[4:]] += float(share.strip(" %"))
    return shares


def show(name, calls, shares, top):
    print(f"\n## {name}")
    if calls:
        print("system calls per request: " + ", ".join(f"{n} {c:.2f}" for n, c in sorted(calls.items())))
    objects = collections.Counter()
    for (dso, _), share in shares.items():
        objects[dso] += share
    print("by object: " + ", ".join(f"{dso} {share:.0f} %" for dso, share in objects.most_common() if share >= 0.5))
    kernel = [entry for entry in shares.most_common() if "kernel" in entry[0][0]]
    own = [entry for entry in shares.most_common() if "kernel" not in entry[0][0]]
    for title, entries in (("kernel", kernel), ("outside the kernel", own)):
        print(f"{title}:")
        for (dso, symbol), share in entries[:top]:
            print(f"  {share:5.2f} %  {symbol[:100]}  ({dso})")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--top", type=int, default=20)
    parser.add_argument("--hits", action="store_true", help="answers that are kept")
    options = parser.parse_args()
    peers.set_build(options.build)
    names, _ = peers.available(["mlgateway", "nginx proxy_cache" if options.hits else "nginx"])
    load = {"path": KEPT, "bodies": EQUAL} if options.hits else {}
    with tempfile.TemporaryDirectory(prefix="mlgateway-profile-") as folder:
        bench = Bench(folder, options.build / "tests", Cores.of_this_machine(), names, 1, 1, print)
        with bench.model() as ports, bench.all_peers(ports, names) as started:
            for name, peer in started.items():
                calls = system_calls(bench, peer, load) if shutil.which("strace") else {}
                shares = functions(bench, peer, load) if shutil.which("perf") else collections.Counter()
                show(name, calls, shares, options.top)


if __name__ == "__main__":
    main()
