"""Processes that end with the test that started them, and free ports for them."""

import contextlib
import ctypes
import random
import signal
import socket
import subprocess

PR_SET_PDEATHSIG = 1
# Below the ports that the kernel gives to outgoing connections, so that none of those takes one meanwhile.
PORTS = range(20000, 32000)


def free_port():
    for port in random.sample(PORTS, 100):
        with contextlib.closing(socket.socket()) as probe:
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return port
    raise AssertionError("no port is free")


def _die_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Process:
    """A process with a log. It is killed when the thread that started it ends, whatever that ends by, unless it
    `outlives` it."""

    def __init__(self, name, command, log, outlives=False):
        self.name = name
        self.log = log
        with open(log, "wb") as out:
            self._process = subprocess.Popen(list(map(str, command)), stdout=out, stderr=subprocess.STDOUT,
                                             stdin=subprocess.DEVNULL, start_new_session=outlives,
                                             preexec_fn=None if outlives else _die_with_parent)
        self.pid = self._process.pid

    def check(self):
        """Fails when it has ended by itself."""
        code = self._process.poll()
        assert code is None, f"{self.name} ended with {code}:\n{self.tail()}"

    def tail(self):
        return self.log.read_text(errors="replace")[-4000:]

    def kill(self):
        self._process.kill()
        return self._process.wait()
