"""What a caller is told: how much is left on every answer, and on a refusal why, by whom and when to come back."""

import json
import time

import pytest

from harness import structured
from harness.client import eventually
from harness.config import (
    HOUR,
    api_keys,
    budget,
    by,
    cache,
    callers,
    config,
    cost,
    per,
    pointer,
    quota,
    rate,
    route,
    tier,
)
from harness.predict import INFER, JSON, v2
from harness.usage import granted, left, limit, policies, remaining

QUOTA_EXCEEDED = "https://iana.org/assignments/http-problem-types#quota-exceeded"
ASKS = {
    "Generic": ("/", b"{}"),
    "OpenInferenceV2": (INFER, v2(1)),
    "KServeV1": ("/v1/models/m:predict", b'{"instances": [1]}'),
    "OpenAI": ("/v1/chat/completions", b'{"model": "m", "messages": [{"role": "user", "content": "hi"}]}'),
    "MLflow": ("/invocations", b'{"inputs": [1]}'),
    "TorchServe": ("/predictions/m", b"[1]"),
}


def start(sidecars, model, *limits, protocol="Generic", price=None, options=(), **more):
    plan = limits[0] if "tiers" in limits[0] else quota(*limits)
    its = {"model": "m"} if protocol not in ("Generic", "MLflow") else {}
    return sidecars(
        config(route(model, protocol=protocol, cost=price, quotas=["plan"], **its, **more), quotas=[plan]), *options
    )


def ask(sidecar, protocol="Generic", fields=()):
    target, body = ASKS[protocol]
    return sidecar.ask("POST", target, [JSON, *fields], body)


# How much is left.


def test_a_budget_is_told_with_its_window_and_counts_down(sidecars, model):
    sidecar = start(sidecars, model, budget("3"))
    answers = [ask(sidecar) for _ in range(5)]
    assert [answer.status for answer in answers] == [200] * 3 + [429] * 2
    assert [remaining(answer) for answer in answers] == [2, 1, 0, 0, 0]
    for answer in answers:
        assert policies(answer) == {"budget": {"q": 3, "w": 3600}}
        assert set(left(answer)["budget"]) <= {"r", "t"}


def test_a_rate_is_told_by_its_burst_and_the_time_that_fills_it(sidecars, model):
    sidecar = start(sidecars, model, rate("2", per_ms=60_000, burst="5"))
    answer = ask(sidecar)
    assert policies(answer) == {"rate": {"q": 5, "w": 150}}
    assert remaining(answer, "rate") == 4
    assert 1 <= left(answer)["rate"]["t"] <= 30  # half a minute per request


def test_every_limit_is_told_by_its_own_name_and_of_several_quotas_with_the_quotas(sidecars, model):
    one = start(sidecars, model, budget("3", name="hourly"), rate("9", burst="20", name="burst"))
    answer = ask(one)
    assert policies(answer).keys() == left(answer).keys() == {"hourly", "burst"}
    two = sidecars(
        config(
            route(model, quotas=["plan", "team"]),
            quotas=[quota(budget("3")), quota(budget("2"), rate("9", burst="20"), name="team")],
        )
    )
    answer = ask(two)
    assert policies(answer).keys() == left(answer).keys() == {"plan.budget", "team.budget", "team.rate"}
    assert (remaining(answer, "plan.budget"), remaining(answer, "team.budget")) == (2, 1)


def test_cost_says_its_unit_and_is_rounded_down_never_up(sidecars, model):
    price = cost(per("Request", "0.7"), unit="credits")
    sidecar = start(sidecars, model, budget("2.5", unit="Cost"), price=price)
    answer = ask(sidecar)
    assert policies(answer) == {"budget": {"q": 2, "w": 3600, "mlgateway-unit": "credits"}}
    assert [remaining(answer), remaining(ask(sidecar)), remaining(ask(sidecar))] == [1, 1, 0]


def test_what_is_told_is_never_more_than_what_is_granted(sidecars, model):
    """Whoever trusts `r` is never refused before, and never told more after having used some."""
    sidecar = start(sidecars, model, budget("6"), rate("1", per_ms=HOUR, burst="8"))
    before = None
    while (answer := ask(sidecar)).status == 200:
        now = {name: each["r"] for name, each in left(answer).items()}
        assert before is None or all(now[name] == before[name] - 1 for name in now)
        before = now
    assert before == {"budget": 0, "rate": 2}
    assert {name: each["r"] for name, each in left(answer).items()} == before


def test_fields_of_the_model_never_stand_in_for_ours(sidecars, models):
    """An intermediary must not loosen what it says; what a model says of itself is not this budget's."""
    loose = [("RateLimit", '"budget";r=999999'), ("RateLimit-Policy", '"budget";q=999999;w=1'), ("Retry-After", "0")]
    model = models(on_request=lambda connection, request: connection.answer(headers=loose, body=b"ok"))
    sidecar = start(sidecars, model, budget("2"))
    answer = ask(sidecar)
    assert policies(answer)["budget"]["q"] == 2 and remaining(answer) == 1


