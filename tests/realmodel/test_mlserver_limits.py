"""What a real client of the Open Inference Protocol sees of costs, quotas and kept answers, with a real MLServer."""

import numpy
import pytest
import tritonclient.http as triton
from site_of import serving
from tensors import FLOWERS, Client, flower, predict
from tritonclient.utils import InferenceServerException

GINA, GRETA, FRED, FIONA = (f"{name}-key-of-the-tests" for name in ("gina", "greta", "fred", "fiona"))


@pytest.fixture(scope="module")
def site(world):
    with serving("metered.yaml", lambda _: world.ports["v1"]) as site:
        yield site


@pytest.fixture
def client(site):
    with Client(site.address) as client:
        yield client


@pytest.fixture
def direct(site):
    with Client(site.model) as client:
        yield client


def test_charges_the_rows_and_numbers_of_a_tensor(client, direct):
    through, alone = predict(client, FLOWERS, GINA), predict(direct, FLOWERS)
    assert (client.cost, client.fields["x-mlgateway-cost-unit"]) == ("4.2", "credits")  # 3 rows, 12 numbers
    assert through.as_numpy("predict").tolist() == alone.as_numpy("predict").tolist()


def test_charges_bytes_that_the_model_cannot_read(client):
    # MLServer does not know the extension. It was asked, and what was asked of it is told all the same.
    with pytest.raises(InferenceServerException) as refusal:
        predict(client, FLOWERS, GINA, binary=True)
    assert (refusal.value.status(), client.cost) == ("422", "4.2")


def test_answers_an_equal_tensor_from_memory(client):
    first = predict(client, flower(5.2), GINA)
    assert (client.from_cache, client.cost) == (False, "1.4")
    again = predict(client, flower(5.2), GINA)
    assert (client.from_cache, client.cost) == (True, "0")
    assert numpy.array_equal(first.as_numpy("predict"), again.as_numpy("predict"))


@pytest.mark.parametrize("other", ["ask-2", "ask-number-3"])
def test_gives_each_asker_the_id_that_he_sent(client, other):
    batch = flower(5.4 + len(other) / 100)
    assert predict(client, batch, GINA, request_id="ask-1").get_response()["id"] == "ask-1"
    again = predict(client, batch, GINA, request_id=other)
    assert client.from_cache
    assert again.get_response()["id"] == other


def test_asks_the_model_again_for_another_caller(client):
    predict(client, flower(6.7), GINA)
    predict(client, flower(6.7), GRETA)
    assert not client.from_cache
    predict(client, flower(6.7), GRETA)
    assert client.from_cache


def test_names_the_limit_to_who_has_spent_it(client):
    for n in range(7):  # 1.4 of 10 credits each
        predict(client, flower(7 + n / 10), FRED)
    with pytest.raises(InferenceServerException) as refusal:
        predict(client, flower(7.8), FRED)
    assert refusal.value.status() == "429"
    assert "daily" in refusal.value.message() and "BudgetSpent" in refusal.value.message()
    # A day, and at most a sixtieth of it more.
    assert 0 < int(client.fields["retry-after"]) <= 24 * 3600 * 61 / 60
    # A kept answer costs nothing, and so it is given to who has nothing left.
    predict(client, flower(7.0), FRED)
    assert client.from_cache


def test_gives_each_tier_its_own_budget(client):
    predict(client, flower(4.1), GINA)
    assert ";q=100000;" in client.fields["ratelimit-policy"]
    predict(client, flower(4.1), FIONA)
    assert ";q=10;" in client.fields["ratelimit-policy"]
    assert ";r=8" in client.fields["ratelimit"]  # of 8.6 credits the whole ones


@pytest.mark.parametrize("rows", [2, 4])
def test_refuses_a_shape_that_is_not_the_datas(client, rows):
    tensor = triton.InferInput("flowers", FLOWERS.shape, "FP64")
    tensor.set_data_from_numpy(FLOWERS, binary_data=False)
    tensor.set_shape([rows, 4])
    with pytest.raises(InferenceServerException) as refusal:
        client.infer("iris", [tensor], headers={"x-api-key": GINA})
    assert refusal.value.status() == "400"
    assert "flowers" in refusal.value.message() and "BodyInvalid" in refusal.value.message()
    assert client.cost is None
