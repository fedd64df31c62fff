"""A budget is exact, however many callers and workers there are and whatever happens to the configuration meanwhile."""

import threading
from decimal import Decimal

import pytest

from harness.client import eventually
from harness.config import (
    anonymous,
    api_keys,
    budget,
    by,
    callers,
    config,
    cost,
    path,
    per,
    quota,
    rate,
    route,
    tier,
)
from harness.crowd import Crowd, ask_together, statuses
from harness.usage import expect_settled, granted, limit, remaining, used
from harness.wire import request_bytes

CROWD = 200
PRICE = cost(per("Request", "0.7"))
UNITS = {"Request": ("10", "10"), "Cost": ("7", "7")}  # what the budget holds, and what ten requests take of it


def request_of(name, target="/"):
    return request_bytes("POST", target, by(name), b"{}")


def crowd_of(count=CROWD, prefix="caller"):
    return [f"{prefix}{n}" for n in range(count)]


def slow(connection, request):
    """Long enough for all to be under way together."""
    threading.Event().wait(0.05)
    return connection.answer(body=b"ok")


@pytest.mark.parametrize("workers", [1, 4])
@pytest.mark.parametrize("unit", UNITS)
def test_of_200_callers_at_once_exactly_ten_are_served(sidecars, models, unit, workers):
    model = models(on_request=slow)
    holds, takes = UNITS[unit]
    plan = quota(tier(budget(holds, unit=unit), scope="Tier"))
    names = crowd_of()
    sidecar = sidecars(
        config(route(model, auth=[api_keys(callers(*names))], cost=PRICE, quotas=["plan"]), quotas=[plan]),
        workers=workers,
    )
    answers = ask_together(sidecar.address, [request_of(name) for name in names])
    assert statuses(answers) == {200: 10, 429: CROWD - 10}
    assert len(model.requests) == 10
    assert {a.reason for a in answers if a.status == 429} == {"BudgetSpent"}
    expect_settled(sidecar)
    seen = limit(sidecar)
    assert (seen["granted"], seen["refused"], seen["refusedLastHour"]) == (takes, CROWD - 10, CROWD - 10)
    assert seen["holds"] == holds and seen["fullest"]["used"] == takes
    sidecar.expect_metric(CROWD - 10, "mlgateway_quota_refusals_total", mlquota="plan", limit="budget")


@pytest.mark.parametrize("unit", UNITS)
def test_each_of_200_callers_has_his_own_budget(sidecars, model, unit):
    """Ten requests of each of twenty callers, where each may have three (in cost: 2.1 of 2.5)."""
    holds = {"Request": "3", "Cost": "2.5"}[unit]
    names = crowd_of(20)
    sidecar = sidecars(
        config(
            route(model, auth=[api_keys(callers(*names))], cost=PRICE, quotas=["plan"]),
            quotas=[quota(budget(holds, unit=unit))],
        ),
        workers=4,
    )
    asked = names * 10
    answers = ask_together(sidecar.address, [request_of(name) for name in asked])
    for name in names:
        own = [answer for answer, who in zip(answers, asked) if who == name]
        assert statuses(own) == {200: 3, 429: 7}, name
    assert len(model.requests) == 60
    expect_settled(sidecar)


def test_two_tiers_side_by_side_are_both_exact(sidecars, model):
    gold, free = crowd_of(100, "gold"), crowd_of(100, "free")
    plan = quota(
        tier(budget("7"), name="gold", labels={"plan": "gold"}, scope="Tier"),
        tier(budget("3"), name="free", scope="Tier"),
    )
    keys = api_keys(callers(*gold, secret="g", labels={"plan": "gold"}), callers(*free, secret="f"))
    sidecar = sidecars(config(route(model, auth=[keys], quotas=["plan"]), quotas=[plan]), workers=4)
    mixed = [name for pair in zip(gold, free) for name in pair]
    answers = dict(zip(mixed, ask_together(sidecar.address, [request_of(name) for name in mixed])))
    assert statuses([answers[name] for name in gold]) == {200: 7, 429: 93}
    assert statuses([answers[name] for name in free]) == {200: 3, 429: 97}
    assert len(model.requests) == 10
    assert (granted(sidecar, tier="gold"), granted(sidecar, tier="free")) == (7, 3)


def test_several_requests_of_one_connection_are_judged_one_after_the_other(sidecars, model):
    sidecar = sidecars(config(route(model, quotas=["plan"]), quotas=[quota(budget("3"))]))
    with sidecar.client() as client:
        client.send(request_bytes("POST", body=b"{}") * 6)
        assert [client.answer("POST").status for _ in range(6)] == [200] * 3 + [429] * 3
    assert len(model.requests) == 3