def test_a_kept_answer_tells_what_is_left_now_and_not_what_the_model_said_then(sidecars, numbered):
    said = [("RateLimit", '"model";r=7'), ("RateLimit-Policy", '"model";q=9'), ("X-RateLimit-Remaining-Requests", "7")]
    sidecar = start(sidecars, numbered(headers=said), budget("5"), protocol="OpenInferenceV2", cache=cache())
    ask(sidecar, "OpenInferenceV2")
    hit = ask(sidecar, "OpenInferenceV2")
    assert hit.headers.get("age") is not None
    assert left(hit).keys() == policies(hit).keys() == {"budget"} and remaining(hit) == 3
    assert hit.headers.get("x-ratelimit-remaining-requests") is None


def test_openais_fields_are_the_gateways_where_it_limits(sidecars, models):
    said = [("X-RateLimit-Limit-Requests", "999"), ("X-RateLimit-Remaining-Requests", "998")]
    model = models(on_request=lambda connection, request: connection.answer(headers=said, body=b"{}"))
    answer = ask(start(sidecars, model, budget("5"), protocol="OpenAI"), "OpenAI")
    assert answer.headers.all("x-ratelimit-limit-requests") == ["5"]
    assert answer.headers.all("x-ratelimit-remaining-requests") == ["4"]


def test_fields_of_the_model_are_relayed_where_nothing_else_limits(sidecars, models):
    said = [("RateLimit", '"model";r=7'), ("RateLimit-Policy", '"model";q=9')]
    model = models(on_request=lambda connection, request: connection.answer(headers=said, body=b"ok"))
    answer = sidecars(config(route(model))).ask("POST", body=b"{}")
    assert left(answer) == {"model": {"r": 7}} and policies(answer) == {"model": {"q": 9}}


def test_a_failure_of_the_model_tells_what_is_left_too(sidecars, models):
    model = models(on_request=lambda connection, request: connection.answer(500, body=b"no"))
    answer = ask(start(sidecars, model, budget("3")))
    assert answer.status == 500 and "budget" in left(answer) and policies(answer)["budget"]["q"] == 3


def test_refusals_before_the_quota_tell_nothing(sidecars, model):
    sidecar = start(sidecars, model, budget("3"), auth=[api_keys(callers("ann"))])
    answer = ask(sidecar)
    assert answer.status == 401 and not answer.headers.names() & {"ratelimit", "ratelimit-policy", "retry-after"}
    assert granted(sidecar) == 0


@pytest.mark.parametrize("headers", [True, False])
def test_cost_is_told_where_the_route_enriches(sidecars, model, headers):
    price = cost(per("Request", "1.4"), unit="credits")
    sidecar = start(sidecars, model, budget("10", unit="Cost"), price=price, enrichment=headers)
    answer = ask(sidecar)
    told = (answer.headers.get("x-mlgateway-cost"), answer.headers.get("x-mlgateway-cost-unit"))
    assert told == (("1.4", "credits") if headers else (None, None))
    assert policies(answer)["budget"]["q"] == 10


# Refusals.


def refused(sidecars, model, *limits, protocol="Generic", served=1, **more):
    sidecar = start(sidecars, model, *limits, protocol=protocol, **more)
    for _ in range(served):
        assert ask(sidecar, protocol).status == 200
    answer = ask(sidecar, protocol)
    assert len(model.requests) == served
    return answer


REFUSALS = {"budget": (budget("1"), "BudgetSpent"), "rate": (rate("1", per_ms=60_000), "RateLimited")}


@pytest.mark.parametrize("kind", REFUSALS)
@pytest.mark.parametrize("protocol", ASKS)
def test_a_refusal_is_429_and_says_when_to_come_back(sidecars, model, kind, protocol):
    limits, reason = REFUSALS[kind]
    answer = refused(sidecars, model, limits, protocol=protocol)
    assert (answer.status, answer.reason) == (429, reason)
    wait = int(answer.headers.get("retry-after"))
    assert (60 - 5 <= wait <= 60) if kind == "rate" else (3600 - 5 <= wait <= 3600 + 61)
    assert policies(answer)[kind]["q"] == 1 and remaining(answer, kind) == 0
    assert left(answer)[kind].get("t", 0) <= wait, "RateLimit may not say later than Retry-After"
    assert answer.headers.get("x-mlgateway-cost") is None
    body = json.loads(answer.body)
    if protocol == "Generic":
        assert answer.headers.get("content-type") == "application/problem+json"
        assert (body["type"], body["status"]) == (QUOTA_EXCEEDED, 429)
        assert body["violated-policies"] == [kind] and body["violated-policies"][0] in policies(answer)
        assert body["reason"] == reason and body["title"] and body["detail"]
        return
    assert answer.headers.get("content-type") == "application/json"
    SHAPES[protocol](body, answer, kind)


