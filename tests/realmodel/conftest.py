"""Two real model servers behind the real gateway, set up as the demo does it."""

import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "examples" / "demo"))

import parts  # noqa: E402
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
