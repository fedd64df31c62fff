"""An equal request is answered from memory: as it was, as long as it is fresh, and within a budget of bytes."""

import json
import time

import pytest

from harness.client import Hangup, eventually
from harness.config import api_keys, budget, by, cache, callers, config, cost, path, per, quota, route, version
from harness.predict import INFER, JSON, call_number, v2
from harness.usage import cache_status, expect_settled, granted, remaining
from harness.wire import answer_bytes, request_bytes

MEGABYTE = 1 << 20


def start(sidecars, model, keep=None, protocol="OpenInferenceV2", workers=1, **more):
    its = {} if protocol in ("Generic", "MLflow") else {"model": "m"}
    return sidecars(config(route(model, protocol=protocol, cache=keep or cache(), **its, **more)), workers=workers)


def ask(sidecar, body=v2(1), fields=(), target=INFER, client=None):
    return (client or sidecar).ask("POST", target, [JSON, *fields], body)


def stored(sidecar):
    """What /state says of the route's cache."""
    return sidecar.state()["routes"][0]["cache"]


# Hits.


def test_an_equal_request_is_answered_from_memory(sidecars, numbered):
    model = numbered(headers=[("X-Of-The-Model", "yes")])
    sidecar = start(sidecars, model)
    first, second = ask(sidecar), ask(sidecar)
    assert call_number(first) == call_number(second) == 0 and model.calls == 1
    assert second.body == first.body
    assert cache_status(first) == {"fwd": "miss", "stored": True}
    status = cache_status(second)
    assert status.pop("ttl") in range(590, 601) and status == {"hit": True}
    assert first.headers.get("age") is None and second.headers.get("age") == "0"
    for name in ("content-type", "x-of-the-model", "x-mlgateway-version"):
        assert second.headers.get(name) == first.headers.get(name) is not None
    assert first.headers.get("x-request-id") != second.headers.get("x-request-id")
    assert second.headers.get("content-length") == str(len(second.body))


def test_age_is_counted_in_seconds_and_freshness_runs_out(sidecars, numbered):
    sidecar = start(sidecars, numbered(), cache(ttl_ms=3000))
    ask(sidecar)
    time.sleep(1.2)
    old = ask(sidecar)
    assert call_number(old) == 0 and old.headers.get("age") == "1" and cache_status(old)["ttl"] == 1
    time.sleep(2)
    new = ask(sidecar)
    assert call_number(new) == 1 and cache_status(new) == {"fwd": "miss", "stored": True}
    assert new.headers.get("age") is None


def test_a_hit_does_not_prolong_what_is_kept(sidecars, numbered):
    sidecar = start(sidecars, numbered(), cache(ttl_ms=1000))
    end = time.monotonic() + 1.3
    while time.monotonic() < end:
        last = ask(sidecar)
        time.sleep(0.05)
    assert call_number(last) == 1


def test_the_date_of_a_kept_answer_is_not_sent_twice(sidecars, numbered):
    sidecar = start(sidecars, numbered(headers=[("Date", "Sun, 06 Nov 1994 08:49:37 GMT")]))
    for answer in (ask(sidecar), ask(sidecar)):
        assert len(answer.headers.all("date")) == 1


def test_every_worker_finds_what_one_has_kept(sidecars, numbered):
    model = numbered()
    sidecar = start(sidecars, model, workers=4)
    assert call_number(ask(sidecar)) == 0
    clients = [sidecar.client() for _ in range(40)]
    for client in clients:
        client.send(request_bytes("POST", INFER, [JSON], v2(1)))
    assert {call_number(client.answer("POST")) for client in clients} == {0} and model.calls == 1
    for client in clients:
        client.close()
    sidecar.expect_metric(40, "mlgateway_cache_requests_total", state="hit")
    sidecar.expect_metric(1, "mlgateway_cache_requests_total", state="miss")


