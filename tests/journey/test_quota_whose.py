"""Whose bucket it is: the principal's, his tenant's or the tier's, and never a namesake's."""

import time

import pytest

from harness.client import eventually
from harness.config import (
    anonymous,
    api_keys,
    budget,
    by,
    callers,
    config,
    key,
    key_set,
    path,
    quota,
    rate,
    route,
    secret_of,
    tier,
)
from harness.crowd import ask_together, statuses
from harness.usage import granted, limit, remaining, used
from harness.wire import request_bytes

TOLD = ("ratelimit", "ratelimit-policy")


def ask(sidecar, fields, target="/"):
    return sidecar.ask("POST", target, fields, b"{}")


def served(sidecar, *names):
    """The statuses of one request of each name, one after the other."""
    return [ask(sidecar, by(name)).status for name in names]


def start(sidecars, model, plan, *key_sets, **more):
    return sidecars(config(route(model, auth=[api_keys(*key_sets)], quotas=["plan"]), quotas=[plan]), **more)


TENANTS = [
    callers("ann", "ben", secret="acme", tenant="acme"),
    callers("cat", secret="umbrella", tenant="umbrella"),
    callers("dan", "eve", secret="single"),
]


def test_in_scope_principal_each_has_his_own(sidecars, model):
    sidecar = start(sidecars, model, quota(budget("1")), *TENANTS)
    names = ["ann", "ben", "cat", "dan", "eve"]
    assert served(sidecar, *names, *names) == [200] * 5 + [429] * 5


def test_in_scope_tenant_the_tenant_has_one_and_who_has_none_his_own(sidecars, model):
    sidecar = start(sidecars, model, quota(tier(budget("2"), scope="Tenant")), *TENANTS)
    assert served(sidecar, "ann", "ben", "ann", "ben") == [200, 200, 429, 429]
    assert served(sidecar, "cat", "cat", "cat") == [200, 200, 429]
    assert served(sidecar, "dan", "dan", "dan", "eve", "eve", "eve") == [200, 200, 429] * 2


def test_in_scope_tier_everybody_of_the_tier_has_one(sidecars, model):
    sidecar = start(sidecars, model, quota(tier(budget("3"), scope="Tier")), *TENANTS)
    assert served(sidecar, "ann", "cat", "dan", "eve", "ben") == [200, 200, 200, 429, 429]


@pytest.mark.parametrize("scope", ["Tenant", "Tier"])
def test_a_shared_bucket_is_exact_for_all_who_share_it_at_once(sidecars, model, scope):
    names = [f"caller{n}" for n in range(100)]
    plan = quota(tier(budget("10"), scope=scope))
    sidecar = start(sidecars, model, plan, callers(*names, tenant="acme"), workers=4)
    answers = ask_together(sidecar.address, [request_bytes("POST", "/", by(name), b"{}") for name in names * 2])
    assert statuses(answers) == {200: 10, 429: 190}
    assert len(model.requests) == 10


def test_keys_of_several_secrets_may_share_a_tenant(sidecars, model):
    sets = [callers("ann", secret="one", tenant="acme"), callers("ben", secret="two", tenant="acme")]
    sidecar = start(sidecars, model, quota(tier(budget("2"), scope="Tenant")), *sets)
    assert served(sidecar, "ann", "ben", "ann", "ben") == [200, 200, 429, 429]


# Namesakes.

NAMESAKES = [
    key_set(key("alice", secret_of("alice1")), secret="one"),
    key_set(key("alice", secret_of("alice2")), secret="two"),
]


@pytest.mark.parametrize("scope", ["Principal", "Tenant"])
def test_namesakes_of_two_secrets_are_two(sidecars, model, scope):
    """Who has no tenant is a tenant of his own, and the owner of his name is the whole triple."""
    sidecar = start(sidecars, model, quota(tier(budget("1"), scope=scope)), *NAMESAKES)
    assert served(sidecar, "alice1", "alice2", "alice1", "alice2") == [200, 200, 429, 429]


