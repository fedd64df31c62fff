"""Where things run: which cores, and which names of ports and folders."""

import dataclasses
import os
import socket


@dataclasses.dataclass(frozen=True)
class Cores:
    """Proxies never share a core with what loads them, unless the machine has but one.

    Load and model share one where there are only two: both cost about as much together as a proxy, so that the proxy
    stays the busy one, and what they cost is nowhere counted.
    """

    proxy: frozenset
    load: frozenset
    model: frozenset
    all: frozenset

    @classmethod
    def of_this_machine(cls):
        free = sorted(os.sched_getaffinity(0))
        load = free[1] if len(free) > 1 else free[0]
        model = free[2] if len(free) > 2 else load
        return cls(frozenset({free[0]}), frozenset({load}), frozenset({model}), frozenset(free))

    def for_workers(self):
        """(proxy, load and model) when several workers are to run at once: halves, or all for all of two cores."""
        cores = sorted(self.all)
        if len(cores) < 4:
            return self.all, self.all
        half = len(cores) // 2
        return frozenset(cores[:half]), frozenset(cores[half:])

    def __str__(self):
        def named(cores):
            return ",".join(map(str, sorted(cores)))
        return f"proxies on core {named(self.proxy)}, load on {named(self.load)}, model on {named(self.model)}"


def free_port():
    """For the peers that cannot take port 0 and say which it became."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
