"""What the demo stands on: free ports, processes with a log each, and an end that leaves nothing behind."""

import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request


def free_port():
    """A port that the kernel has just given away; for programs that cannot take port 0 themselves."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(what, ready, seconds):
    """What `ready()` returns as soon as that is true."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        answer = ready()
        if answer:
            return answer
        time.sleep(0.02)
    raise TimeoutError(f"{what} did not happen within {seconds} s")


def get(url, headers=None):
    """(status, text); status 0 when nobody answers."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers or {}), timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read().decode()
    except OSError:
        return 0, ""


class Stage:
    """A folder of the demo's own and the processes it started. Leave it with `close`, or `keep` it."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="mlgateway-demo-"))
        self.processes = {}

    def log_of(self, name):
        return self.folder / f"{name}.log"

    def start(self, name, *command, cwd=None, env=None):
        with open(self.log_of(name), "wb") as log:
            # A session of its own, so that --keep outlives this terminal and Ctrl-C is ours to handle.
            self.processes[name] = subprocess.Popen(
                [str(word) for word in command], cwd=cwd, env={**os.environ, **(env or {})},
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )

    def check_alive(self):
        for name, process in self.processes.items():
            if process.poll() is not None:
                raise RuntimeError(f"{name} has ended with {process.returncode}")

    def wait_for_line(self, name, message, seconds=10):
        """The JSON log line of a process that carries that message."""

        def look():
            self.check_alive()
            lines = self.log_of(name).read_text(errors="replace").splitlines()
            found = [line for line in lines if line.startswith("{") and f'"{message}"' in line]
            return json.loads(found[0]) if found else None

        return wait_until(f'"{message}" in the log of {name}', look, seconds)

    def wait_for_answer(self, name, url, seconds):
        def look():
            self.check_alive()
            return get(url)[0] == 200

        wait_until(f"{name} answering {url}", look, seconds)

    def stop(self, name, seconds=10):
        """The exit code, after SIGTERM; a process that does not end is killed."""
        process = self.processes.pop(name)
        process.terminate()
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return process.wait()

    def close(self, keep_files=False):
        for name in reversed(list(self.processes)):
            self.stop(name)
        if not keep_files:
            shutil.rmtree(self.folder, ignore_errors=True)

    def keep(self):
        """Writes a script that ends everything; returns its path."""
        script = self.folder / "stop"
        pids = " ".join(str(process.pid) for process in self.processes.values())
        script.write_text(f"#!/bin/sh\nkill {pids}\nsleep 1\nrm -rf {self.folder}\n")
        script.chmod(0o755)
        return script