def test_hits_stand_in_the_access_log_and_never_as_time_with_the_model(sidecars, numbered):
    sidecar = start(sidecars, numbered())
    for _ in range(2):
        ask(sidecar)
    ask(sidecar, fields=[("Cache-Control", "no-store")])
    lines = sidecar.access_lines(3)
    assert [line["cache"] for line in lines] == ["miss", "hit", "bypass"]
    assert [line["upstream_ms"] is None for line in lines] == [False, True, False]
    assert lines[1]["version"] == "v1" and lines[1]["status"] == 200


def test_a_hit_needs_no_model(sidecars, numbered):
    model = numbered()
    sidecar = start(sidecars, model)
    ask(sidecar)
    model.close()
    assert call_number(ask(sidecar)) == 0
    assert ask(sidecar, v2(2)).status == 502


def test_hits_on_one_connection_follow_each_other(sidecars, numbered):
    sidecar = start(sidecars, numbered())
    with sidecar.client() as client:
        client.send(request_bytes("POST", INFER, [JSON], v2(1)) * 20)
        assert [call_number(client.answer("POST")) for _ in range(20)] == [0] * 20


def test_an_answer_larger_than_any_buffer_is_kept_whole(sidecars, numbered):
    model = numbered(size=3 * MEGABYTE)
    sidecar = start(sidecars, model)
    first, second = ask(sidecar), ask(sidecar)
    assert first.body == second.body and len(second.body) > 3 * MEGABYTE and model.calls == 1


def test_a_slow_reader_of_a_hit_gets_it_even_when_it_is_dropped_meanwhile(sidecars, numbered):
    model = numbered(size=6 * MEGABYTE)
    sidecar = start(sidecars, model)
    whole = ask(sidecar).body
    with sidecar.client(receive_buffer=4096) as client:
        client.send(request_bytes("POST", INFER, [JSON], v2(1)))
        client.head("POST")
        sidecar.reload(config(route(model, protocol="OpenInferenceV2", model="m", generation=2)))
        assert client.answer("POST").body == whole


def test_an_answer_in_chunks_is_kept_without_them(sidecars, models):
    model = models(on_request=lambda connection, request: connection.answer(headers=[JSON], chunks=[b"{", b"}"]))
    sidecar = start(sidecars, model)
    assert [ask(sidecar).body for _ in range(2)] == [b"{}"] * 2 and len(model.requests) == 1


def test_get_is_kept_too_and_head_is_not_taken_for_it(sidecars, models):
    """A Generic route may predict by GET. What HEAD is answered is not the answer to GET."""
    model = models(on_request=lambda c, r: c.send(answer_bytes(body=b"" if r.method == "HEAD" else b"full")))
    sidecar = start(sidecars, model, protocol="Generic")
    sidecar.ask("HEAD", "/a")
    assert [sidecar.ask("GET", "/a").body for _ in range(2)] == [b"full"] * 2
    assert [r.method for r in model.requests] == ["HEAD", "GET"]


def test_metadata_and_readiness_are_never_kept(sidecars, models):
    model = models()
    sidecar = start(sidecars, model)
    for _ in range(2):
        for target in ("/v2/models/m", "/v2/models/m/ready"):
            answer = sidecar.ask("GET", target)
            assert answer.status == 200 and "cache-status" not in answer.headers.names()
    assert len(model.requests) == 4


def test_a_route_without_a_cache_says_nothing_of_one(sidecars, numbered):
    model = numbered()
    sidecar = sidecars(config(route(model, protocol="OpenInferenceV2", model="m")))
    for number in range(2):
        answer = ask(sidecar)
        assert call_number(answer) == number
        assert not answer.headers.names() & {"cache-status", "age"}
    assert stored(sidecar) is None


def test_a_cache_status_of_the_models_own_cache_stands_before_ours(sidecars, numbered):
    sidecar = start(sidecars, numbered(headers=[("Cache-Status", "model-cache; hit")]))
    assert cache_status(ask(sidecar)) == {"fwd": "miss", "stored": True}
    assert cache_status(ask(sidecar))["hit"] is True


# The answer's id is the asker's own.

IDS = ["a", "", 'with "quotes"', "\u00e4\u2028", "x" * 300, "\\"]


