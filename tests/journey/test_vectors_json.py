"""JSONTestSuite (318 documents that others wrote), where it applies: an OpenAI body is read to find its model.

Each document is put into a body as {"model":"m","x":DOCUMENT}. A `y_` is relayed byte by byte, an `n_` is 400 and
reaches no model, an `i_` is one or the other. No `n_` becomes valid by being put there (Python's parser agrees).
Sent as it is, none of them names a model, so each is 400.
"""

import json
import pathlib

import pytest

from harness.config import config, route
from harness.model import Model
from harness.sidecar import Sidecar

SUITE = "JSONTestSuite"
FOLDER = pathlib.Path(__file__).resolve().parents[2] / "../shared/vectors/jsontestsuite/test_parsing"
DOCUMENTS = sorted(file.name for file in FOLDER.iterdir())
EXCLUDED = {}


@pytest.fixture(scope="module")
def reading(tmp_path_factory):
    model = Model()
    sidecar = Sidecar(tmp_path_factory.mktemp("json"), config(route(model, model="m", protocol="OpenAI")))
    yield sidecar, model
    sidecar.stop()
    model.close()
    model.check()


def complete(sidecar, body):
    return sidecar.ask("POST", "/v1/completions", [("Content-Type", "application/json")], body)


def test_all_documents_are_there():
    assert len(DOCUMENTS) == 318


def test_no_bad_document_becomes_good_inside_a_body():
    for name in DOCUMENTS:
        if name.startswith("n_"):
            with pytest.raises((ValueError, RecursionError)):
                json.loads(
                    b'{"model":"m","x":' + (FOLDER / name).read_bytes() + b"}",
                    parse_constant=lambda word: float("x"),
                )


@pytest.mark.parametrize("name", DOCUMENTS)
def test_document(reading, tally, name):
    sidecar, model = reading
    document = (FOLDER / name).read_bytes()
    tally.applicable += 1
    seen = len(model.requests)
    body = b'{"model":"m","x":' + document + b"}"
    answer = complete(sidecar, body)
    if name.startswith("n_"):
        assert (answer.status, answer.reason) == (400, "BodyInvalid")
    elif name.startswith("y_"):
        assert answer.status == 200
    else:
        assert (answer.status, answer.reason) in [(200, None), (400, "BodyInvalid")]
    arrived = [request.body for request in model.requests[seen:]]
    assert arrived == ([body] if answer.status == 200 else [])
    assert complete(sidecar, document).reason == "BodyInvalid"
    tally.passed += 1
