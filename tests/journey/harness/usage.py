"""What the sidecar says of its quotas, on /state and in the fields of its answers."""

from decimal import Decimal

from harness import structured
from harness.client import eventually


def limit(sidecar, name="budget", quota="plan", tier="all"):
    """That limit on /state."""
    limits = next(q["limits"] for q in sidecar.state()["quotas"] if q["name"] == quota)
    return next(each for each in limits if each["name"] == name and each["tier"] == tier)


def granted(sidecar, *where, **names):
    return Decimal(limit(sidecar, *where, **names)["granted"])


def used(sidecar, *where, **names):
    """By the one who has used most."""
    fullest = limit(sidecar, *where, **names)["fullest"]
    return Decimal(fullest["used"]) if fullest else Decimal(0)


def reserved(sidecar):
    """{what: amount} of everything that is reserved anywhere."""
    return {
        (q["name"], each["tier"], each["name"]): each["reserved"]
        for q in sidecar.state()["quotas"]
        for each in q["limits"]
        if Decimal(each["reserved"]) != 0
    }


def expect_settled(sidecar):
    """Nothing is reserved once nothing is under way, and /metrics agrees."""
    eventually(lambda: sidecar.metric("mlgateway_requests_in_flight") == 0, "no request in flight")
    eventually(lambda: reserved(sidecar) == {}, "nothing reserved")
    assert all(each["reserved"] == "0" for q in sidecar.state()["quotas"] for each in q["limits"])
    assert sidecar.metric("mlgateway_quota_reserved") == 0


def policies(answer):
    """{name: parameters} of RateLimit-Policy."""
    return structured.named(answer.headers.all("ratelimit-policy"))


def left(answer):
    """{name: parameters} of RateLimit."""
    return structured.named(answer.headers.all("ratelimit"))


def remaining(answer, name="budget"):
    return left(answer)[name]["r"]


def cache_status(answer):
    """The parameters of the cache named mlgateway in Cache-Status; it is the last, being closest to the caller."""
    found = structured.items(answer.headers.all("cache-status"))
    assert found and found[-1].value == "mlgateway", found
    assert [item.value for item in found].count("mlgateway") == 1, found
    return found[-1].parameters
