"""Requests to the gateway: one at a time, and as a load from several connections that remembers every answer."""

import dataclasses
import http.client
import itertools
import json
import math
import threading
import time



def flower(sepal_length=5.1):
    """The body of a request about one flower."""
    data = [sepal_length, 3.5, 1.4, 0.2]
    return json.dumps({"inputs": [{"name": "flowers", "datatype": "FP64", "shape": [1, 4], "data": data}]})


BODY = flower()
PATH = "/v2/models/iris/infer"


@dataclasses.dataclass
class Answer:
    caller: str
    started: float  # time.monotonic()
    status: int     # 0: no answer at all
    headers: dict
    body: str

    @property
    def version(self):
        return self.headers.get("x-mlgateway-version")

    @property
    def reason(self):
        return self.headers.get("x-mlgateway-reason")


class Caller:
    """One keep-alive connection. Not for use from two threads."""

    def __init__(self, address):
        self.address = address
        self.connection = None

    def ask(self, name, key=None, body=BODY, **headers):
        headers = {k.replace("_", "-"): v for k, v in headers.items()} | {"content-type": "application/json"}
        if key:
            headers["authorization"] = f"Bearer {key}"
        started = time.monotonic()
        try:
            if not self.connection:
                self.connection = http.client.HTTPConnection(self.address, timeout=10)
            self.connection.request("POST", PATH, body, headers)
            reply = self.connection.getresponse()
            text = reply.read().decode()
            fields = {k.lower(): v for k, v in reply.getheaders()}
            if reply.will_close:
                self.close()
            return Answer(name, started, reply.status, fields, text)
        except (OSError, http.client.HTTPException) as reason:
            self.close()
            return Answer(name, started, 0, {}, str(reason))

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = None


class Load:
    """Asks without a pause, as one caller after the other, until it is left.

    `callers` are pairs of name and key. After `with Load(address, callers) as load: ...` load.answers holds everything
    that came back.
    """

    def __init__(self, address, callers, connections=3):
        self.address = address
        self.answers = []  # list.append is atomic
        self.turns = itertools.cycle(callers)
        self.lock = threading.Lock()
        self.over = threading.Event()
        self.threads = [threading.Thread(target=self.run) for _ in range(connections)]

    def run(self):
        caller = Caller(self.address)
        while not self.over.is_set():
            with self.lock:
                name, key = next(self.turns)
            self.answers.append(caller.ask(name, key))
        caller.close()

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join()

    def enforced_after(self, moment, outdated):
        """Milliseconds from `moment` to the start of the first request behind the last `outdated` answer."""
        answers = sorted((a for a in self.answers if a.started >= moment), key=lambda a: a.started)
        behind = max((i + 1 for i, answer in enumerate(answers) if outdated(answer)), default=0)
        return 1000 * (answers[behind].started - moment) if behind < len(answers) else math.inf
