"""What the OpenAI SDK sees of a real llama.cpp server through the gateway: answers, memory and streams."""

import time

import openai
import pytest
from llama import OLGA, OTTO, PIA, chat, fresh


def headers_of(client, words, **options):
    return chat(client, words, raw=True, **options).headers


# --- answers --------------------------------------------------------------------------------------------------------


def test_chats_as_without_a_gateway(tiny_site, caller):
    words = fresh()
    through = chat(caller(), words, temperature=0)
    direct = chat(caller(address=tiny_site.model), words, temperature=0)
    assert through.choices[0].message.content == direct.choices[0].message.content
    assert through.usage.completion_tokens == 20


def test_completes_a_prompt_as_without_a_gateway(tiny_site, caller):
    options = {"model": "tiny", "prompt": fresh(), "max_tokens": 20, "temperature": 0}
    through, direct = (c.completions.create(**options) for c in (caller(), caller(address=tiny_site.model)))
    assert through.choices[0].text == direct.choices[0].text


def test_embeds_several_texts_and_charges_each(tiny_site, caller):
    options = {"model": "tiny", "input": [fresh(), fresh(), fresh()], "encoding_format": "float"}
    raw = caller().embeddings.with_raw_response.create(**options)
    direct = caller(address=tiny_site.model).embeddings.create(**options)
    assert [e.embedding for e in raw.parse().data] == [e.embedding for e in direct.data]
    # Three rows, and the default of sixteen tokens.
    assert raw.headers["x-mlgateway-cost"] == "4.6"


def test_lists_the_model_that_the_key_may_ask(caller):
    assert [model.id for model in caller().models.list()] == ["tiny"]


@pytest.mark.parametrize("options, cost", [({}, "3"), ({"max_tokens": 100}, "11"), ({"n": 2}, "4")])
def test_charges_what_a_chat_may_cost(caller, options, cost):
    headers = headers_of(caller(), fresh(), **options)
    assert (headers["x-mlgateway-cost"], headers["x-mlgateway-cost-unit"]) == (cost, "credits")


def test_charges_a_prompt_once_for_each_answer_to_it(caller):
    raw = caller().completions.with_raw_response
    assert raw.create(model="tiny", prompt=[fresh()], max_tokens=10).headers["x-mlgateway-cost"] == "2"
    assert raw.create(model="tiny", prompt=fresh(), max_tokens=10, best_of=4).headers["x-mlgateway-cost"] == "5"


def test_charges_nothing_when_the_model_fails_at_two_prompts(caller):
    client = caller(PIA)
    for _ in range(3):  # 3 of her 5 credits each, were they charged
        # This server says that it cannot: 500.
        with pytest.raises(openai.InternalServerError) as failure:
            client.completions.create(model="tiny", prompt=[fresh(), fresh()], max_tokens=5)
        assert failure.value.type == "internal_server_error"  # the model's own words
        assert "x-mlgateway-cost" not in failure.value.response.headers
    assert chat(client, fresh(), max_tokens=40, raw=True).headers["x-mlgateway-cost"] == "5"


# --- memory ---------------------------------------------------------------------------------------------------------


def test_answers_an_equal_chat_from_memory_for_nothing(caller):
    client, words = caller(), fresh()
    raw = [chat(client, words, raw=True) for _ in range(2)]
    assert "; stored" in raw[0].headers["cache-status"]
    assert "; hit" in raw[1].headers["cache-status"]
    assert raw[1].headers["x-mlgateway-cost"] == "0"
    # With its id too: a text of random tokens that comes twice was not made twice.
    assert raw[0].parse() == raw[1].parse()


def test_asks_the_model_again_for_another_caller(caller):
    words = fresh()
    assert chat(caller(OLGA), words).id != chat(caller(OTTO), words).id


# --- streams --------------------------------------------------------------------------------------------------------


def stream(client, words, **options):
    return chat(client, words, stream=True, max_tokens=200, temperature=0, **options)


def test_streams_what_the_model_says_without_a_gateway(tiny_site, caller):
    words = fresh()
    clients = caller(), caller(address=tiny_site.model)
    through, direct = ([chunk.choices[0].delta.content for chunk in stream(c, words)] for c in clients)
    assert through == direct
    assert len(through) > 200


def test_hands_on_each_event_as_it_comes(caller):
    begun = time.monotonic()
    times = [time.monotonic() for _ in stream(caller(), fresh())]
    # Held back, all of them would come at the end.
    assert times[0] - begun < (times[-1] - begun) / 2


def test_never_keeps_a_stream(caller, wire):
    client, words = caller(), fresh()
    ids = set()
    for _ in range(2):
        ids |= {chunk.id for chunk in stream(client, words)}
    assert len(ids) == 2
    for _, response in wire.received:
        assert response.headers["content-type"].startswith("text/event-stream")
        status = response.headers["cache-status"]
        assert "hit" not in status and "stored" not in status


def test_a_stream_that_was_left_holds_nobody_up(caller):
    client = caller()
    with stream(client, fresh()) as events:
        next(iter(events))
    assert chat(client, fresh()).usage.completion_tokens == 20


def test_charges_a_stream_what_it_may_cost(caller, wire):
    assert len(list(stream(caller(), fresh()))) > 200
    assert wire.received[0][1].headers["x-mlgateway-cost"] == "21"