@pytest.mark.parametrize("scope", ["Principal", "Tenant"])
def test_namesakes_of_two_methods_are_two(sidecars, model, scope):
    own = [{"name": "x-other-key", "scheme": ""}]
    methods = [
        api_keys(key_set(key("alice", secret_of("alice")))),
        api_keys(key_set(key("alice", secret_of("other"))), name="others", headers=own),
    ]
    sidecar = sidecars(
        config(route(model, auth=methods, quotas=["plan"]), quotas=[quota(tier(budget("1"), scope=scope))])
    )
    fields = [by("alice"), [("X-Other-Key", secret_of("other"))]] * 2
    assert [ask(sidecar, each).status for each in fields] == [200, 200, 429, 429]


def test_a_tenant_and_a_principal_of_one_name_are_two(sidecars, model):
    sets = [callers("ann", secret="one", tenant="ben"), callers("ben", secret="two")]
    sidecar = start(sidecars, model, quota(tier(budget("1"), scope="Tenant")), *sets)
    assert served(sidecar, "ann", "ben", "ann", "ben") == [200, 200, 429, 429]


@pytest.mark.parametrize("pair", [("one", "two/three"), ("one/two", "three")])
def test_names_that_run_together_are_two(sidecars, model, pair):
    """The parts of an owner are told apart by length, not by a character that a name may contain."""
    others = [("one", "two/three"), ("one/two", "three")]
    sets = [key_set(key(name, secret_of(secret + name)), secret=secret) for secret, name in others]
    sidecar = start(sidecars, model, quota(budget("1")), *sets)
    assert served(sidecar, "".join(pair)) == [200]
    other = others[1 - others.index(pair)]
    assert served(sidecar, "".join(other), "".join(pair)) == [200, 429]


def test_two_keys_of_one_name_in_one_secret_are_one_caller_even_after_a_rotation(sidecars, model):
    def world(secret, generation):
        keys = api_keys(key_set(key("alice", secret_of(secret))))
        return config(
            route(model, auth=[keys], quotas=["plan"], generation=generation), quotas=[quota(budget("3"))]
        )

    sidecar = sidecars(world("old", 1))
    assert served(sidecar, "old", "old") == [200, 200]
    sidecar.reload(world("new", 2))
    assert served(sidecar, "new", "new") == [200, 429]


def test_all_who_are_anonymous_are_one(sidecars, model):
    sidecar = sidecars(config(route(model, quotas=["plan"]), quotas=[quota(budget("2"))]))
    assert [ask(sidecar, []).status for _ in range(3)] == [200, 200, 429]


def test_who_is_anonymous_takes_nothing_from_who_is_known(sidecars, model):
    methods = [api_keys(callers("ann")), anonymous()]
    sidecar = sidecars(config(route(model, auth=methods, quotas=["plan"]), quotas=[quota(budget("1"))]))
    assert [ask(sidecar, fields).status for fields in ([], by("ann"), [], by("ann"))] == [200, 200, 429, 429]


def test_one_principal_of_one_secret_is_one_on_every_route(sidecars, models):
    keys = api_keys(callers("ann"))
    sidecar = sidecars(
        config(
            route(models(), name="a", paths=[path("/a")], auth=[keys], quotas=["plan"]),
            route(models(), name="b", paths=[path("/b")], auth=[keys], quotas=["plan"]),
            quotas=[quota(budget("1"))],
        )
    )
    assert ask(sidecar, by("ann"), "/a").status == 200
    assert ask(sidecar, by("ann"), "/b").status == 429


def test_quotas_of_one_name_in_two_namespaces_are_two(sidecars, model):
    sidecar = sidecars(
        config(
            route(model, name="a", paths=[path("/a")], quotas=["plan"]),
            route(model, name="b", paths=[path("/b")], quotas=["plan"], namespace="other"),
            quotas=[quota(budget("1")), quota(budget("2"), namespace="other")],
        )
    )
    assert [ask(sidecar, [], "/a").status for _ in range(2)] == [200, 429]
    assert [ask(sidecar, [], "/b").status for _ in range(3)] == [200, 200, 429]


