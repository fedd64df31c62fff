"""With a state directory what was used survives the process: all of it a clean end, all but a second of it a crash."""

import threading
import time
from decimal import Decimal

import pytest

from harness.client import Hangup, eventually
from harness.config import api_keys, budget, by, callers, config, cost, per, quota, rate, route, tier
from harness.crowd import ask_together, statuses
from harness.usage import limit, used
from harness.wire import request_bytes

DAY = 86_400_000
JOURNAL = "quota.journal"


@pytest.fixture
def start(sidecars, model, tmp_path):
    """start(limits...) starts a sidecar, always in the same state directory."""

    def start_(*limits, names=("ann",), price=None, workers=1, scope="Principal", folder="state"):
        world = config(
            route(model, auth=[api_keys(callers(*names))], cost=price, quotas=["plan"]),
            quotas=[quota(tier(*limits, scope=scope))],
        )
        return sidecars(world, "--state", str(tmp_path / folder), workers=workers)

    start_.folder = tmp_path / "state"
    start_.journal = tmp_path / "state" / JOURNAL
    return start_


def served(sidecar, name="ann", count=1):
    return [sidecar.ask("POST", "/", by(name), b"{}").status for _ in range(count)]


def test_what_was_used_survives_a_clean_end_exactly(start):
    first = start(budget("10"))
    assert served(first, count=7) == [200] * 7
    first.stop()
    second = start(budget("10"))
    assert used(second) == 7
    assert served(second, count=5) == [200] * 3 + [429] * 2
    second.stop()
    assert served(start(budget("10"))) == [429]


def test_every_callers_use_of_every_limit_survives(start):
    names = [f"caller{n}" for n in range(50)]
    limits = [budget("20", name="calls"), budget("10", name="spend", unit="Cost"), rate("1", per_ms=DAY, burst="30")]
    price = cost(per("Request", "0.3"))
    first = start(*limits, names=names, price=price, workers=4)
    asked = [name for n, name in enumerate(names) for _ in range(n % 12)]
    assert statuses(ask_together(first.address, [request_bytes("POST", "/", by(n), b"{}") for n in asked])) == {
        200: len(asked)
    }
    first.stop()
    second = start(*limits, names=names, price=price, workers=4)
    for n, name in enumerate(names):
        answer = second.ask("POST", "/", by(name), b"{}")
        left = answer.headers.get("ratelimit")
        assert f'"calls";r={20 - n % 12 - 1}' in left and f'"rate";r={30 - n % 12 - 1}' in left, (name, left)
        spent = Decimal("0.3") * (n % 12 + 1)
        assert f'"spend";r={int(10 - spent)}' in left, (name, left)
    assert second.state()["accounts"] == 50


def test_without_a_state_directory_nothing_survives(sidecars, model):
    world = config(route(model, quotas=["plan"]), quotas=[quota(budget("1"))])
    for _ in range(2):
        sidecar = sidecars(world)
        assert [sidecar.ask("POST", body=b"{}").status for _ in range(2)] == [200, 429]
        sidecar.stop()


def test_what_was_given_back_stays_given_back(sidecars, models, tmp_path):
    model = models(on_request=lambda connection, request: connection.answer(500, body=b"x"))
    world = config(route(model, quotas=["plan"]), quotas=[quota(budget("5"), rate("1", per_ms=DAY, burst="5"))])
    first = sidecars(world, "--state", str(tmp_path / "state"))
    assert [first.ask("POST", body=b"{}").status for _ in range(3)] == [500] * 3
    first.stop()
    second = sidecars(world, "--state", str(tmp_path / "state"))
    assert (used(second), int(used(second, "rate") + Decimal("0.01"))) == (0, 3)


def test_a_window_goes_on_while_nobody_runs(start):
    first = start(budget("2", window_ms=2000))
    assert served(first, count=3) == [200, 200, 429]
    first.stop()
    time.sleep(2.2)
    assert served(start(budget("2", window_ms=2000)), count=3) == [200, 200, 429]


def test_an_edited_limit_keeps_what_was_used_before_the_end(start):
    first = start(budget("10"))
    served(first, count=7)
    first.stop()
    assert served(start(budget("8")), count=2) == [200, 429]


def test_a_drain_under_load_loses_nothing(start, model):
    """What was granted up to the last request is what the next process knows."""
    first = start(budget("100000"), workers=4)
    stop = threading.Event()

    def ask():
        try:
            with first.client() as client:
                while not stop.is_set() and not client.ask("POST", "/", by("ann"), b"{}").says_close:
                    pass
        except (Hangup, OSError):
            pass

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    eventually(lambda: len(model.requests) > 300)
    first.stop()
    stop.set()
    for thread in threads:
        thread.join(20)
    assert used(start(budget("100000"), workers=4)) == len(model.requests)


# Crashes.


