#!/usr/bin/env python3
"""Runs test suites one after the other, tells the time and the count of each, and closes with their sum.

    run_suites.py SUITE...

A suite's own output goes to build/test-logs/SUITE.log; the end of it is shown when the suite fails. What a suite
could not run on this machine it says in lines that begin with `not run: `. Needs nothing but the standard library,
because it also runs where nothing is installed yet.
"""

import os
import pathlib
import re
import signal
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
LOGS = ROOT / "build" / "test-logs"
PYTHON = "/usr/bin/python3"
PYTEST = ["build/venv-tests/bin/python", "-m", "pytest", "-q", "-p", "no:cacheprovider"]
CTEST = ["--output-on-failure", "--no-tests=error", "-j2"]

# A suite that takes longer hangs. All of them together stay far below what CI allows.
LONGEST_SUITE_SECONDS = 15 * 60
# A sanitizer's finding is a failed test, also in a process that a test only started.
SANITIZERS = {
    "ASAN_OPTIONS": "detect_leaks=1:abort_on_error=1:strict_string_checks=1",
    "LSAN_OPTIONS": f"suppressions={ROOT / 'tests/support/lsan.supp'}:print_suppressions=0",
    "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1",
    "TSAN_OPTIONS": f"suppressions={ROOT / 'tests/support/tsan.supp'}:exitcode=66:second_deadlock_stack=1",
}


def unittest(folder):
    return [PYTHON, "-m", "unittest", "discover", "-s", folder]


def ctest(build, *selection):
    return ["ctest", "--test-dir", build, *CTEST, *selection]


def without_aslr(command):
    """GCC 12's ThreadSanitizer finds no room for its shadow where the kernel scatters memory more than that."""
    scatter = pathlib.Path("/proc/sys/vm/mmap_rnd_bits")
    wide = scatter.exists() and int(scatter.read_text()) > 28
    return ["setarch", "--addr-no-randomize", *command] if wide else command


# Suite -> (build folder that it tests, command).
SUITES = {
    "layering": (None, unittest("tests/layering")),
    "style": (None, unittest("tests/style")),
    "unit": ("build", ctest("build", "-E", "^contract")),
    "contract": ("build", ctest("build", "-R", "^contract")),
    "operator": ("build", [*PYTEST, "tests/operator"]),
    "journey": ("build", [*PYTEST, "tests/journey"]),
    "cluster-api": ("build", [*PYTEST, "tests/cluster", "--ignore=tests/cluster/whole"]),
    "cluster": ("build", [*PYTEST, "tests/cluster/whole"]),
    "realmodel": ("build", [*PYTEST, "tests/realmodel"]),
    "demo": ("build", [PYTHON, "examples/demo"]),
    "asan-unit": ("build-asan", ctest("build-asan", "-E", "^contract")),
    "asan-contract": ("build-asan", ctest("build-asan", "-R", "^contract")),
    "asan-journey": ("build-asan", [*PYTEST, "tests/journey"]),
    "tsan-unit": ("build-tsan", without_aslr(ctest("build-tsan", "-E", "^contract"))),
    "tsan-journey": ("build-tsan", without_aslr([*PYTEST, "tests/journey"])),
    "fuzz": (None, ["tests/fuzz/run"]),
}


def count(output):
    """(passed, failed, skipped) from the closing lines of ctest, pytest, unittest or a plain `N passed, N failed`."""
    ctest_line = re.findall(r"(\d+) tests failed out of (\d+)", output)
    if ctest_line:
        failed, total = map(int, ctest_line[-1])
        return total - failed, failed, 0
    unittest_line = re.findall(r"^Ran (\d+) tests? in", output, re.M)
    if unittest_line:
        failed = sum(map(int, re.findall(r"(?:failures|errors)=(\d+)", output)))
        skipped = sum(map(int, re.findall(r"skipped=(\d+)", output)))
        return int(unittest_line[-1]) - failed - skipped, failed, skipped
    closing = [line for line in output.splitlines() if re.search(r"\d+ (passed|failed|error)", line)]
    found = re.findall(r"(\d+) (passed|failed|error|skipped)", closing[-1]) if closing else []
    words = {word: int(number) for number, word in found}
    return words.get("passed", 0), words.get("failed", 0) + words.get("error", 0), words.get("skipped", 0)


def run(command, log, environment):
    """The exit code; a run over time is ended with everything that it started, and counts as failed."""
    with open(log, "wb") as out:
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
            env=environment, start_new_session=True,
        )
        try:
            return process.wait(LONGEST_SUITE_SECONDS)
        except BaseException as reason:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            if not isinstance(reason, subprocess.TimeoutExpired):
                raise
            out.write(f"\nended after {LONGEST_SUITE_SECONDS} s\n".encode())
            return -signal.SIGKILL


def run_suite(name):
    """(passed, failed, skipped) of one suite, told to the person in front of it."""
    build, command = SUITES[name]
    log = LOGS / f"{name}.log"
    environment = dict(os.environ)
    if build:
        environment["MLGATEWAY_BUILD"] = str(ROOT / build)
    if build in ("build-asan", "build-tsan"):
        environment.update(SANITIZERS)
    print(f"  {name:<14} ", end="", flush=True)
    started = time.monotonic()
    code = run(command, log, environment)
    took = time.monotonic() - started
    output = log.read_text(errors="replace")
    passed, failed, skipped = count(output)
    not_run = re.findall(r"^not run: .*", output, re.M)
    if code != 0 or (passed == 0 and not not_run):
        failed = max(failed, 1)  # whatever it counted: it did not end well, or tested nothing
    notes = f", {skipped} skipped" if skipped else ""
    print(f"{passed:5} passed, {failed:3} failed{notes} {took:8.1f} s", flush=True)
    for reason in not_run:
        print(f"    {reason}", flush=True)
    if failed:
        print("".join(f"    | {line}\n" for line in output.splitlines()[-60:]), end="")
        print(f"    the whole output is in {log.relative_to(ROOT)}", flush=True)
    return passed, failed, skipped


def main(names):
    unknown = [n for n in names if n not in SUITES]
    if unknown or not names:
        sys.exit(f"unknown suites: {' '.join(unknown)}; known are {' '.join(SUITES)}")
    LOGS.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    results = {name: run_suite(name) for name in names}
    passed, failed, skipped = (sum(column) for column in zip(*results.values()))
    failing = [name for name, (_, bad, _) in results.items() if bad]
    print(f"  all suites took {time.monotonic() - started:.1f} s")
    if failing:
        print(f"  failing suites: {' '.join(failing)}")
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
