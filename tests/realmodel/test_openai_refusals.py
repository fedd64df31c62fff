"""Each refusal of the gateway is an error of the SDK's own, which waits and asks again only where that helps."""

import openai
import pytest
from llama import HANS, HUGO, NORA, OLGA, PAUL, PETRA, chat, fresh


def retry_after(response):
    return int(response.headers["retry-after"])


def test_raises_a_rate_limit_error_over_a_rate(caller, wire):
    client = caller(HANS)
    chat(client, fresh())
    with pytest.raises(openai.RateLimitError) as refusal:
        chat(client, fresh())
    assert refusal.value.code == "rate_limit_exceeded"
    assert refusal.value.type == "requests"
    assert refusal.value.body["reason"] == "RateLimited"
    assert "pace" in refusal.value.message
    # One in three seconds.
    assert 1 <= retry_after(refusal.value.response) <= 3
    assert len(wire.sent) == 2


def test_waits_as_long_as_it_is_told_and_then_succeeds(caller, wire):
    client = caller(HUGO, retries=2)
    chat(client, fresh())
    answer = chat(client, fresh())
    assert answer.choices
    (_, first), (refused_at, refused), (_, last) = wire.received
    assert [r.status_code for r in (first, refused, last)] == [200, 429, 200]
    asked_again_at = wire.sent[2][0]
    # Left to itself it would ask again after half a second; told the truth it need not ask a third time.
    assert retry_after(refused) <= asked_again_at - refused_at < retry_after(refused) + 2


def test_does_not_ask_again_when_a_budget_is_spent(caller, wire):
    client = caller(PAUL, retries=2)
    chat(client, fresh())  # 3 of 5 credits
    before = len(wire.sent)
    with pytest.raises(openai.RateLimitError) as refusal:
        chat(client, fresh())
    assert (refusal.value.code, refusal.value.type) == ("insufficient_quota", "insufficient_quota")
    assert refusal.value.body["reason"] == "BudgetSpent"
    assert "hourly" in refusal.value.message
    assert refusal.value.response.headers["x-should-retry"] == "false"
    assert len(wire.sent) - before == 1


def test_raises_a_permission_error_for_what_no_budget_ever_holds(caller, wire):
    # 41 credits; a full budget holds 5. To wait would not help.
    with pytest.raises(openai.PermissionDeniedError) as refusal:
        chat(caller(PETRA, retries=2), fresh(), max_tokens=400)
    assert refusal.value.body["reason"] == "CostTooHigh"
    assert "hourly" in refusal.value.message
    assert "retry-after" not in refusal.value.response.headers
    assert len(wire.sent) == 1


def test_a_smaller_question_still_fits_into_what_is_left(caller):
    client = caller(PETRA)
    chat(client, fresh())  # 3 of 5 credits
    with pytest.raises(openai.RateLimitError):
        chat(client, fresh())
    assert chat(client, fresh(), max_tokens=10).usage.completion_tokens == 10  # 2 credits


@pytest.mark.parametrize("key, reason", [("guess", "CredentialInvalid"), ("", "CredentialMissing")])
def test_raises_an_authentication_error_without_a_known_key(caller, key, reason):
    headers = {} if key else {"Authorization": openai.Omit()}
    with pytest.raises(openai.AuthenticationError) as refusal:
        chat(caller(key or "none"), fresh(), extra_headers=headers)
    assert (refusal.value.code, refusal.value.body["reason"]) == ("invalid_api_key", reason)


def test_raises_a_permission_error_where_no_tier_takes_the_caller(caller, wire):
    with pytest.raises(openai.PermissionDeniedError) as refusal:
        chat(caller(NORA, retries=2), fresh())
    assert refusal.value.body["reason"] == "NoTier"
    assert len(wire.sent) == 1


def test_raises_a_not_found_error_for_another_model(caller):
    with pytest.raises(openai.NotFoundError) as refusal:
        caller().completions.create(model="large", prompt="Hello")
    assert refusal.value.code == "model_not_found"


@pytest.mark.parametrize(
    "options, place",
    [
        ({"max_tokens": -1}, "/max_tokens"),
        ({"max_tokens": 401}, "/max_tokens"),
        ({"max_tokens": "many"}, "/max_tokens"),
        ({"n": 0}, "/n"),
    ],
)
def test_raises_a_bad_request_error_that_names_the_place(caller, options, place):
    with pytest.raises(openai.BadRequestError) as refusal:
        chat(caller(), fresh(), **options)
    assert refusal.value.body["reason"] == "BodyInvalid"
    assert place in refusal.value.message
    assert refusal.value.type == "invalid_request_error"


def test_refuses_a_stream_with_an_error_and_not_with_events(caller):
    with pytest.raises(openai.BadRequestError):
        chat(caller(), fresh(), stream=True, max_tokens=-1)


def test_tells_limits_in_the_headers_that_openai_has_for_them(caller):
    headers = chat(caller(OLGA), fresh(), raw=True).headers
    assert headers["x-ratelimit-limit-requests"] == "1000"
    assert 0 < int(headers["x-ratelimit-remaining-requests"]) < 1000
    assert headers["x-ratelimit-reset-requests"].endswith("s")
    # And in the standard's own: the same limit by its name.
    assert "pace" in headers["ratelimit"] and "pace" in headers["ratelimit-policy"]
