"""Network, mount and process namespaces of their own for a node, so that nothing of it can leave the machine or stay on
it: when the namespaces end, the kernel ends their processes, mounts, interfaces and packet filter rules with them.

Needs to be root. Only cgroups have no namespace here; the node's are all below one of its own.
"""

import ctypes
import os
import pathlib
import signal
import socket
import subprocess
import threading

from eventually import eventually
from processes import Process

CLONE_NEWNET = 0x40000000
CGROUPS = pathlib.Path("/sys/fs/cgroup")
# What a kubelet sets on its machine when it finds another value. It is shown these instead, and sets nothing.
KERNEL_SETTINGS = {
    "vm/overcommit_memory": "1",
    "vm/panic_on_oom": "0",
    "kernel/panic": "10",
    "kernel/panic_on_oops": "1",
    "kernel/keys/root_maxkeys": "1000000",
    "kernel/keys/root_maxbytes": "25000000",
}


class Host:
    """The network that the tests themselves are in."""

    connect = staticmethod(socket.create_connection)

    @staticmethod
    def enter(*command):
        return list(command)


class Network:
    """The network of another process."""

    def __init__(self, pid):
        self._path = f"/proc/{pid}/ns/net"

    def enter(self, *command):
        """The command line that runs a command there."""
        return ["nsenter", f"--net={self._path}", "--", *command]

    def connect(self, address):
        """A socket that is connected there. A thread can be in a network of its own; its sockets stay in it."""
        result = []

        def run():
            with open(self._path) as namespace:
                if ctypes.CDLL(None, use_errno=True).setns(namespace.fileno(), CLONE_NEWNET) != 0:
                    result.append(OSError(ctypes.get_errno(), "setns"))
                    return
            try:
                result.append(socket.create_connection(address, 10))
            except OSError as error:
                result.append(error)

        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
        if isinstance(result[0], OSError):
            raise result[0]
        return result[0]


class Isolation:
    """Namespaces in which `init` is the first process. `folder` takes what is written to /var there. With `outlives`
    they stay when the process that made them ends, until remove() is called."""

    def __init__(self, folder, init, outlives=False):
        self._folder = folder
        self._process = Process("init", ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child",
                                         "--mount-proc", init], folder / "init.log", outlives=outlives)
        self.pid = self._process.pid
        self.network = Network(self.pid)
        eventually(lambda: first_process(self.pid), "the first process of the namespaces", check=self._process.check)
        self._take_root()
        self._prepare()

    def enter(self, *command):
        """The command line that runs a command in all of the namespaces."""
        proc = f"/proc/{self.pid}/ns"
        return ["nsenter", f"--net={proc}/net", f"--mount={proc}/mnt", f"--pid={proc}/pid_for_children", "--", *command]

    def _take_root(self):
        """Makes the root of the tests that of the mount namespace. In a chroot it is another one, and who joins the
        namespace, as runc does to run a command in a container, would find himself outside."""
        ours = os.stat("/")
        lines = [
            "set -e",
            f'[ "$(stat -c %d:%i /)" != {ours.st_dev}:{ours.st_ino} ] || exit 0',
            f"root=$(readlink /proc/{self.pid}/root)",
            'mount --rbind "$root" "$root"',
            'cd "$root"',
            "pivot_root . run",
            "echo the other root is at /run",
        ]
        run = subprocess.run(["nsenter", f"--mount=/proc/{self.pid}/ns/mnt", "--", "sh", "-c", "\n".join(lines)],
                             capture_output=True, text=True)
        assert run.returncode == 0, run.stderr
        if run.stdout:
            subprocess.run(self.enter("umount", "-l", "/run"), check=True)

    def _prepare(self):
        upper, work, settings = (self._folder / name for name in ("var", "var-work", "settings"))
        lines = [
            "set -e",
            f"mkdir -p {upper} {work} {settings}",
            "mount --make-rshared /",
            "mount -t tmpfs -o mode=755 run /run",
            "mkdir -p /run/lock",
            f"mount -t overlay -o lowerdir=/var,upperdir={upper},workdir={work} var /var",
        ]
        for name, value in KERNEL_SETTINGS.items():
            shown = settings / name.replace("/", "-")
            lines += [f"echo {value} >{shown}", f"mount --bind {shown} /proc/sys/{name}"]
        run = subprocess.run(self.enter("sh", "-c", "\n".join(lines)), capture_output=True, text=True)
        assert run.returncode == 0, run.stderr


def first_process(pid):
    """The pid, as the host counts, of the first process in the namespaces that process `pid` made."""
    try:
        children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except FileNotFoundError:
        return None
    # Between fork and exec it is still unshare, which has not made everything yet.
    if not children or pathlib.Path(f"/proc/{children[0]}/comm").read_text() == "unshare\n":
        return None
    return int(children[0])


def end(pid):
    """Ends the namespaces that process `pid` made, and returns when nothing runs in them any more."""
    first = first_process(pid)
    if first:
        os.kill(first, signal.SIGKILL)

    def gone():
        try:
            os.waitpid(pid, os.WNOHANG)
        except ChildProcessError:
            pass
        return not pathlib.Path(f"/proc/{pid}").exists()

    eventually(gone, "the end of the namespaces")


def cgroup_roots():
    """One per controller; cgroups of version 2 have one for all."""
    unified = (CGROUPS / "cgroup.controllers").exists()
    return [CGROUPS] if unified else [path.parent for path in CGROUPS.glob("*/cgroup.procs")]


def make_cgroups(name):
    for root in cgroup_roots():
        (root / name).mkdir()


def remove_cgroups(name):
    """Removes the cgroups of that name and all below them, which must be without processes."""

    def removed():
        for root in cgroup_roots():
            for folder, _, _ in os.walk(root / name, topdown=False):
                os.rmdir(folder)
        return True

    eventually(removed, f"the cgroups {name} to be empty")


def obstacle():
    """Why there can be no such namespaces on this machine, in words; None when there can."""
    if os.geteuid() != 0:
        return "it needs to be root"
    if not cgroup_roots():
        return "there are no cgroups"
    run = subprocess.run(["unshare", "--net", "--mount", "--pid", "--fork", "--mount-proc", "true"],
                         capture_output=True, text=True)
    return None if run.returncode == 0 else run.stderr.strip()
