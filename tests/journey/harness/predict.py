"""Predictions: requests in V2's manner, and a model that tells by its answer which call it was."""

import json
import threading

from harness.client import eventually
from harness.model import Model

JSON = ("Content-Type", "application/json")
INFER = "/v2/models/m/infer"


def tensor(data, name="x", datatype="INT64", shape=None, **more):
    return {"name": name, "shape": shape or [len(data)], "datatype": datatype, "data": data} | more


def v2(*data, **members):
    """The text of a request with one tensor."""
    return json.dumps({"inputs": [tensor(list(data) or [1])]} | members).encode()


class Numbered(Model):
    """Answers each request with the number of the call, from 0, and the id that it carries. `headers`, `status` and
    `size` are of the next answers; while it is `held` it does not answer."""

    def __init__(self, headers=(), status=200, size=0, **more):
        super().__init__(on_request=self._predict, **more)
        self.headers, self.status, self.size = [JSON, *headers], status, size
        self.calls = 0
        self._lock = threading.Lock()
        self._go_on = threading.Event()
        self._go_on.set()

    def hold(self):
        self._go_on.clear()

    def go_on(self):
        self._go_on.set()

    def close(self):
        self.go_on()
        super().close()

    def await_calls(self, count):
        eventually(lambda: self.calls >= count, f"call {count} at the {self.name}")

    def _predict(self, connection, request):
        with self._lock:
            number, self.calls = self.calls, self.calls + 1
        if not self._go_on.wait(60):
            raise AssertionError("the model was held for a minute")
        outputs = [{"name": "y", "shape": [1], "datatype": "INT64", "data": [number]}]
        answer = {"model_name": "m"} | self._id(request) | {"outputs": outputs}
        if self.size:
            answer["parameters"] = {"padding": "p" * self.size}
        return connection.answer(self.status, self.headers, json.dumps(answer).encode())

    @staticmethod
    def _id(request):
        try:
            body = json.loads(request.body)
        except ValueError:
            return {}
        return {"id": body["id"]} if isinstance(body, dict) and "id" in body else {}


def call_number(answer):
    """Which call of a Numbered model made this answer."""
    assert answer.status == 200, (answer.status, answer.reason, answer.body[:300])
    return json.loads(answer.body)["outputs"][0]["data"][0]
