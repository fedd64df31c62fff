"""The cases: each returns the rows of the table that it filled."""

import contextlib
import statistics

import peers
from bench import Row
from peer import BULK, KEPT, Direct
from process import Broken, memory_kb

MB = 1 << 20
GB = 1 << 30
WINDOWS = 9  # of a round, in which latencies are taken
EQUAL = 64   # different requests that are asked again and again, four by each caller
RELAYING = ("mlgateway", "nginx", "HAProxy", "Envoy")


def relay(bench):
    """Processor time per request: 1 KB POSTs with distinct bodies on 32 keep-alive connections, closed loop."""
    row = Row("processor time per request, 1 KB POST, everything on", "µs", {}, limit=1.0)
    with bench.model() as ports, bench.all_peers(ports, bench.among(*RELAYING, "Envoy with filters")) as started:
        row.samples = microseconds_each(bench, started)
        if "mlgateway" in started:
            audit(bench, "relay", started["mlgateway"])
    return [row, against_filters(row, 0.3)]


def hits(bench):
    """Processor time per request that a cache answers: as `relay`, but equal requests. The others relay them."""
    row = Row("processor time per request, cache hit, everything on", "µs", {}, limit=0.5)
    with bench.model() as ports, bench.all_peers(ports, bench.names) as started:
        row.samples = microseconds_each(bench, started, ports, path=KEPT, bodies=EQUAL)
        if "mlgateway" in started:
            audit(bench, "hits", started["mlgateway"])
    return [row, against_filters(row)]


def microseconds_each(bench, started, ports=None, **options):
    """Name -> processor time per request in each round. With `ports`, what is kept must not reach the model there."""
    requests = bench.count(30000)
    for peer in started.values():
        bench.load(peer, bench.count(3000), **options)
    before = bench.model_answered(ports) if ports else 0
    spent = bench.costs(started, requests, **options)
    if ports:
        relayed = sum(not peer.keeps_answers for peer in started.values()) * requests * bench.rounds
        if (answered := bench.model_answered(ports) - before) != relayed:
            raise Broken(f"the model answered {answered} requests instead of {relayed}: somebody's cache asked it")
    return {name: [ns / requests / 1000 for ns in of_rounds] for name, of_rounds in spent.items()}


def against_filters(row, limit=None):
    """The same samples, beside the peer that does a part of the same work."""
    versus = "Envoy with filters"
    samples = {name: row.samples[name] for name in ("mlgateway", versus) if name in row.samples}
    return Row(f"the same, beside {versus}", row.unit, samples, limit=limit, versus=versus)


def audit(bench, case, sidecar):
    """What was measured did all it had to: every request is counted, and logged or known to be dropped."""
    counted, dropped = sidecar.counted()
    sidecar.process.end()
    with open(sidecar.access_log, "rb") as log:
        logged = sum(1 for _ in log)
    sent, chosen = sidecar.sent, sidecar.sent - sidecar.refused
    bench.extra[f"{case}_log"] = {"requests": sent, "counted": counted, "logged": logged, "dropped": dropped}
    # One without a good key is no request of any version; it is counted as refused.
    if counted != chosen:
        raise Broken(f"mlgateway's metrics know {counted} of {chosen} requests")
    if logged + dropped != sent:
        raise Broken(f"mlgateway logged {logged} requests and dropped {dropped} lines, of {sent} requests")


def latency(bench):
    """What a proxy adds to the model's latency at half load, open loop."""
    rows = {share: Row(f"added latency at half load, {share}", "µs", {}, limit=limit)
            for share, limit in (("p50", 1.2), ("p99", 1.5))}
    # Envoy would set the rate for all, at half of what it can do: nobody else would be under load.
    names = bench.among("mlgateway", "nginx", "HAProxy")
    with bench.model() as ports, bench.all_peers(ports, names) as started, bench.peer(Direct, ports) as direct:
        rate = half_of_the_slowest(bench, started)
        # Windows, and their median: a stall of the machine spoils the one that it falls into, and no more.
        windows = {name: [[] for _ in range(bench.rounds)] for name in ["direct", *started]}
        for part in range(WINDOWS):
            for number, name in bench.in_turns(windows):
                report, _ = bench.load({"direct": direct, **started}[name], bench.count(3000), rate=rate,
                                       seed=number * WINDOWS + part + 1)
                windows[name][number].append(report["latency_us"])
    for share, row in rows.items():
        seen = {name: [statistics.median(w[share] for w in of_round) for of_round in rounds]
                for name, rounds in windows.items()}
        for name in started:
            row.samples[name] = [through - without for through, without in zip(seen[name], seen["direct"])]
        row.note = f"{rate} requests a second, the model's own {share} is {statistics.median(seen['direct']):.0f} µs"
    bench.extra |= {"latency_rate": rate, "latency_us": windows}
    return list(rows.values())