# While the configuration changes.


def edited(model, turn, holds="10"):
    """A world in which only the other route, or what the limit holds, is another one."""
    return config(
        route(model, quotas=["plan"], paths=[path("/limited")]),
        route(model, name="other", paths=[path(f"/other{turn}")], generation=turn),
        quotas=[quota(budget(holds), generation=turn)],
    )


def test_a_budget_is_exact_while_another_route_is_edited(sidecars, model):
    sidecar = sidecars(edited(model, 1), workers=4)
    with Crowd(sidecar.address, [request_bytes("POST", "/limited", body=b"{}")] * CROWD) as crowd:
        crowd.get_ready()
        for turn in range(2, 12):
            crowd.go((turn - 2) * 20, (turn - 1) * 20)
            sidecar.reload(edited(model, turn))
        assert statuses(crowd.answers()) == {200: 10, 429: CROWD - 10}
    assert len(model.requests) == 10
    assert granted(sidecar) == 10
    expect_settled(sidecar)


def test_a_budget_is_exact_while_reloads_never_stop(sidecars, models):
    model = models(on_request=slow)
    sidecar = sidecars(edited(model, 1), workers=4)
    stop = threading.Event()
    turns = []

    def reload():
        while not stop.is_set():
            turns.append(len(turns) + 2)
            sidecar.reload(edited(model, turns[-1]))

    thread = threading.Thread(target=reload)
    thread.start()
    try:
        answers = []
        for _ in range(5):
            answers += ask_together(sidecar.address, [request_bytes("POST", "/limited", body=b"{}")] * 60)
    finally:
        stop.set()
        thread.join()
    assert len(turns) > 3
    assert statuses(answers) == {200: 10, 429: 290}
    assert len(model.requests) == 10 and granted(sidecar) == 10


def test_a_budget_that_is_raised_in_the_middle_serves_exactly_the_difference_more(sidecars, model):
    sidecar = sidecars(edited(model, 1), workers=4)
    with Crowd(sidecar.address, [request_bytes("POST", "/limited", body=b"{}")] * CROWD) as crowd:
        crowd.get_ready().go(0, 100)
        sidecar.reload(edited(model, 2, holds="15"))
        crowd.go(100)
        answers = crowd.answers()
    answers += ask_together(sidecar.address, [request_bytes("POST", "/limited", body=b"{}")] * 20)
    assert statuses(answers) == {200: 15, 429: CROWD + 20 - 15}
    assert len(model.requests) == 15 and granted(sidecar) == 15


def test_a_budget_that_is_lowered_in_the_middle_is_never_exceeded(sidecars, model):
    sidecar = sidecars(edited(model, 1), workers=4)
    with Crowd(sidecar.address, [request_bytes("POST", "/limited", body=b"{}")] * 60) as crowd:
        crowd.get_ready().go(0, 3)
        eventually(lambda: granted(sidecar) == 3)
        sidecar.reload(edited(model, 2, holds="5"))
        eventually(lambda: limit(sidecar)["holds"] == "5")
        crowd.go(3)
        served = statuses(crowd.answers())[200]
    assert 5 <= served <= 10  # a worker may have been in the old world for a moment
    assert served == len(model.requests) == granted(sidecar)
    assert sidecar.ask("POST", "/limited", body=b"{}").status == 429


# What is used stays used.


def ask(sidecar, count=1, target="/", fields=()):
    return [sidecar.ask("POST", target, fields, b"{}").status for _ in range(count)]


def test_an_edited_limit_keeps_what_was_used(sidecars, model):
    def world(holds, generation):
        return config(
            route(model, quotas=["plan"], generation=generation),
            quotas=[quota(budget(holds), generation=generation)],
        )

    sidecar = sidecars(world("10", 1))
    assert ask(sidecar, 7) == [200] * 7
    sidecar.reload(world("8", 2))
    assert ask(sidecar, 3) == [200, 429, 429]
    sidecar.reload(world("5", 3))
    assert ask(sidecar) == [429] and used(sidecar) == 8
    sidecar.reload(world("10.5", 4))
    assert ask(sidecar, 3) == [200, 200, 429]
    assert granted(sidecar) == 10


