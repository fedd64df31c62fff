"""The three parts on the stage: the models, the manifests, the gateway."""

import dataclasses
import json
import os
import pathlib
import shutil
import subprocess

from stage import free_port

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("MLGATEWAY_BUILD", ROOT / "build"))
MODEL_PYTHON = ROOT / "build" / "venv-model" / "bin"

# The keys of examples/quickstart/keys.yaml.
ALICE = "alice-demo-key-everybody-knows"
BOB = "bob-demo-key-everybody-knows"
TINA = "tina-demo-key-everybody-knows"
# Those of examples/quickstart/metered.yaml.
GINA = "gina-demo-key-everybody-knows"
FRED = "fred-demo-key-everybody-knows"


def train(folder):
    """Trains v1 and v2 into `folder`; returns what the training says."""
    command = [MODEL_PYTHON / "python", ROOT / "examples" / "models" / "train.py", folder]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def start_model(stage, folder):
    stage.start(f"mlserver-{folder.name}", MODEL_PYTHON / "mlserver", "start", ".", cwd=folder)


def wait_for_model(stage, version, port):
    stage.wait_for_answer(f"mlserver-{version}", f"http://127.0.0.1:{port}/v2/models/iris/ready", 60)


def serve_models(stage, folder):
    """Starts MLServer for each version in `folder`; returns version -> port once all are ready."""
    ports = {}
    for version in ("v1", "v2"):
        settings = folder / version / "settings.json"
        values = json.loads(settings.read_text()) | {"http_port": free_port(), "grpc_port": free_port()}
        settings.write_text(json.dumps(values))
        ports[version] = values["http_port"]
        start_model(stage, folder / version)
    for version, port in ports.items():
        wait_for_model(stage, version, port)
    return ports


def copy_quickstart(folder, ports):
    """The manifests of examples/quickstart, with the ports that the models really have."""
    shutil.copytree(ROOT / "examples" / "quickstart", folder)
    for route in (folder / "iris.yaml", folder / "metered.yaml"):
        text = route.read_text().replace(":8081", f":{ports['v1']}").replace(":8082", f":{ports['v2']}")
        route.write_text(text)


@dataclasses.dataclass
class Gateway:
    address: str  # host:port where callers ask
    admin: str    # URL of the admin port


def start_gateway(stage, manifests, out):
    """Renders `manifests`, starts the sidecar on free ports and then the operator, which watches them both."""
    operator = [BUILD / "mlgateway-operator", "local", "--manifests", manifests, "--out", out]
    subprocess.run([*operator, "--once"], check=True, capture_output=True)
    stage.start(
        "sidecar", BUILD / "mlgateway-sidecar", "--config", out / "gateway", "--listen", "127.0.0.1:0",
        "--admin", "127.0.0.1:0", "--access-log", stage.folder / "access.log",
        # Nobody has to hear that this one is leaving.
        "--propagation-delay", "100ms",
    )
    listening = stage.wait_for_line("sidecar", "listening")
    gateway = Gateway(listening["listen"], f"http://{listening['admin']}")
    stage.wait_for_answer("sidecar", f"{gateway.admin}/readyz", 10)
    stage.start("operator", *operator, "--sidecar", gateway.admin)
    return gateway
