"""A gateway of its own in front of one real model server, from one manifest of this folder."""

import contextlib
import dataclasses
import json
import pathlib
import urllib.error
import urllib.request

import parts
from stage import Stage

HERE = pathlib.Path(__file__).parent
MANIFESTS = HERE / "manifests"
MODELS = HERE / "models"
# The programs of tests/support/requirements-servers.txt.
SERVERS = parts.ROOT / "build" / "venv-servers" / "bin"


@dataclasses.dataclass
class Answer:
    status: int
    headers: dict  # by name in small letters
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def cost(self):
        return self.headers.get("x-mlgateway-cost")

    @property
    def from_cache(self):
        return "; hit" in self.headers.get("cache-status", "")


def ask(address, path, body=None, key=None, **headers):
    """Plain HTTP, for what has no client of its own. `body`: bytes as they are, anything else as JSON, None for GET."""
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    if key:
        fields["x-api-key"] = key
    if body is not None and not isinstance(body, bytes):
        body = json.dumps(body).encode()
        fields.setdefault("content-type", "application/json")
    request = urllib.request.Request(f"http://{address}{path}", data=body, headers=fields)
    try:
        reply = urllib.request.urlopen(request, timeout=30)
    except urllib.error.HTTPError as refusal:
        reply = refusal
    with reply:
        return Answer(reply.status, {k.lower(): v for k, v in reply.headers.items()}, reply.read())


class Site:
    """What `manifest` says, with the port on which its model really listens."""

    def __init__(self, stage, manifest, port):
        self.stage = stage
        self.model = f"127.0.0.1:{port}"
        folder = stage.folder / "manifests"
        folder.mkdir()
        text = (MANIFESTS / manifest).read_text().replace("127.0.0.1:8081", self.model)
        (folder / manifest).write_text(text)
        gateway = parts.start_gateway(stage, folder, stage.folder / "out")
        self.address, self.admin = gateway.address, gateway.admin

    def ask(self, path, body=None, key=None, **headers):
        return ask(self.address, path, body, key, **headers)

    def ask_model(self, path, body=None, **headers):
        """The same without a gateway."""
        return ask(self.model, path, body, **headers)


@contextlib.contextmanager
def serving(manifest, serve):
    """A site for as long as the context lasts. `serve(stage)` starts the model and returns its port."""
    stage = Stage()
    try:
        yield Site(stage, manifest, serve(stage))
        # The sidecar's end belongs to the run: a sanitizer speaks only then.
        assert stage.stop("sidecar") == 0
    finally:
        stage.close()
