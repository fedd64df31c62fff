"""A real KServe server behind two routes: its binary tensors of V2, asked for by a real client, and its own V1."""

import numpy
import pytest
import tritonclient.http as triton
from site_of import MODELS, SERVERS, serving
from stage import free_port
from tensors import FLOWERS, Client, flower, predict
from tritonclient.utils import InferenceServerException

GINA, FRED = (f"{name}-key-of-the-tests" for name in ("gina", "fred"))
V1 = "/v1/models/iris:predict"


def serve(stage):
    port = free_port()
    stage.start(
        "kserve", SERVERS / "python", MODELS / "iris_kserve.py", "--http_port", port, "--enable_grpc", "false"
    )
    stage.wait_for_answer("kserve", f"http://127.0.0.1:{port}/v2/models/iris/ready", 60)
    return port


@pytest.fixture(scope="module")
def site():
    with serving("kserve.yaml", serve) as site:
        yield site


@pytest.fixture
def client(site):
    with Client(site.address) as client:
        yield client


@pytest.fixture
def direct(site):
    with Client(site.model) as client:
        yield client


# --- V2, in bytes ---------------------------------------------------------------------------------------------------


def ask_in_bytes(client, batch, key=None, request_id=""):
    return predict(client, batch, key, binary=True, request_id=request_id)


def test_charges_the_rows_and_numbers_of_a_tensor_in_bytes(client, direct):
    through, alone = ask_in_bytes(client, FLOWERS, GINA), ask_in_bytes(direct, FLOWERS)
    assert client.cost == "4.2"  # 3 rows, 12 numbers
    assert "inference-header-content-length" in client.fields
    assert through.as_numpy("predict").tolist() == alone.as_numpy("predict").tolist() == [[0], [2], [1]]


def test_charges_a_large_tensor_in_bytes(client):
    answer = ask_in_bytes(client, numpy.repeat(FLOWERS, 1000, axis=0), GINA)
    assert (client.cost, answer.as_numpy("predict").shape) == ("4200", (3000, 1))


def test_answers_an_equal_tensor_in_bytes_from_memory(client):
    first = ask_in_bytes(client, flower(5.2), GINA)
    assert (client.from_cache, client.cost) == (False, "1.4")
    again = ask_in_bytes(client, flower(5.2), GINA)
    assert (client.from_cache, client.cost) == (True, "0")
    assert again.as_numpy("predict").dtype == numpy.int64
    assert numpy.array_equal(first.as_numpy("predict"), again.as_numpy("predict"))


def test_gives_each_asker_in_bytes_the_id_that_he_sent(client):
    answers, kept = [], []
    for name in ("ask-1", "ask-2", "ask-three", "ask-four!", "ask-2"):
        answers.append(ask_in_bytes(client, flower(5.4), GINA, request_id=name))
        kept.append(client.from_cache)
    assert [a.get_response()["id"] for a in answers] == ["ask-1", "ask-2", "ask-three", "ask-four!", "ask-2"]
    # Where the bytes begin is part of what was asked, and a longer id moves it.
    assert kept == [False, True, False, True, True]
    assert all(a.as_numpy("predict").tolist() == [[1]] for a in answers)


def test_takes_other_bytes_for_another_request(client):
    ask_in_bytes(client, flower(5.6), GINA)
    ask_in_bytes(client, numpy.nextafter(flower(5.6), 9), GINA)
    assert not client.from_cache


def test_refuses_bytes_that_are_not_as_many_as_the_shape_says(client):
    tensor = triton.InferInput("flowers", FLOWERS.shape, "FP64")
    tensor.set_data_from_numpy(FLOWERS, binary_data=True)
    tensor.set_shape([1000, 4])
    with pytest.raises(InferenceServerException) as refusal:
        client.infer("iris", [tensor], headers={"x-api-key": GINA})
    assert refusal.value.status() == "400"
    assert "flowers" in refusal.value.message() and "binary_data_size" in refusal.value.message()


# --- V1 -------------------------------------------------------------------------------------------------------------


def test_predicts_what_kserve_predicts(site):
    body = {"instances": FLOWERS.tolist()}
    through = site.ask(V1, body, GINA)
    assert (through.status, through.json, through.cost) == (200, {"predictions": [0, 2, 1]}, "4.2")
    assert through.body == site.ask_model(V1, body).body


def test_answers_equal_instances_from_memory(site):
    first, again = (site.ask(V1, {"instances": flower(6.1).tolist()}, GINA) for _ in range(2))
    assert (first.from_cache, again.from_cache, again.cost) == (False, True, "0")
    assert first.body == again.body


def test_tells_readiness_for_nothing(site):
    through = site.ask("/v1/models/iris", key=GINA)
    assert (through.status, through.json) == (200, site.ask_model("/v1/models/iris").json)
    assert through.cost is None


def test_hands_on_kserves_own_refusal(site):
    short = {"instances": [[1.0]]}
    through, alone = site.ask(V1, short, GINA), site.ask_model(V1, short)
    assert (through.status, through.json) == (alone.status, alone.json)


def test_refuses_in_kserves_own_shape(site):
    kserves = site.ask_model(V1, {"instances": [[1.0]]}).json
    for answer, status, reason in (
        (site.ask(V1, {"instances": FLOWERS.tolist()}), 401, "CredentialMissing"),
        (site.ask(V1, {"instances": 7}, GINA), 400, "BodyInvalid"),
        (site.ask(V1, {"instances": FLOWERS.tolist() * 3}, FRED), 403, "CostTooHigh"),
    ):
        assert (answer.status, answer.json["reason"]) == (status, reason)
        assert type(answer.json["error"]) is type(kserves["error"]) is str


def test_both_protocols_spend_the_same_budget(site, client):
    # 10 credits: 4.2 of them by V2, 4.2 by V1, and then there is too little for either.
    ask_in_bytes(client, FLOWERS, FRED)
    assert site.ask(V1, {"instances": FLOWERS.tolist()}, FRED).status == 200
    assert site.ask(V1, {"instances": (FLOWERS + 1).tolist()}, FRED).json["reason"] == "BudgetSpent"
    with pytest.raises(InferenceServerException, match="BudgetSpent"):
        ask_in_bytes(client, FLOWERS + 1, FRED)