def error_of_kserve(body, answer, kind):
    assert isinstance(body["error"], str) and body["error"]


def error_of_openai(body, answer, kind):
    error = body["error"]
    assert set(error) >= {"message", "type", "param", "code"} and error["param"] is None and error["message"]
    assert error["code"] == ("insufficient_quota" if kind == "budget" else "rate_limit_exceeded")
    assert answer.headers.get("x-should-retry") == ("false" if kind == "budget" else None)
    assert answer.headers.get("x-ratelimit-limit-requests") == "1"
    assert answer.headers.get("x-ratelimit-remaining-requests") == "0"
    assert answer.headers.get("x-ratelimit-reset-requests")


def error_of_mlflow(body, answer, kind):
    assert isinstance(body["error_code"], str) and body["message"]


def error_of_torchserve(body, answer, kind):
    assert body["code"] == 429 and isinstance(body["type"], str) and body["message"]


SHAPES = {
    "OpenInferenceV2": error_of_kserve,
    "KServeV1": error_of_kserve,
    "OpenAI": error_of_openai,
    "MLflow": error_of_mlflow,
    "TorchServe": error_of_torchserve,
}


def test_the_policy_that_refused_is_named_also_where_there_are_several_quotas(sidecars, model):
    sidecar = sidecars(
        config(
            route(model, quotas=["plan", "team"]),
            quotas=[quota(budget("9")), quota(budget("9"), budget("1", name="tight"), name="team")],
        )
    )
    assert ask(sidecar).status == 200
    answer = ask(sidecar)
    assert json.loads(answer.body)["violated-policies"] == ["team.tight"]
    assert "team.tight" in policies(answer)
    line = eventually(lambda: [line for line in sidecar.access_lines(2) if line["status"] == 429])[0]
    assert line["quota"] == "team.all.tight" and line["reason"] == "BudgetSpent"


def test_where_a_budget_and_a_rate_refuse_the_longer_wait_is_told(sidecars, model):
    sidecar = start(sidecars, model, budget("1"), rate("1", per_ms=60_000))
    assert ask(sidecar).status == 200
    answer = ask(sidecar)
    assert int(answer.headers.get("retry-after")) > 3000
    assert answer.reason == "BudgetSpent"


def test_openais_fields_stand_on_successes_too(sidecars, model):
    sidecar = start(sidecars, model, budget("3"), rate("60", per_ms=60_000, burst="2"), protocol="OpenAI")
    answer = ask(sidecar, "OpenAI")
    assert answer.status == 200
    # The tightest in requests: of 2 left in the budget and 1 in the rate.
    assert answer.headers.get("x-ratelimit-limit-requests") == "2"
    assert answer.headers.get("x-ratelimit-remaining-requests") == "1"
    assert answer.headers.get("x-ratelimit-reset-requests")


def test_a_dry_run_never_tells_openais_clients_to_stop(sidecars, model):
    plan = quota(budget("1"), enforcement="DryRun")
    sidecar = start(sidecars, model, plan, protocol="OpenAI")
    for _ in range(3):
        answer = ask(sidecar, "OpenAI")
        assert answer.status == 200 and answer.headers.get("x-should-retry") is None


# Coming back.


def test_who_waits_as_a_rate_tells_him_is_admitted(sidecars, model):
    sidecar = start(sidecars, model, rate("2", per_ms=3000, burst="2"))
    with sidecar.client() as client:
        for _ in range(3):
            while (answer := client.ask("POST", "/", body=b"{}")).status == 200:
                pass
            time.sleep(int(answer.headers.get("retry-after")))
            assert client.ask("POST", "/", body=b"{}").status == 200


def test_who_waits_as_a_budget_tells_him_is_admitted(sidecars, model):
    sidecar = start(sidecars, model, budget("3", window_ms=2000))
    for _ in range(2):
        while (answer := ask(sidecar)).status == 200:
            pass
        wait = int(answer.headers.get("retry-after"))
        assert 1 <= wait <= 3
        time.sleep(wait)
        assert ask(sidecar).status == 200


def test_who_waits_for_a_large_request_finds_room_for_all_of_it(sidecars, model):
    """Retry-After is about this request: room for one unit is not enough for one that costs three."""
    price = cost(pointer("/n", absent="1"))
    sidecar = start(sidecars, model, rate("1", per_ms=1000, burst="3", unit="Cost"), price=price)
    three = ("POST", "/", [JSON], b'{"n": 3}')
    assert sidecar.ask(*three).status == 200
    answer = sidecar.ask(*three)
    wait = int(answer.headers.get("retry-after"))
    assert 2 <= wait <= 3
    time.sleep(wait)
    assert sidecar.ask(*three).status == 200


