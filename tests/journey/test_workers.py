"""Workers are whole copies: more of them serve more, and are one sidecar to everybody outside."""

import pytest

from harness.client import eventually
from harness.config import ALICE, api_keys, config, key, key_set, route
from harness.load import Load
from harness.wire import request_bytes


@pytest.mark.parametrize("workers", [2, 4])
def test_connections_on_all_workers_are_served_and_counted_as_one(sidecars, model, workers):
    sidecar = sidecars(config(route(model)), workers=workers)
    clients = [sidecar.client() for _ in range(40)]
    for _ in range(5):
        for client in clients:
            client.send(request_bytes("POST", body=b"x"))
        assert [client.answer("POST").status for client in clients] == [200] * 40
    assert sidecar.metric("mlgateway_requests_total") == 200 == len(model.requests)
    assert sidecar.metric("mlgateway_connections") == 40
    assert sidecar.state()["workers"] == workers
    assert sum(version["requests"] for version in sidecar.state()["routes"][0]["versions"]) == 200
    assert len(sidecar.access_lines(200)) == 200
    for client in clients:
        client.close()
    sidecar.expect_nothing_left()


@pytest.mark.parametrize("workers", [2, 4])
def test_every_worker_enforces_a_reload(sidecars, model, workers):
    both = config(route(model, auth=[api_keys()]))
    nobody = config(route(model, auth=[api_keys(key_set(key("carol", "carols-secret-key-01")))], generation=2))
    sidecar = sidecars(both, workers=workers)
    clients = [sidecar.client() for _ in range(30)]

    def statuses():
        return {client.ask(headers=[("X-Api-Key", ALICE)]).status for client in clients}

    assert statuses() == {200}
    sidecar.reload(nobody)
    eventually(lambda: statuses() == {401}, patience=3)
    sidecar.reload(both)
    eventually(lambda: statuses() == {200}, patience=3)
    for client in clients:
        client.close()


def test_four_workers_under_load_fail_nothing_and_end_well(sidecars, model):
    sidecar = sidecars(config(route(model)), workers=4)
    with Load(sidecar.address, 12, lambda n: ("POST", f"/{n}", [], b"x" * 500)) as load:
        eventually(lambda: load.answered > 1500 or load.failures)
    assert load.failures == []
    assert sidecar.metric("mlgateway_requests_total", code="200") == load.answered