def test_each_asker_gets_his_own_id(sidecars, numbered):
    model = numbered()
    sidecar = start(sidecars, model)
    for asked in IDS:
        answer = ask(sidecar, v2(1, id=asked))
        assert json.loads(answer.body)["id"] == asked and call_number(answer) == 0
        assert answer.headers.get("content-length") == str(len(answer.body))
    assert "id" not in json.loads(ask(sidecar).body)
    assert model.calls == 1


def test_who_asks_first_without_an_id_leaves_no_id_to_others(sidecars, numbered):
    """An answer without a place for an id stays as it is."""
    model = numbered()
    sidecar = start(sidecars, model)
    ask(sidecar)
    answer = ask(sidecar, v2(1, id="mine"))
    assert json.loads(answer.body).get("id") in (None, "mine") and model.calls == 1


@pytest.mark.parametrize(
    "shape",
    [
        '{{"id":"{id}","model_name":"m","outputs":[]}}',
        '{{"model_name":"m","outputs":[],"id":"{id}"}}',
        '{{ "model_name" : "m" , "id" : "{id}" , "outputs" : [ {{ "id" : "inner" }} ] }}',
        '{{"id":"{id}"}}',
        '{{"parameters":{{"id":"inner"}},"id":"{id}"}}',
    ],
)
def test_the_id_is_found_wherever_it_stands(sidecars, models, shape):
    def echo(connection, request):
        return connection.answer(headers=[JSON], body=shape.format(id=json.loads(request.body)["id"]).encode())

    model = models(on_request=echo)
    sidecar = start(sidecars, model)
    for asked in ("first", "a second and longer one", "3"):
        assert ask(sidecar, v2(1, id=asked)).body == shape.format(id=asked).encode()
    without = json.loads(ask(sidecar).body)
    assert "id" not in without
    wanted = json.loads(shape.format(id="x"))
    del wanted["id"]
    assert without == wanted and len(model.requests) == 1


def test_the_id_of_an_answer_with_binary_tensors_moves_them(sidecars, models):
    tensors = bytes(range(256))

    def answer(connection, request):
        text = json.dumps({"id": json.loads(request.body)["id"], "outputs": []}).encode()
        fields = [("Content-Type", "application/octet-stream"), ("Inference-Header-Content-Length", str(len(text)))]
        return connection.answer(headers=fields, body=text + tensors)

    model = models(on_request=answer)
    sidecar = start(sidecars, model)
    for asked in ("one", "another, longer id", ""):
        got = ask(sidecar, v2(1, id=asked))
        size = int(got.headers.get("inference-header-content-length"))
        assert json.loads(got.body[:size])["id"] == asked and got.body[size:] == tensors
    assert len(model.requests) == 1


# What is never kept.

NEVER_KEPT = {
    "Set-Cookie": [("Set-Cookie", "session=1")],
    "no-store": [("Cache-Control", "no-store")],
    "private": [("Cache-Control", "private")],
    "private among others": [("Cache-Control", "max-age=600, private")],
    "private with fields": [("Cache-Control", 'private="x-a, x-b"')],
    "no-cache": [("Cache-Control", "no-cache")],
    "max-age=0": [("Cache-Control", "max-age=0")],
    "s-maxage=0": [("Cache-Control", "max-age=600, s-maxage=0")],
    "in another case": [("CACHE-CONTROL", "No-Store")],
    "in two fields": [("Cache-Control", "max-age=600"), ("Cache-Control", "no-store")],
    "Vary: *": [("Vary", "*")],
    "Vary on what is not in the key": [("Vary", "X-User")],
    "an encoding that not everybody reads": [("Content-Encoding", "gzip")],
}


@pytest.mark.parametrize("name", NEVER_KEPT)
def test_an_answer_that_is_not_for_others_is_not_kept(sidecars, numbered, name):
    model = numbered(headers=NEVER_KEPT[name])
    sidecar = start(sidecars, model)
    for number in range(3):
        answer = ask(sidecar)
        assert call_number(answer) == number
        assert cache_status(answer)["fwd"] == "miss" and "stored" not in cache_status(answer)
    assert stored(sidecar)["entries"] == 0