def test_a_crash_loses_at_most_the_last_second(start):
    first = start(budget("1000000"))
    times = []
    end = time.monotonic() + 3
    with first.client() as client:
        while time.monotonic() < end:
            assert client.ask("POST", "/", by("ann"), b"{}").status == 200
            times.append(time.monotonic())
            time.sleep(0.002)
    killed = time.monotonic()
    first.crash()
    known = used(start(budget("1000000")))
    before = sum(1 for at in times if at < killed - 1.0)
    assert before <= known <= len(times), (before, known, len(times))


def test_what_was_used_more_than_a_second_before_a_crash_is_not_lost(start):
    first = start(budget("10"))
    assert served(first, count=7) == [200] * 7
    time.sleep(1.1)
    first.crash()
    assert served(start(budget("10")), count=4) == [200] * 3 + [429]


def test_ten_crashes_in_a_row_add_up(start):
    for turn in range(10):
        sidecar = start(budget("15"))
        assert used(sidecar) == turn
        assert served(sidecar) == [200]
        time.sleep(1.1)
        sidecar.crash()
    sidecar = start(budget("15"))
    assert served(sidecar, count=6) == [200] * 5 + [429]


# Torn files.


def journal_after(start, count=5, names=("ann", "ben", "cat")):
    first = start(budget("10"), names=names)
    for name in names:
        assert served(first, name, count) == [200] * count
    first.stop()
    return start.journal.read_bytes()


def reported(sidecar):
    """A torn journal is told in the log, with the file."""
    lines = [line for line in sidecar.log if JOURNAL in line and ('"warn' in line or '"error' in line)]
    assert lines, sidecar.log
    return lines


@pytest.mark.parametrize("share", [0.3, 0.6, 0.99])
def test_a_journal_that_is_cut_is_read_up_to_there_and_reported(start, share):
    whole = journal_after(start)
    start.journal.write_bytes(whole[: int(len(whole) * share)])
    second = start(budget("10"), names=("ann", "ben", "cat"))
    reported(second)
    seen = limit(second)
    assert all(0 < Decimal(each["used"]) <= 5 for each in seen["top"])
    assert served(second) == [200]
    second.stop()
    # What is written from then on is whole again.
    third = start(budget("10"), names=("ann", "ben", "cat"))
    assert [line for line in third.log if "torn" in line.lower() and JOURNAL in line] == []
    assert 1 <= used(third) <= 6


@pytest.mark.parametrize("garbage", [b"\x00" * 4096, b"garbage", b"\xff" * 100])
def test_a_journal_with_garbage_behind_it_keeps_what_was_before(start, garbage):
    whole = journal_after(start)
    start.journal.write_bytes(whole + garbage)
    second = start(budget("10"), names=("ann", "ben", "cat"))
    reported(second)
    assert [served(second, name, 6) for name in ("ann", "ben", "cat")] == [[200] * 5 + [429]] * 3


def test_a_byte_that_changed_is_found(start):
    """It is not taken for another number: what stands behind it is dropped and said to be."""
    whole = bytearray(journal_after(start))
    whole[len(whole) // 2] ^= 0x40
    start.journal.write_bytes(whole)
    second = start(budget("10"), names=("ann", "ben", "cat"))
    reported(second)
    assert all(Decimal(each["used"]) <= 5 for each in limit(second)["top"])
    assert served(second) == [200]


def test_a_journal_cut_at_any_byte_starts(start, sidecars, model):
    whole = journal_after(start, names=("ann",))
    for size in range(len(whole) - 1, 0, -max(1, len(whole) // 12)):
        start.journal.write_bytes(whole[:size])
        sidecar = start(budget("10"))
        assert served(sidecar) == [200] and used(sidecar) <= 6
        sidecar.crash()


def test_an_empty_journal_is_a_new_one(start):
    start.folder.mkdir()
    start.journal.write_bytes(b"")
    sidecar = start(budget("2"))
    assert served(sidecar, count=3) == [200, 200, 429]


# A disk that is in the way.


def test_two_processes_do_not_share_a_state_directory(start):
    first = start(budget("10"))
    with pytest.raises(AssertionError, match="ended with"):
        start(budget("10"))
    assert served(first) == [200]


def test_a_state_directory_that_cannot_be_made_is_said_at_the_start(sidecars, model, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(AssertionError, match="ended with") as failure:
        sidecars(config(route(model)), "--state", str(tmp_path / "file" / "state"))
    assert "state" in str(failure.value)


def test_a_journal_that_vanishes_stops_nobody(start):
    first = start(budget("10"))
    assert served(first) == [200]
    start.journal.unlink(missing_ok=True)
    assert served(first, count=2) == [200, 200]
    time.sleep(1.1)
    assert served(first) == [200]
    first.stop()
    assert used(start(budget("10"))) == 4