# Tiers.

PLANS = [
    callers("gil", secret="gold", labels={"plan": "gold"}),
    callers("gus", secret="gold-eu", labels={"plan": "gold", "region": "eu"}),
    callers("fay", secret="free", labels={"plan": "free"}),
    callers("liz", secret="plain"),
]


def test_the_first_tier_that_takes_a_caller_is_his(sidecars, model):
    plan = quota(
        tier(budget("3"), name="gold-eu", labels={"plan": "gold", "region": "eu"}),
        tier(budget("2"), name="gold", labels={"plan": "gold"}),
        tier(budget("1"), name="rest"),
    )
    sidecar = start(sidecars, model, plan, *PLANS)
    assert served(sidecar, *["gus"] * 4) == [200] * 3 + [429]
    assert served(sidecar, *["gil"] * 3) == [200] * 2 + [429]
    assert served(sidecar, *["fay"] * 2) == [200, 429]
    assert served(sidecar, *["liz"] * 2) == [200, 429]


def test_the_order_of_tiers_decides_between_two_that_match(sidecars, model):
    plan = quota(
        tier(budget("2"), name="gold", labels={"plan": "gold"}),
        tier(budget("5"), name="gold-eu", labels={"plan": "gold", "region": "eu"}),
        tier(budget("1"), name="rest"),
    )
    sidecar = start(sidecars, model, plan, *PLANS)
    assert served(sidecar, *["gus"] * 3) == [200, 200, 429]


def test_the_default_tier_is_for_whom_no_other_takes_wherever_it_stands(sidecars, model):
    plan = quota(tier(budget("1"), name="rest"), tier(budget("2"), name="gold", labels={"plan": "gold"}))
    sidecar = start(sidecars, model, plan, *PLANS)
    assert served(sidecar, *["gil"] * 3) == [200, 200, 429]
    assert served(sidecar, *["fay"] * 2) == [200, 429]


def test_without_a_tier_for_him_a_caller_is_403_and_nothing_is_counted(sidecars, model):
    plan = quota(tier(budget("2"), name="gold", labels={"plan": "gold"}))
    sidecar = start(sidecars, model, plan, *PLANS)
    answer = ask(sidecar, by("fay"))
    assert (answer.status, answer.reason) == (403, "NoTier")
    assert answer.headers.get("retry-after") is None and not answer.headers.names() & set(TOLD)
    assert model.connections == []
    assert served(sidecar, "gil", "gil", "gil") == [200, 200, 429]
    assert granted(sidecar, tier="gold") == 2


def test_one_quota_without_a_tier_for_him_is_enough_to_refuse_and_takes_nothing_from_the_other(sidecars, model):
    sidecar = sidecars(
        config(
            route(model, auth=[api_keys(*PLANS)], quotas=["all", "gold"]),
            quotas=[quota(budget("3"), name="all"), quota(tier(budget("9"), labels={"plan": "gold"}), name="gold")],
        )
    )
    assert served(sidecar, "fay", "fay", "gil") == [403, 403, 200]
    assert granted(sidecar, quota="all") == 1


def test_who_changes_his_tier_begins_anew_and_finds_the_old_one_when_he_is_back(sidecars, model):
    plan = quota(tier(budget("2"), name="gold", labels={"plan": "gold"}), tier(budget("1"), name="rest"))

    def world(plan_label, generation):
        keys = api_keys(callers("ann", labels={"plan": plan_label}))
        return config(route(model, auth=[keys], quotas=["plan"], generation=generation), quotas=[plan])

    sidecar = sidecars(world("free", 1))
    assert served(sidecar, "ann", "ann") == [200, 429]
    sidecar.reload(world("gold", 2))
    assert served(sidecar, "ann", "ann", "ann") == [200, 200, 429]
    sidecar.reload(world("free", 3))
    assert served(sidecar, "ann") == [429]


