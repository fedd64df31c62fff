"""llama.cpp's server with the tiny model, the SDK that asks it, and the keys of manifests/openai.yaml."""

import itertools
import json
import subprocess
import time

import openai
from site_of import MODELS, SERVERS
from stage import free_port

OLGA, OTTO, HANS, HUGO, PAUL, PETRA, PIA, NORA = (
    f"{name}-key-of-the-tests" for name in ("olga", "otto", "hans", "hugo", "paul", "petra", "pia", "nora")
)
WORDS = itertools.count()


def serve(stage):
    """Writes the model, starts the server with it; returns the port."""
    model, settings, port = stage.folder / "tiny.gguf", stage.folder / "llama.json", free_port()
    subprocess.run([SERVERS / "python", MODELS / "tiny_llama.py", model], check=True, capture_output=True)
    tiny = {"model": str(model), "model_alias": "tiny", "n_ctx": 512, "n_threads": 1, "n_threads_batch": 1}
    settings.write_text(json.dumps({"host": "127.0.0.1", "port": port, "models": [tiny | {"embedding": True}]}))
    stage.start("llama", SERVERS / "python", "-m", "llama_cpp.server", "--config_file", settings)
    stage.wait_for_answer("llama", f"http://127.0.0.1:{port}/v1/models", 60)
    return port


class Wire:
    """What the SDK really sent and received, each with its time."""

    def __init__(self):
        self.sent, self.received = [], []

    def http_client(self):
        return openai.DefaultHttpxClient(event_hooks={
            "request": [lambda request: self.sent.append((time.monotonic(), request))],
            "response": [lambda response: self.received.append((time.monotonic(), response))],
        })


def fresh():
    """Words that no other request has, so that none is answered from another's memory."""
    return f"Tell me about irises, {next(WORDS)}."


def chat(client, words, raw=False, **options):
    """A chat of one message. `raw`: the answer with its headers, to be parsed."""
    asked = client.chat.completions.with_raw_response if raw else client.chat.completions
    return asked.create(model="tiny", messages=[{"role": "user", "content": words}], **{"max_tokens": 20} | options)