def test_an_edited_rate_keeps_what_was_used(sidecars, model):
    def world(burst, generation):
        limits = rate("1", per_ms=3_600_000, burst=burst)
        return config(
            route(model, quotas=["plan"], generation=generation), quotas=[quota(limits, generation=generation)]
        )

    sidecar = sidecars(world("5", 1))
    assert ask(sidecar, 3) == [200] * 3
    sidecar.reload(world("4", 2))
    assert ask(sidecar, 2) == [200, 429]
    sidecar.reload(world("6", 3))
    assert ask(sidecar, 3) == [200, 200, 429]


def test_a_quota_that_goes_and_comes_back_finds_what_was_used(sidecars, model):
    limited = config(route(model, quotas=["plan"]), quotas=[quota(budget("4"))])
    free = config(route(model, generation=2))
    sidecar = sidecars(limited)
    assert ask(sidecar, 3) == [200] * 3
    sidecar.reload(free)
    assert ask(sidecar, 5) == [200] * 5
    sidecar.reload(limited)
    assert ask(sidecar, 2) == [200, 429]


def test_a_configuration_that_is_refused_changes_no_budget(sidecars, model):
    sidecar = sidecars(config(route(model, quotas=["plan"]), quotas=[quota(budget("2"))]))
    assert ask(sidecar) == [200]
    sidecar.write_broken("{")
    assert ask(sidecar, 2) == [200, 429]


@pytest.mark.parametrize("unit", ["Request", "Cost"])
def test_a_limit_of_another_unit_or_tier_is_another_limit(sidecars, model, unit):
    """Only what is the same limit (quota, tier, limit, unit) may find what was used."""
    sidecar = sidecars(config(route(model, quotas=["plan"]), quotas=[quota(budget("2"))]))
    assert ask(sidecar, 3) == [200, 200, 429]
    name = "all" if unit == "Cost" else "another"
    other = quota(tier(budget("2", unit=unit), name=name), generation=2)
    sidecar.reload(config(route(model, quotas=["plan"], generation=2), quotas=[other]))
    assert ask(sidecar, 3) == [200, 200, 429]


# Several routes, several quotas.


def test_a_quota_of_several_routes_is_one_budget(sidecars, models):
    first, second = models(), models()
    keys = api_keys(callers("alice", "bob"))
    sidecar = sidecars(
        config(
            route(first, name="a", paths=[path("/a")], auth=[keys], quotas=["plan"]),
            route(second, name="b", paths=[path("/b")], auth=[keys], quotas=["plan"]),
            quotas=[quota(budget("5"))],
        ),
        workers=4,
    )
    requests = [request_of("alice", "/a"), request_of("alice", "/b")] * 30
    assert statuses(ask_together(sidecar.address, requests)) == {200: 5, 429: 55}
    assert len(first.requests) + len(second.requests) == 5
    assert ask(sidecar, 1, "/b", by("bob")) == [200]


def test_two_routes_with_quotas_of_their_own_do_not_share(sidecars, model):
    sidecar = sidecars(
        config(
            route(model, name="a", paths=[path("/a")], quotas=["one"]),
            route(model, name="b", paths=[path("/b")], quotas=["two"]),
            quotas=[quota(budget("1"), name="one"), quota(budget("2"), name="two")],
        )
    )
    assert ask(sidecar, 2, "/a") == [200, 429]
    assert ask(sidecar, 3, "/b") == [200, 200, 429]


@pytest.mark.parametrize("order", [["small", "large"], ["large", "small"]])
def test_a_refusal_by_one_quota_takes_nothing_from_the_other(sidecars, model, order):
    sidecar = sidecars(
        config(
            route(model, name="both", paths=[path("/both")], quotas=order),
            route(model, name="one", paths=[path("/one")], quotas=["large"]),
            quotas=[
                quota(budget("2"), name="small"),
                quota(budget("5"), rate("5", per_ms=3_600_000, unit="Cost"), name="large"),
            ],
        )
    )
    assert ask(sidecar, 20, "/both") == [200] * 2 + [429] * 18
    assert granted(sidecar, "budget", "large") == granted(sidecar, "rate", "large") == 2
    assert ask(sidecar, 4, "/one") == [200] * 3 + [429]


def test_a_refusal_by_one_limit_takes_nothing_from_the_others_of_its_tier(sidecars, model):
    limits = [budget("100", name="wide"), budget("2", name="narrow"), rate("50", per_ms=3_600_000)]
    sidecar = sidecars(config(route(model, quotas=["plan"]), quotas=[quota(*limits)]))
    assert ask(sidecar, 10) == [200] * 2 + [429] * 8
    assert [granted(sidecar, name) for name in ("wide", "narrow", "rate")] == [2, 2, 2]
    assert [limit(sidecar, name)["refused"] for name in ("wide", "narrow", "rate")] == [0, 8, 0]