@pytest.mark.parametrize("status", [201, 202, 203, 301, 400, 404, 409, 422, 429, 500, 503])
def test_only_200_is_kept(sidecars, models, status):
    model = models(on_request=lambda c, r: c.answer(status, [JSON, ("Cache-Control", "max-age=600")], b"{}"))
    sidecar = start(sidecars, model)
    assert [ask(sidecar).status for _ in range(2)] == [status] * 2 and len(model.requests) == 2


def test_a_stream_of_events_is_relayed_as_it_comes_and_not_kept(sidecars, models):
    go_on = []

    def script(connection):
        while connection.read_request():
            connection.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
            connection.send(b"9\r\ndata: 1\n\n\r\n")
            eventually(lambda: go_on)
            connection.send(b"9\r\ndata: 2\n\n\r\n0\r\n\r\n")

    model = models(script)
    sidecar = start(sidecars, model)
    with sidecar.client() as client:
        client.send(request_bytes("POST", INFER, [JSON], v2(1)))
        assert client.body_until(b"data: 1\n\n", "POST").body == b"data: 1\n\n", "the first event is not held back"
        go_on.append(True)
        assert client.answer("POST").body == b"data: 1\n\ndata: 2\n\n"
    ask(sidecar)
    assert len(model.requests) == 2


def test_a_request_for_a_stream_keeps_the_cache_out_of_it(sidecars, models):
    events = [("Content-Type", "text/event-stream")]
    model = models(on_request=lambda c, r: c.answer(headers=events, body=b"data: 1\n\n"))
    sidecar = start(sidecars, model, protocol="OpenAI")
    body = b'{"model": "m", "messages": [], "stream": true}'
    for _ in range(2):
        answer = ask(sidecar, body, target="/v1/chat/completions")
        assert answer.status == 200 and "hit" not in cache_status(answer)
    assert len(model.requests) == 2


@pytest.mark.parametrize("ending", ["close", "reset"])
@pytest.mark.parametrize(
    "cut",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + b"x" * 99,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n",
    ],
    ids=["by length", "between chunks", "before the last line"],
)
def test_a_truncated_answer_is_never_kept(sidecars, models, cut, ending):
    def script(connection):
        if connection.read_request():
            connection.send(cut)
            getattr(connection, ending)()

    model = models(script)
    sidecar = start(sidecars, model)
    for turn in range(3):
        try:
            assert ask(sidecar).status == 502
        except Hangup as hangup:
            assert hangup.partial
        assert len(model.requests) == turn + 1
    assert stored(sidecar)["entries"] == 0


def test_an_answer_that_ends_with_the_connection_is_relayed_but_not_kept(sidecars, models):
    """Nobody can tell whether it was complete."""

    def script(connection):
        connection.read_request()
        connection.answer(headers=[JSON], body=b"{}", framed=False)

    model = models(script)
    sidecar = start(sidecars, model)
    assert [ask(sidecar).body for _ in range(2)] == [b"{}"] * 2 and len(model.requests) == 2


# How long.


@pytest.mark.parametrize(
    "headers, most",
    [
        ([("Cache-Control", "max-age=2")], 2),
        ([("Cache-Control", "max-age=100000")], 600),
        ([("Cache-Control", 'max-age="3"')], 3),
        ([("Cache-Control", "max-age=600, s-maxage=4")], 4),
        ([("Cache-Control", "max-age=10"), ("Age", "7")], 3),
        ([("Cache-Control", "public, must-revalidate")], 600),
    ],
)
def test_the_model_may_shorten_the_time_and_not_lengthen_it(sidecars, numbered, headers, most):
    sidecar = start(sidecars, numbered(headers=headers))
    ask(sidecar)
    assert most - 1 <= cache_status(ask(sidecar))["ttl"] <= most


def test_what_the_model_says_of_its_time_is_obeyed(sidecars, numbered):
    sidecar = start(sidecars, numbered(headers=[("Cache-Control", "max-age=1")]))
    assert [call_number(ask(sidecar)) for _ in range(2)] == [0, 0]
    time.sleep(1.1)
    assert call_number(ask(sidecar)) == 1


# What the caller wants.


