"""What a real client of the Open Inference Protocol sees of a real MLServer through the gateway."""

import time

import numpy
import pytest
import tritonclient.http as triton
from parts import ALICE, TINA
from tritonclient.utils import InferenceServerException

FLOWERS = numpy.array([[5.1, 3.5, 1.4, 0.2], [6.3, 2.7, 4.9, 1.8], [5.9, 3.0, 4.2, 1.5]])
AS_ALICE = {"authorization": f"Bearer {ALICE}"}
AS_TINA = {"x-api-key": TINA}
ON_V1 = AS_TINA | {"x-model-version": "v1"}
ON_V2 = AS_TINA | {"x-model-version": "v2"}


@pytest.fixture
def client(world):
    with triton.InferenceServerClient(world.address) as client:
        yield client


@pytest.fixture
def direct(world):
    """The same client without a gateway."""
    with triton.InferenceServerClient(f"127.0.0.1:{world.ports['v1']}") as client:
        yield client


def flowers(count=len(FLOWERS)):
    batch = FLOWERS[numpy.arange(count) % len(FLOWERS)]
    tensor = triton.InferInput("flowers", batch.shape, "FP64")
    tensor.set_data_from_numpy(batch, binary_data=False)
    return [tensor]


def predict(client, headers=None, **options):
    wanted = [triton.InferRequestedOutput("predict", binary_data=False)]
    # A copy: the client writes Content-Encoding into the dictionary that it is given.
    return client.infer("iris", flowers(), headers=dict(headers or {}), outputs=wanted, **options)


def test_predicts_what_the_model_predicts_without_a_gateway(client, direct):
    through = predict(client, ON_V1).as_numpy("predict")
    assert through.tolist() == predict(direct).as_numpy("predict").tolist()


def test_shows_the_models_metadata_unchanged(client, direct):
    assert client.get_model_metadata("iris", headers=ON_V1) == direct.get_model_metadata("iris")


def test_tells_that_the_model_is_ready(client):
    assert client.is_model_ready("iris", headers=AS_ALICE)


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_sends_a_tester_to_the_version_that_the_path_names(client, version):
    answer = predict(client, AS_TINA, model_version=version)
    assert answer.get_response()["model_version"] == version


def test_refuses_a_version_in_the_path_to_who_may_not_choose(client):
    with pytest.raises(InferenceServerException, match="OverrideNotAllowed") as refusal:
        predict(client, AS_ALICE, model_version="v2")
    assert refusal.value.status() == "403"


def test_tells_a_client_without_a_key_in_the_protocols_own_shape(client):
    with pytest.raises(InferenceServerException, match="CredentialMissing") as refusal:
        predict(client)
    assert refusal.value.status() == "401"


def test_hides_the_model_repository_api(client):
    with pytest.raises(InferenceServerException) as refusal:
        client.get_model_repository_index(headers=AS_ALICE)
    assert refusal.value.status() == "404"


def test_hands_on_the_models_own_refusal(client, direct):
    tensor = triton.InferInput("flowers", [1, 4], "FP64")
    tensor.set_data_from_numpy(FLOWERS[:1], binary_data=False)
    with pytest.raises(InferenceServerException) as through:
        client.infer("iris", [tensor], headers=AS_ALICE, outputs=[triton.InferRequestedOutput("no-such-output")])
    with pytest.raises(InferenceServerException) as alone:
        direct.infer("iris", [tensor], outputs=[triton.InferRequestedOutput("no-such-output")])
    assert (through.value.status(), through.value.message()) == (alone.value.status(), alone.value.message())


def test_relays_compressed_bodies_unread(client):
    answer = predict(client, AS_ALICE, request_compression_algorithm="gzip", response_compression_algorithm="gzip")
    assert answer.as_numpy("predict").shape == (3, 1)


def test_relays_a_batch_of_twenty_thousand_flowers(client, direct):
    wanted = [triton.InferRequestedOutput("predict", binary_data=False)]
    through = client.infer("iris", flowers(20_000), headers=ON_V1, outputs=wanted).as_numpy("predict")
    assert through.shape == (20_000, 1)
    assert numpy.array_equal(through, direct.infer("iris", flowers(20_000), outputs=wanted).as_numpy("predict"))


def test_survives_that_the_server_closes_idle_connections(client):
    predict(client, AS_ALICE)
    time.sleep(5.5)  # uvicorn closes after 5 s
    assert predict(client, AS_ALICE).as_numpy("predict").shape == (3, 1)


def test_serves_many_clients_at_once(world):
    with triton.InferenceServerClient(world.address, concurrency=16) as client:
        wanted = [triton.InferRequestedOutput("predict", binary_data=False)]
        pending = [client.async_infer("iris", flowers(), headers=AS_ALICE, outputs=wanted) for _ in range(200)]
        answers = [p.get_result().as_numpy("predict").tolist() for p in pending]
    assert all(answer == answers[0] for answer in answers)


def test_tells_when_the_model_server_is_gone_and_finds_it_again(world, client):
    world.stop_model("v2")
    with pytest.raises(InferenceServerException, match="UpstreamUnreachable") as refusal:
        predict(client, ON_V2)
    assert refusal.value.status() == "502"
    assert predict(client, ON_V1).as_numpy("predict").shape == (3, 1)
    world.start_model("v2")
    assert predict(client, ON_V2).as_numpy("predict").shape == (3, 1)
