#!/usr/bin/env python3
"""Measures the sidecar side by side with nginx, HAProxy and Envoy: one run, same cores, same model, in turns.

What counts are ratios and their spread: each round asks everybody once, beginning with another one each time, and a
ratio is formed within its round. Costs are processor time of the proxies as the scheduler sums it up, not time on the
clock, so that a busy machine disturbs them little.

No time makes it fail. It exits 1 when something answered anything but what it had to.
"""

import argparse
import json
import os
import pathlib
import platform
import re
import subprocess
import sys
import tempfile

import cases
import peers
import process
import table
from bench import Bench
from place import Cores

ROOT = pathlib.Path(__file__).resolve().parents[2]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build", help="the build folder")
    parser.add_argument("--sidecar", type=pathlib.Path, help="another sidecar than the build folder's")
    parser.add_argument("--only", action="append", choices=list(cases.CASES), help="this case (again for more)")
    parser.add_argument("--peers", default=",".join(peers.KINDS), help="who takes part; default: %(default)s")
    parser.add_argument("--rounds", type=int, help="default 7, with --quick 3")
    parser.add_argument("--alone", action="store_true",
                        help="real-time priority for everything measured, on a machine with other work (needs root)")
    parser.add_argument("--quick", action="store_true", help="a tenth of the requests: does it work?")
    parser.add_argument("--out", type=pathlib.Path, help="a file for every sample, as JSON")
    return parser.parse_args()


def version_of(*command):
    try:
        run = subprocess.run(command, capture_output=True, text=True)
    except FileNotFoundError:
        return None
    return re.search(r"\d+\.\d+\.\d+", run.stdout + run.stderr)[0]


def surroundings(cores):
    cpu = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
    return {"cpu": cpu, "cores": len(cores.all), "placement": str(cores),
            "realtime": os.sched_getscheduler(0) == os.SCHED_RR, "kernel": platform.release(),
            "congestion_control": pathlib.Path("/proc/sys/net/ipv4/tcp_congestion_control").read_text().strip(),
            "nginx": version_of("nginx", "-v"), "haproxy": version_of("haproxy", "-v"),
            "envoy": version_of(peers.Envoy.binary, "--version")}


def measure(bench, names, keep):
    """The rows of the cases; one that breaks is a fault, and the next begins. `keep` gets what there is so far."""
    rows = []
    for name in names:
        case = cases.CASES[name]
        bench.say(f"  {name}: {case.__doc__.splitlines()[0]}")
        try:
            rows += case(bench)
        except process.Broken as fault:
            bench.fault(f"{name}: {fault}")
        keep(rows)
    return rows


def say(words):
    print(words, file=sys.stderr, flush=True)


def main():
    options = arguments()
    subprocess.run(["ninja", "-C", options.build, "mlgateway_bench"], check=True, stdout=subprocess.DEVNULL)
    peers.set_build(options.build, options.sidecar)
    names, missing = peers.available(options.peers.split(","))
    if options.alone:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(5))
    cores = Cores.of_this_machine()
    say(f"bench: {cores}")
    rounds = options.rounds or (3 if options.quick else 7)
    around = surroundings(cores)
    with tempfile.TemporaryDirectory(prefix="mlgateway-bench-") as folder:
        bench = Bench(folder, options.build / "tests", cores, names, rounds, 0.1 if options.quick else 1, say)
        for words in missing:
            bench.fault(words)

        def keep(rows):
            if options.out:
                result = {"surroundings": around, "rounds": rounds, "rows": [row.as_json() for row in rows],
                          "extra": bench.extra, "faults": bench.faults}
                options.out.write_text(json.dumps(result, indent=1) + "\n")
        rows = measure(bench, options.only or list(cases.CASES), keep)
    print(table.markdown(rows) + "\n\n" + table.notes(rows, around))
    for words in bench.faults:
        print(f"wrong: {words}", file=sys.stderr)
    return 1 if bench.faults else 0


if __name__ == "__main__":
    sys.exit(main())