def test_who_wants_nothing_stored_neither_gets_nor_leaves_an_answer(sidecars, numbered):
    sidecar = start(sidecars, numbered())
    no_store = [("Cache-Control", "no-store")]
    assert call_number(ask(sidecar, fields=no_store)) == 0
    assert stored(sidecar)["entries"] == 0
    assert call_number(ask(sidecar)) == 1
    assert call_number(ask(sidecar, fields=no_store)) == 2
    assert call_number(ask(sidecar)) == 1


def test_who_wants_no_kept_answer_renews_it(sidecars, numbered):
    sidecar = start(sidecars, numbered())
    assert call_number(ask(sidecar)) == 0
    answer = ask(sidecar, fields=[("Cache-Control", "no-cache")])
    assert call_number(answer) == 1 and cache_status(answer) == {"fwd": "request", "stored": True}
    assert call_number(ask(sidecar)) == 1


def test_who_wants_only_a_kept_answer_gets_that_or_504(sidecars, numbered):
    model = numbered()
    sidecar = start(sidecars, model, quotas=())
    only = [("Cache-Control", "only-if-cached")]
    answer = ask(sidecar, fields=only)
    assert (answer.status, answer.reason) == (504, "NotCached") and model.calls == 0
    ask(sidecar)
    assert call_number(ask(sidecar, fields=only)) == 0


def test_who_wants_nothing_older_gets_nothing_older(sidecars, numbered):
    sidecar = start(sidecars, numbered())
    ask(sidecar)
    time.sleep(1.2)
    assert call_number(ask(sidecar, fields=[("Cache-Control", "max-age=600")])) == 0
    assert call_number(ask(sidecar, fields=[("Cache-Control", "max-age=1")])) == 1
    assert call_number(ask(sidecar)) == 1


def test_what_the_caller_says_in_words_unknown_is_passed_over(sidecars, numbered):
    sidecar = start(sidecars, numbered())
    ask(sidecar)
    assert call_number(ask(sidecar, fields=[("Cache-Control", "x-strange=1, no-transform")])) == 0


# Bytes.


def test_what_is_kept_stays_within_its_bytes(sidecars, numbered):
    model = numbered(size=64 << 10)
    sidecar = start(sidecars, model, cache(max_bytes=MEGABYTE))
    for number in range(60):
        ask(sidecar, v2(number))
        assert stored(sidecar)["bytes"] <= MEGABYTE
    seen = stored(sidecar)
    assert seen["entries"] <= 15 and seen["evictions"] == 60 - seen["entries"]
    assert sidecar.metric("mlgateway_cache_bytes", mlroute="r") == seen["bytes"] > MEGABYTE // 2
    sidecar.expect_metric(seen["entries"], "mlgateway_cache_entries", mlroute="r")


def test_a_scan_does_not_push_out_what_is_in_use(sidecars, numbered):
    model = numbered(size=32 << 10)
    sidecar = start(sidecars, model, cache(max_bytes=MEGABYTE))
    for _ in range(3):
        assert call_number(ask(sidecar, v2(0))) == 0
    for number in range(1, 200):
        ask(sidecar, v2(number))
    assert call_number(ask(sidecar, v2(0))) == 0


