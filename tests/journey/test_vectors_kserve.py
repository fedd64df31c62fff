"""kserve-payloads (24 real requests that others wrote): each passes byte by byte, through the protocol that it speaks.

V1 and other bodies have no protocol of their own here yet, so they pass a Generic route.
"""

import json
import pathlib

import pytest

from harness.config import config, path, route
from harness.model import Model
from harness.sidecar import Sidecar

SUITE = "kserve-payloads"
FOLDER = pathlib.Path(__file__).resolve().parents[2] / "../shared/vectors/kserve-payloads"
INDEX = json.loads((FOLDER / "INDEX.json").read_text())


@pytest.fixture(scope="module")
def serving(tmp_path_factory):
    model = Model()
    chats = {json.loads((FOLDER / e["file"]).read_text()).get("model") for e in INDEX if e["kind"].startswith("openai")}
    routes = [
        route(model, name=f"chat{n}", model=name, protocol="OpenAI")
        for n, name in enumerate(sorted(filter(None, chats)))
    ]
    sidecar = Sidecar(
        tmp_path_factory.mktemp("kserve"),
        config(
            route(model, name="v2", model="m", protocol="OpenInferenceV2"),
            route(model, name="v1", paths=[path("/v1/models")]),
            *routes,
        ),
    )
    yield sidecar, model
    sidecar.stop()
    model.close()
    model.check()


def target(entry, body):
    if entry["kind"] == "v2":
        return "/v2/models/m/infer"
    if entry["kind"].startswith("openai") and json.loads(body).get("model"):
        return "/v1/chat/completions"
    return "/v1/models/m:predict"


def test_all_payloads_are_there():
    assert len(INDEX) == 24


@pytest.mark.parametrize("framing", ["by length", "chunked"])
@pytest.mark.parametrize("entry", INDEX, ids=[entry["file"] for entry in INDEX])
def test_payload(serving, tally, entry, framing):
    sidecar, model = serving
    body = (FOLDER / entry["file"]).read_bytes()
    tally.applicable += 1
    fields = [("Content-Type", "application/json")]
    if framing == "by length":
        answer = sidecar.ask("POST", target(entry, body), fields, body)
    else:
        answer = sidecar.ask(
            "POST", target(entry, body), fields, chunks=[body[i : i + 1000] for i in range(0, len(body), 1000)]
        )
    assert answer.status == 200
    assert model.last.body == body and model.last.target == target(entry, body)
    tally.passed += 1
