"""GET /drain, as the preStop hook of the model's container asks it: answered when nothing is under way any more, and
taken back where the pod did not end."""

import threading
import time

import pytest

from harness.client import eventually
from harness.config import ADMIN_TOKEN, config, route
from harness.load import Load
from harness.sidecar import DRAIN_TOKEN
from harness.wire import request_bytes


class Hook(threading.Thread):
    """Asks, as the kubelet does, and notes what was answered after how long."""

    def __init__(self, sidecar):
        super().__init__(daemon=True)
        self.sidecar = sidecar
        self.status = None
        self.start()

    def run(self):
        began = time.monotonic()
        self.status = self.sidecar.admin("/drain", DRAIN_TOKEN).status
        self.took = time.monotonic() - began

    def wait(self):
        self.join(20)
        return self.status


def test_it_is_answered_when_the_delay_is_over_and_nothing_is_in_flight(sidecars, models):
    go_on = threading.Event()
    model = models(on_request=lambda connection, request: go_on.wait(20) and connection.answer(body=b"ok"))
    sidecar = sidecars(config(route(model)), drain="300ms")
    with sidecar.client() as client:
        client.send(request_bytes("GET", "/slow"))
        sidecar.expect_metric(1, "mlgateway_requests_in_flight")
        hook = Hook(sidecar)
        eventually(lambda: sidecar.admin("/readyz").status == 503, "not ready")
        time.sleep(0.6)
        assert hook.status is None
        go_on.set()
        assert client.answer().status == 200
    assert hook.wait() == 200


def test_it_waits_no_longer_than_a_drain_may_take(sidecars, models):
    model = models(on_request=lambda connection, request: connection.wait_for_end(30))
    sidecar = sidecars(config(route(model)), "--drain-timeout", "500ms", drain="100ms")
    with sidecar.client() as client:
        client.send(request_bytes("GET", "/never"))
        sidecar.expect_metric(1, "mlgateway_requests_in_flight")
        hook = Hook(sidecar)
        assert hook.wait() == 200 and hook.took >= 0.6


def test_no_request_is_lost_from_the_hook_to_the_end(sidecars, model):
    sidecar = sidecars(config(route(model)), drain="500ms", workers=2)
    with Load(sidecar.address, 8, lambda n: ("POST", f"/{n}", [], b"x"), reconnect=True) as load:
        eventually(lambda: load.answered > 100)
        hook = Hook(sidecar)
        eventually(lambda: sidecar.admin("/readyz").status == 503, "not ready")
        before = load.answered
        time.sleep(0.3)
        assert load.answered > before
    assert hook.wait() == 200
    sidecar.terminate()
    assert load.failures == [] and sidecar.wait(20) == 0


def test_answers_carry_connection_close_meanwhile_and_not_when_it_is_taken_back(sidecars, model):
    sidecar = sidecars(config(route(model)), "--drain-timeout", "1s", drain="0s")
    assert Hook(sidecar).wait() == 200
    assert sidecar.ask().says_close and sidecar.admin("/readyz").status == 503
    eventually(lambda: sidecar.admin("/readyz").status == 200, "ready again")
    with sidecar.client() as client:
        assert [client.ask().status for _ in range(3)] == [200] * 3
        assert not client.ask().says_close
    assert Hook(sidecar).wait() == 200


def test_the_end_is_not_held_up_by_a_hook_that_was_asked_before(sidecars, model):
    sidecar = sidecars(config(route(model)), "--drain-timeout", "60s", drain="0s")
    assert Hook(sidecar).wait() == 200
    sidecar.terminate()
    assert sidecar.wait(10) == 0


@pytest.mark.parametrize("token", [None, "", "wrong", ADMIN_TOKEN])
def test_it_takes_the_pods_own_token(sidecars, model, token):
    sidecar = sidecars(config(route(model)))
    assert sidecar.admin("/drain", token).status == 401
    assert sidecar.admin("/readyz").status == 200