def test_an_answer_of_more_than_an_eighth_is_relayed_and_not_kept(sidecars, numbered):
    model = numbered(size=MEGABYTE // 8 + 1)
    sidecar = start(sidecars, model, cache(max_bytes=MEGABYTE))
    for number in range(2):
        answer = ask(sidecar)
        assert call_number(answer) == number and len(answer.body) > MEGABYTE // 8
        assert "stored" not in cache_status(answer)
    model.size = MEGABYTE // 10
    assert [call_number(ask(sidecar)) for _ in range(2)] == [2, 2]


def test_a_long_answer_in_chunks_is_relayed_and_not_kept(sidecars, models):
    """Its length is not known before it is too late to be collected."""
    pieces = [bytes([65 + n]) * 50_000 for n in range(20)]
    model = models(on_request=lambda c, r: c.answer(headers=[JSON], chunks=pieces))
    sidecar = start(sidecars, model, cache(max_bytes=MEGABYTE))
    for _ in range(2):
        assert ask(sidecar).body == b"".join(pieces)
    assert len(model.requests) == 2 and stored(sidecar)["entries"] == 0


def test_two_routes_have_bytes_of_their_own(sidecars, numbered):
    model = numbered(size=100 << 10)
    sidecar = sidecars(
        config(
            route(model, name="a", paths=[path("/a")], cache=cache(max_bytes=MEGABYTE)),
            route(model, name="b", paths=[path("/b")], cache=cache(max_bytes=MEGABYTE)),
        )
    )
    sidecar.ask("POST", "/a", body=b"x")
    for number in range(30):
        sidecar.ask("POST", "/b", body=b"%d" % number)
    answer = sidecar.ask("POST", "/a", body=b"x")
    assert call_number(answer) == 0
    assert [r["cache"]["evictions"] > 0 for r in sidecar.state()["routes"]] == [False, True]


# What a hit costs.


def test_a_hit_is_one_request_at_its_share_of_the_cost(sidecars, numbered):
    price = cost(per("Rows"), hit="0.25")
    plans = quota(budget("100", name="spend", unit="Cost"), budget("10", name="calls"))
    sidecar = sidecars(
        config(
            route(numbered(), protocol="OpenInferenceV2", model="m", cost=price, cache=cache(), quotas=["plan"]),
            quotas=[plans],
        )
    )
    first, second = ask(sidecar, v2(1, 2)), ask(sidecar, v2(1, 2))
    assert [a.headers.get("x-mlgateway-cost") for a in (first, second)] == ["2", "0.5"]
    assert [remaining(a, "spend") for a in (first, second)] == [98, 97]
    assert [remaining(a, "calls") for a in (first, second)] == [9, 8]
    expect_settled(sidecar)
    assert (granted(sidecar, "spend"), granted(sidecar, "calls")) == (2.5, 2)
    sidecar.expect_metric(2.5, "mlgateway_cost_total", mlroute="r")


def test_hits_are_free_where_the_route_says_so_and_refused_where_requests_are_limited(sidecars, numbered):
    sidecar = sidecars(
        config(
            route(numbered(), protocol="OpenInferenceV2", model="m", cache=cache(), quotas=["plan"]),
            quotas=[quota(budget("1", name="spend", unit="Cost"), budget("4", name="calls"))],
        )
    )
    answers = [ask(sidecar) for _ in range(6)]
    assert [a.status for a in answers] == [200] * 4 + [429] * 2
    assert granted(sidecar, "spend") == 1
    other = ask(sidecar, v2(2))
    assert other.status == 429


def test_the_version_of_a_hit_has_its_factor(sidecars, numbered):
    price = cost(per("Request", "1"), hit="0.5")
    sidecar = start(sidecars, version("v1", numbered(), cost_factor="3"), cost=price)
    assert [ask(sidecar).headers.get("x-mlgateway-cost") for _ in range(2)] == ["3", "1.5"]


# Promises about identity on a hit.


def test_a_revoked_key_is_401_although_the_answer_is_kept(sidecars, numbered):
    model = numbered()

    def world(*names, generation=1):
        keys = api_keys(callers(*names, tenant="acme"))
        its = {"protocol": "OpenInferenceV2", "model": "m", "cache": cache(scope="Shared")}
        return config(route(model, auth=[keys], generation=generation, **its))

    sidecar = sidecars(world("ann", "ben"))
    assert call_number(ask(sidecar, fields=by("ann"))) == 0
    sidecar.reload(world("ben", generation=2))
    answer = ask(sidecar, fields=by("ann"))
    assert (answer.status, answer.reason) == (401, "CredentialInvalid")
    assert ask(sidecar).status == 401
    assert call_number(ask(sidecar, fields=by("ben"))) == 0, "it is kept, and not for who is gone"


# However it is asked.


def test_a_hit_has_the_same_fields_as_the_first_answer(sidecars, numbered):
    """Nothing is there twice, nothing is lost, and nothing of the model's connection is kept."""
    said = [("Connection", "x-hop"), ("X-Hop", "1"), ("X-Many", "a"), ("X-Many", "b"), ("Via", "1.1 before")]
    sidecar = start(sidecars, numbered(headers=said))
    first, hit = ask(sidecar), ask(sidecar)
    own = {"age", "cache-status", "date", "x-request-id"}
    fields = [sorted(field for field in answer.headers if field[0] not in own) for answer in (first, hit)]
    assert fields[0] == fields[1]
    assert ("x-hop", "1") not in hit.headers and hit.headers.all("x-many") == ["a", "b"]


def test_a_body_that_waits_for_100_continue_is_looked_up_too(sidecars, numbered):
    sidecar = start(sidecars, numbered())
    ask(sidecar)
    with sidecar.client() as client:
        whole = request_bytes("POST", INFER, [JSON, ("Expect", "100-continue")], v2(1))
        head = whole[: whole.index(b"\r\n\r\n") + 4]
        client.send(head)
        assert client.interim("POST") == [100]
        client.send(whole[len(head) :])
        assert call_number(client.answer("POST")) == 0


def test_who_speaks_http_1_0_gets_a_hit(sidecars, numbered):
    sidecar = start(sidecars, numbered())
    ask(sidecar)
    with sidecar.client() as client:
        request = request_bytes("POST", INFER, [JSON], v2(1)).replace(b"HTTP/1.1", b"HTTP/1.0")
        client.send(request)
        answer = client.answer("POST")
        assert call_number(answer) == 0 and answer.says_close


def test_an_interim_answer_of_the_model_is_not_the_answer(sidecars, models):
    hints = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
    model = models(on_request=lambda c, r: c.send(hints + answer_bytes(headers=[JSON], body=b"{}")))
    sidecar = start(sidecars, model)
    for _ in range(2):
        answer = ask(sidecar)
        assert (answer.status, answer.body) == (200, b"{}") and answer.headers.get("link") is None
    assert len(model.requests) == 1


@pytest.mark.parametrize("fields", [[("Range", "bytes=0-1")], [("Range", "bytes=5-"), ("If-Range", '"x"')]])
def test_a_part_is_neither_kept_nor_taken_for_the_whole(sidecars, models, fields):
    def answer(connection, request):
        if request.headers.get("range"):
            return connection.answer(206, [("Content-Range", "bytes 0-1/4")], body=b"pa")
        return connection.answer(body=b"part")

    sidecar = start(sidecars, models(on_request=answer), protocol="Generic")
    assert ask(sidecar, fields=fields, target="/").status == 206
    assert [ask(sidecar, target="/").body for _ in range(2)] == [b"part"] * 2
    assert ask(sidecar, fields=fields, target="/").status == 206


def test_an_answer_to_a_condition_is_not_kept_for_who_has_none(sidecars, models):
    def answer(connection, request):
        known = request.headers.get("if-none-match")
        return connection.send(b"HTTP/1.1 304 Not Modified\r\n\r\n") if known else connection.answer(body=b"whole")

    sidecar = start(sidecars, models(on_request=answer), protocol="Generic")
    assert ask(sidecar, fields=[("If-None-Match", '"a"')], target="/").status == 304
    assert [ask(sidecar, target="/").status for _ in range(2)] == [200, 200]


def test_an_encoded_answer_is_never_given_to_who_did_not_ask_for_it(sidecars, models):
    def answer(connection, request):
        vary = ("Vary", "Accept-Encoding")
        if "gzip" in request.headers.get("accept-encoding", ""):
            return connection.answer(headers=[("Content-Encoding", "gzip"), vary], body=b"zipped")
        return connection.answer(headers=[vary], body=b"plain")

    sidecar = start(sidecars, models(on_request=answer), protocol="Generic")
    # Whoever asks for gzip may get either; what is shared must be readable for everybody.
    first = ask(sidecar, fields=[("Accept-Encoding", "gzip")], target="/")
    assert (first.headers.get("content-encoding"), first.body) in [("gzip", b"zipped"), (None, b"plain")]
    assert [ask(sidecar, target="/").body for _ in range(2)] == [b"plain"] * 2