def test_a_rolling_budget_is_never_exceeded_in_any_window(sidecars, model):
    """Four in any three seconds, asked for without pause: whatever window one looks at."""
    sidecar = start(sidecars, model, budget("4", window_ms=3000))
    served = []
    with sidecar.client() as client:
        end = time.monotonic() + 8
        while time.monotonic() < end:
            sent = time.monotonic()
            if client.ask("POST", "/", body=b"{}").status == 200:
                served.append((sent, time.monotonic()))
            time.sleep(0.01)
    assert len(served) >= 8, "it comes back"
    for first, fifth in zip(served, served[4:]):
        assert fifth[1] - first[0] >= 3.0, "five within three seconds"


# Refusals for which there is no waiting.


@pytest.mark.parametrize("protocol", ["Generic", "OpenAI"])
@pytest.mark.parametrize("held", [budget("2", unit="Cost"), rate("2", unit="Cost")], ids=["budget", "rate"])
def test_a_cost_that_never_fits_is_403_without_retry_after(sidecars, model, held, protocol):
    sidecar = start(sidecars, model, held, protocol=protocol, price=cost(per("Request", "3")))
    answer = ask(sidecar, protocol)
    assert (answer.status, answer.reason) == (403, "CostTooHigh")
    assert answer.headers.get("retry-after") is None
    if protocol == "OpenAI":
        assert answer.headers.get("x-should-retry") == "false"
    assert model.connections == []
    assert limit(sidecar, held["name"])["granted"] == "0"


def test_a_cost_that_never_fits_takes_nothing_of_what_would_have_fitted(sidecars, model):
    price = cost(pointer("/n", absent="1"))
    sidecar = start(sidecars, model, budget("5"), budget("4", unit="Cost", name="spend"), price=price)
    assert sidecar.ask("POST", "/", [JSON], b'{"n": 5}').status == 403
    assert sidecar.ask("POST", "/", [JSON], b'{"n": 4}').status == 200
    assert (granted(sidecar), granted(sidecar, "spend")) == (1, 4)


def test_a_refused_body_that_is_still_on_its_way_ends_the_connection_or_is_read(sidecars, model):
    """The refusal needs no byte of the body: it comes before a `100 Continue`."""
    sidecar = start(sidecars, model, budget("1"))
    assert ask(sidecar).status == 200
    with sidecar.client() as client:
        client.send(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\nExpect: 100-continue\r\n\r\n")
        answer = client.answer("POST")
        assert (answer.status, answer.interim) == (429, [])
    assert len(model.requests) == 1


# What is free.


@pytest.mark.parametrize(
    "protocol, targets",
    [
        ("OpenInferenceV2", ["/v2/models/m", "/v2/models/m/ready", "/v2/health/live", "/v2/health/ready", "/v2"]),
        ("KServeV1", ["/v1/models/m", "/v1/models/m/metadata", "/v1/models/m/versions/v1"]),
        ("OpenAI", ["/v1/models"]),
        ("MLflow", ["/ping", "/health", "/version"]),
        ("TorchServe", ["/ping"]),
    ],
)
def test_metadata_and_readiness_are_free(sidecars, model, protocol, targets):
    sidecar = start(sidecars, model, budget("1"), protocol=protocol, price=cost(per("Request", "5")))
    for target in targets * 2:
        answer = sidecar.ask("GET", target)
        assert answer.status == 200, target
        assert not answer.headers.names() & {"ratelimit", "ratelimit-policy", "x-mlgateway-cost"}
    assert granted(sidecar) == 0
    assert [ask(sidecar, protocol).status for _ in range(2)] == [200, 429]
    assert [sidecar.ask("GET", target).status for target in targets] == [200] * len(targets)


def test_who_is_refused_by_a_quota_may_still_ask_whether_the_model_is_ready_without_a_tier(sidecars, model):
    plan = quota(tier(budget("1"), labels={"plan": "gold"}))
    sidecar = start(sidecars, model, plan, protocol="OpenInferenceV2", auth=[api_keys(callers("ann"))])
    assert sidecar.ask("POST", INFER, [*by("ann"), JSON], v2(1)).status == 403
    assert sidecar.ask("GET", "/v2/models/m/ready", by("ann")).status == 200


def test_the_fields_are_structured_even_when_joined(sidecars, model):
    sidecar = sidecars(
        config(
            route(model, quotas=["a", "b", "c"]),
            quotas=[quota(budget(f"{n}"), rate(f"{n}"), name=name) for n, name in enumerate("abc", start=1)],
        )
    )
    answer = ask(sidecar)
    assert len(structured.items(answer.headers.all("ratelimit"))) == 6
    assert len(structured.items(answer.headers.all("ratelimit-policy"))) == 6
