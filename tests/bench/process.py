"""One program under measurement: started, waited for, metered from /proc, ended by its id."""

import os
import pathlib
import socket
import subprocess
import time


class Broken(Exception):
    """Something did not do what it has to; words for people."""


class Process:
    """Runs `command` on `cores`; what it says goes to files in `folder`."""

    def __init__(self, name, command, cores, folder):
        self.name, self.folder, self.ended = name, pathlib.Path(folder), False
        self.out, self.err = self.folder / f"{name}.out", self.folder / f"{name}.err"
        with open(self.out, "wb") as out, open(self.err, "wb") as err:
            self.child = subprocess.Popen([str(c) for c in command], stdout=out, stderr=err, stdin=subprocess.DEVNULL,
                                          preexec_fn=lambda: os.sched_setaffinity(0, cores))

    def wait_until(self, ready, what):
        """Returns what `ready` returns once that is true."""
        deadline = time.monotonic() + 20
        while not (result := ready()):
            if self.child.poll() is not None or time.monotonic() > deadline:
                raise Broken(f"{self.name}: {what} did not happen: {self.err.read_text().strip()[-500:]}")
            time.sleep(0.01)
        return result

    def wait_for_port(self, port):
        def connects():
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", port)) == 0
        self.wait_until(connects, f"listening on port {port}")

    def end(self):
        """SIGTERM, and the exit code; once."""
        if self.ended:
            return 0
        self.ended = True
        if (code := self.child.poll()) is not None:
            raise Broken(f"{self.name} ended by itself with exit code {code}: {self.err.read_text().strip()[-500:]}")
        self.child.terminate()
        try:
            return self.child.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Broken(f"{self.name} did not end on SIGTERM") from None

    def kill(self):
        self.ended = True
        self.child.kill()
        self.child.wait()


def children(pid):
    return [int(p) for p in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def title(pid):
    """What a process calls itself."""
    return pathlib.Path(f"/proc/{pid}/cmdline").read_text()


def processor_ns(pids):
    """What all threads of these processes have run so far, in nanoseconds.

    The scheduler's own sum, exact to the switch, not the clock tick's sampling in /proc/PID/stat; what the kernel does
    for loopback packets happens inside the sender's call and is in it.
    """
    try:
        tasks = [task for pid in pids for task in pathlib.Path(f"/proc/{pid}/task").iterdir()]
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks)
    except FileNotFoundError as gone:
        raise Broken(f"a process or thread under measurement is gone: {gone.filename}") from None


def memory_kb(pids, field):
    """VmRSS (resident now) or VmHWM (the most it ever was), summed."""
    total = 0
    for pid in pids:
        lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
        total += next(int(line.split()[1]) for line in lines if line.startswith(field + ":"))
    return total