# What /state says of them.


def test_state_names_the_fullest_and_the_top(sidecars, model):
    sidecar = start(sidecars, model, quota(budget("10")), *TENANTS)
    served(sidecar, *["ann"] * 3, *["cat"] * 5, "dan")
    seen = limit(sidecar)
    assert used(sidecar) == 5 and "cat" in seen["fullest"]["owner"] and "umbrella" in seen["fullest"]["owner"]
    assert [(each["used"]) for each in seen["top"]] == ["5", "3", "1"]
    assert [next(n for n in ("ann", "cat", "dan") if n in each["owner"]) for each in seen["top"]] == [
        "cat",
        "ann",
        "dan",
    ]
    assert sidecar.state()["accounts"] == 3


def test_state_of_an_unused_quota_names_nobody(sidecars, model):
    sidecar = start(sidecars, model, quota(budget("10")), *TENANTS)
    seen = limit(sidecar)
    assert seen["fullest"] is None and seen["top"] == [] and seen["granted"] == seen["reserved"] == "0"
    assert (seen["unit"], seen["holds"], seen["refused"]) == ("Request", "10", 0)


# Bounded memory.


def test_beyond_the_most_accounts_a_new_caller_is_503_and_the_old_ones_go_on(sidecars, model):
    names = [f"caller{n}" for n in range(6)]
    config_ = config(
        route(model, auth=[api_keys(callers(*names))], quotas=["plan"]), quotas=[quota(budget("10"))]
    )
    sidecar = sidecars(config_, "--max-accounts", "3", workers=2)
    assert served(sidecar, *names[:3]) == [200] * 3
    answer = ask(sidecar, by(names[3]))
    assert (answer.status, answer.reason) == (503, "TooManyAccounts")
    assert int(answer.headers.get("retry-after")) >= 1
    assert served(sidecar, *names[:3], names[4]) == [200] * 3 + [503]
    assert sidecar.state()["accounts"] == 3
    assert len(model.requests) == 6
    assert granted(sidecar) == 6


def test_an_account_in_which_nothing_is_left_makes_room(sidecars, model):
    """A rate that has drained no longer limits, so its account may be forgotten."""
    limits = rate("10", per_ms=1000, burst="1")
    config_ = config(
        route(model, auth=[api_keys(callers("ann", "ben", "cat"))], quotas=["plan"]), quotas=[quota(limits)]
    )
    sidecar = sidecars(config_, "--max-accounts", "2")
    assert served(sidecar, "ann", "ben") == [200, 200]
    eventually(lambda: served(sidecar, "cat") == [200], "room for another caller", patience=5)
    assert sidecar.state()["accounts"] <= 2


def test_an_account_that_still_limits_is_not_forgotten(sidecars, model):
    limits = [rate("10", per_ms=1000, burst="5"), budget("1", window_ms=600_000)]
    config_ = config(
        route(model, auth=[api_keys(callers("ann", "ben", "cat"))], quotas=["plan"]), quotas=[quota(*limits)]
    )
    sidecar = sidecars(config_, "--max-accounts", "2")
    assert served(sidecar, "ann", "ben", "cat", "cat", "ann", "ben") == [200, 200, 503, 503, 429, 429]


def test_many_callers_come_and_go_within_the_bound(sidecars, model):
    """An account is kept for a second at least, so there is room for those of a second."""
    names = [f"caller{n}" for n in range(200)]
    limits = rate("1000", per_ms=1000, burst="2")  # drained after 2 ms
    config_ = config(route(model, auth=[api_keys(callers(*names))], quotas=["plan"]), quotas=[quota(limits)])
    sidecar = sidecars(config_, "--max-accounts", "50")
    with sidecar.client() as client:
        for name in names:
            answer = client.ask("POST", "/", by(name), b"{}")
            assert answer.status == 200 and remaining(answer, "rate") <= 1
            time.sleep(0.025)
    assert sidecar.state()["accounts"] <= 50
