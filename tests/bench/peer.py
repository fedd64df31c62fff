"""A proxy under measurement, and single requests that show whether it does what is to be measured."""

import http.client
import pathlib

import process

# What the sidecar serves, each by a route of its own: see contract.py. The others relay any path.
PREDICT = "/v2/models/iris/infer"
KEPT = "/v2/models/kept/infer"
BULK = "/v2/models/bulk/infer"
KEYS = [f"bench-caller-{i:02}-0123456789abcdef0123456789" for i in range(16)]


class Peer:
    """A proxy that listens on self.port in front of the model's ports; self.sent counts what it was asked."""

    name = ""
    keeps_answers = False  # those to KEPT: an equal request does not reach the model

    def __init__(self, folder, cores, model_ports, workers=1):
        self.folder = pathlib.Path(folder) / f"{self.name}-{workers}".replace(" ", "-")
        self.folder.mkdir(parents=True, exist_ok=True)
        self.workers, self.process, self.sent = workers, None, 0
        try:
            self.start(cores, model_ports)
        except process.Broken:
            if self.process:
                self.process.kill()
            raise

    def pids(self):
        return [self.process.child.pid]

    def check(self):
        """Asks it once per key, so that nothing wrong is measured; raises Broken."""
        for key in KEYS:
            self.expect(200, key)

    def ask(self, key, path=PREDICT, number=0):
        """One small request, told from others by its number: (status, headers, body)."""
        self.sent += 1
        headers = {"content-type": "application/json"} | ({"authorization": f"Bearer {key}"} if key else {})
        return ask(self.port, path, headers, small_body(number))

    def expect(self, status, key, *where):
        """The headers of an answer that must have this status."""
        was, headers, _ = self.ask(key, *where)
        if was != status:
            raise process.Broken(f"{self.name} answered {was} instead of {status}")
        return headers

    def unless(self, holds, words):
        if not holds:
            raise process.Broken(f"{self.name}: {words}")

    def end(self):
        if code := self.process.end():
            raise process.Broken(f"{self.name} ended with exit code {code}")


class Direct(Peer):
    """No proxy: the model itself."""

    name = "direct"

    def start(self, cores, model_ports):
        self.port = model_ports[0]

    def pids(self):
        return []

    def end(self):
        pass


def small_body(number):
    """Five elements in one row."""
    return (f'{{"id":"{number:016}","inputs":[{{"name":"x","shape":[1,5],"datatype":"FP64",'
            '"data":[5.1,3.5,1.4,0.2,1]}]}').encode()


def ask(port, path, headers, body):
    """One request on a connection of its own: (status, headers, body)."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("POST", path, body=body, headers=headers)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, answer.headers, content