def half_of_the_slowest(bench, started):
    """Requests a second, so that nobody is beyond its half."""
    requests = bench.count(20000)
    return round(min(requests / bench.load(peer, requests)[0]["seconds"] for peer in started.values()) / 2)


def memory(bench):
    """Resident memory of a fresh process, and after load."""
    idle = Row("memory, idle", "MB", {}, limit=10, limit_of="value")
    loaded = Row("memory, after load", "MB", {}, limit=20, limit_of="value")
    with bench.model() as ports:
        for name in bench.among(*RELAYING, "Envoy with filters"):
            with bench.peer(peers.KINDS[name], ports) as peer:
                idle.samples[name] = [memory_kb(peer.pids(), "VmRSS") / 1024]
                for connections in (32, 512):
                    bench.load(peer, bench.count(150000), connections=connections)
                bench.load(peer, bench.count(150000), path=KEPT, bodies=EQUAL)
                bench.load(peer, 8, connections=4, path=BULK, body_bytes=64 * MB)
                bench.load(peer, 8, connections=4, answer_bytes=64 * MB)
                loaded.samples[name] = [memory_kb(peer.pids(), "VmRSS") / 1024]
    loaded.note = (f"after 1 KB requests on 32 and on 512 connections, {EQUAL} requests answered from the cache, and "
                   "64 MB bodies")
    return [idle, loaded]


def workers(bench):
    """Processor time per request with two workers, as a multiple of one worker's."""
    requests = bench.count(30000)
    proxy, others = bench.cores.for_workers()
    row = Row("processor time per request, two workers / one", "", {}, limit=1.1, limit_of="value")
    with bench.model(others) as ports, contextlib.ExitStack() as stack:
        started = {}
        for name in bench.among("mlgateway", "nginx"):
            for number in (1, 2):
                started[name, number] = stack.enter_context(bench.peer(peers.KINDS[name], ports, number, proxy))
                bench.load(started[name, number], requests // 10, others)
        spent = bench.costs(started, requests, cores=others)
    for name in {name for name, _ in started}:
        row.samples[name] = [two / one for one, two in zip(spent[name, 1], spent[name, 2])]
    bench.extra["workers_us"] = {f"{n} x {w}": [s / requests / 1000 for s in v] for (n, w), v in spent.items()}
    return [row]


def bodies(bench):
    """Processor time per GB relayed, in bodies of 64 MB, up and down."""
    up = Row("processor time per GB, 64 MB bodies up", "ms", {})
    down = Row("processor time per GB, 64 MB bodies down", "ms", {})
    requests = bench.count(8)
    with bench.model() as ports, bench.all_peers(ports, bench.among(*RELAYING)) as started:
        for row, option in ((up, "body_bytes"), (down, "answer_bytes")):
            options = {"path": BULK, "connections": 2, option: 64 * MB}
            for name, spent in bench.costs(started, requests, slices=2, **options).items():
                row.samples[name] = [ns / 1e6 / (requests * 64 * MB / GB) for ns in spent]
    return [up, down]


def streams(bench):
    """Processor time per server-sent event: 32 streams at once, an event every 2 ms on each."""
    events = bench.count(500)
    row = Row("processor time per server-sent event", "µs", {})
    with bench.model() as ports, bench.all_peers(ports, bench.among(*RELAYING)) as started:
        for name, spent in bench.costs(started, 32, slices=1, events=events).items():
            row.samples[name] = [ns / (32 * events) / 1000 for ns in spent]
    return [row]


def gigabyte(bench):
    """The most memory a process ever had that relayed a body of 1 GB whose receiver began to read late."""
    size = GB if bench.scale >= 1 else GB // 4
    rows = []
    cases = {"up": {"path": BULK, "body_bytes": size, "model_stall_ms": 500},
             "down": {"path": BULK, "answer_bytes": size, "read_stall_ms": 500}}
    for way, options in cases.items():
        row = Row(f"peak memory, {size // MB} MB body {way}", "MB", {}, limit=20, limit_of="value")
        with bench.model() as ports:
            for name in bench.among(*RELAYING):
                with bench.peer(peers.KINDS[name], ports) as peer:
                    bench.load(peer, 1, connections=1, **options)
                    row.samples[name] = [memory_kb(peer.pids(), "VmHWM") / 1024]
        rows.append(row)
    return rows


CASES = {case.__name__: case for case in (relay, hits, latency, memory, workers, bodies, streams, gigabyte)}
