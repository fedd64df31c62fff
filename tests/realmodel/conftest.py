"""Real model servers behind the real gateway: MLServer's two, set up as the demo does it, and llama.cpp's."""

import pathlib
import sys

import openai
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "examples" / "demo"))

import llama  # noqa: E402
import parts  # noqa: E402
from site_of import serving  # noqa: E402
from stage import Stage  # noqa: E402


class World:
    def __init__(self, stage):
        self.stage = stage
        self.models = stage.folder / "models"
        parts.train(self.models)
        self.ports = parts.serve_models(stage, self.models)
        parts.copy_quickstart(stage.folder / "manifests", self.ports)
        gateway = parts.start_gateway(stage, stage.folder / "manifests", stage.folder / "out")
        self.address, self.admin = gateway.address, gateway.admin

    def stop_model(self, version):
        self.stage.stop(f"mlserver-{version}")

    def start_model(self, version):
        parts.start_model(self.stage, self.models / version)
        parts.wait_for_model(self.stage, version, self.ports[version])


@pytest.fixture(scope="session")
def world():
    stage = Stage()
    try:
        yield World(stage)
        # The sidecar's end belongs to the run: a sanitizer speaks only then.
        assert stage.stop("sidecar") == 0
    finally:
        stage.close()


@pytest.fixture(scope="session")
def tiny_site():
    with serving("openai.yaml", llama.serve) as site:
        yield site


@pytest.fixture
def wire():
    return llama.Wire()


@pytest.fixture
def caller(tiny_site, wire):
    """caller(KEY, ...) -> an SDK client that asks with that key, through `wire`."""
    with wire.http_client() as http:
        yield lambda key=llama.OLGA, retries=0, address=tiny_site.address: openai.OpenAI(
            base_url=f"http://{address}/v1", api_key=key, max_retries=retries, http_client=http
        )