def test_under_load_two_quotas_grant_the_same(sidecars, model):
    """What the narrow one refuses of many at once leaves no trace in the wide one."""
    sidecar = sidecars(
        config(
            route(model, quotas=["wide", "narrow"]),
            quotas=[quota(budget("150"), name="wide"), quota(budget("20"), name="narrow")],
        ),
        workers=4,
    )
    answers = ask_together(sidecar.address, [request_bytes("POST", body=b"{}")] * CROWD)
    assert statuses(answers) == {200: 20, 429: CROWD - 20}
    assert granted(sidecar, quota="wide") == granted(sidecar, quota="narrow") == 20
    expect_settled(sidecar)


def test_a_route_without_quotas_is_not_limited(sidecars, model):
    sidecar = sidecars(
        config(
            route(model, name="free", paths=[path("/free")]),
            route(model, name="limited", paths=[path("/limited")], quotas=["plan"]),
            quotas=[quota(budget("1"))],
        )
    )
    assert ask(sidecar, 2, "/limited") == [200, 429]
    answer = sidecar.ask("POST", "/free", body=b"{}")
    assert answer.status == 200
    assert "ratelimit" not in answer.headers.names() and "ratelimit-policy" not in answer.headers.names()


# A dry run.


def test_a_dry_run_counts_and_tells_and_refuses_nobody(sidecars, model):
    plan = quota(budget("3"), rate("2", per_ms=3_600_000), enforcement="DryRun")
    sidecar = sidecars(config(route(model, quotas=["plan"]), quotas=[plan]), workers=4)
    answers = [sidecar.ask("POST", body=b"{}") for _ in range(6)]
    assert [answer.status for answer in answers] == [200] * 6
    assert [remaining(answer) for answer in answers] == [2, 1, 0, 0, 0, 0]
    assert [remaining(answer, "rate") for answer in answers] == [1, 0, 0, 0, 0, 0]
    assert all(answer.headers.get("retry-after") is None for answer in answers)
    # Four would have been refused, each by the limit that would have been in the way for longest.
    assert limit(sidecar)["refused"] + limit(sidecar, "rate")["refused"] == 4
    assert granted(sidecar) == 6
    assert statuses(ask_together(sidecar.address, [request_bytes("POST", body=b"{}")] * 50)) == {200: 50}


def test_a_dry_run_beside_an_enforced_quota_does_not_loosen_it(sidecars, model):
    sidecar = sidecars(
        config(
            route(model, quotas=["trial", "real"]),
            quotas=[quota(budget("1"), name="trial", enforcement="DryRun"), quota(budget("3"), name="real")],
        )
    )
    assert ask(sidecar, 5) == [200] * 3 + [429] * 2


def test_a_dry_run_that_becomes_real_counts_what_was_used(sidecars, model):
    def world(enforcement, generation):
        plan = quota(budget("5"), enforcement=enforcement, generation=generation)
        return config(route(model, quotas=["plan"], generation=generation), quotas=[plan])

    sidecar = sidecars(world("DryRun", 1))
    assert ask(sidecar, 4) == [200] * 4
    sidecar.reload(world("Enforce", 2))
    assert ask(sidecar, 2) == [200, 429]


def test_a_dry_run_without_a_tier_for_a_caller_refuses_nobody(sidecars, model):
    plan = quota(tier(budget("1"), labels={"plan": "gold"}), enforcement="DryRun")
    sidecar = sidecars(config(route(model, auth=[anonymous()], quotas=["plan"]), quotas=[plan]))
    assert ask(sidecar, 3) == [200] * 3


# Amounts.


def test_fractions_add_up_exactly(sidecars, model):
    """0.1 ten times is 1, which binary fractions do not know."""
    sidecar = sidecars(
        config(
            route(model, cost=cost(per("Request", "0.1")), quotas=["plan"]), quotas=[quota(budget("1", unit="Cost"))]
        )
    )
    assert ask(sidecar, 12) == [200] * 10 + [429] * 2
    assert granted(sidecar) == Decimal(1)


def test_the_largest_budget_neither_overflows_nor_refuses(sidecars, model):
    price = cost(per("Request", "1000000"))
    plan = quota(budget("9999999999.999999", unit="Cost"), rate("1000000000", burst="1000000000", unit="Cost"))
    sidecar = sidecars(config(route(model, cost=price, quotas=["plan"]), quotas=[plan]))
    assert ask(sidecar, 50) == [200] * 50
    assert granted(sidecar) == 50_000_000
