"""A scripted model server: does exactly what a test tells it, and records every byte that it is sent."""

import contextlib
import socket
import struct
import threading

import h11

from harness.client import PATIENCE, eventually
from harness.wire import RequestParser, answer_bytes

NO_MORE = None


class Connection:
    """One connection as the model sees it. A script reads, sends and ends it."""

    def __init__(self, sock, number, keep_bodies):
        self.socket = sock
        self.number = number
        self.received = bytearray()
        self.received_bytes = 0
        self.ended = threading.Event()  # the sidecar has closed its side
        self.parser = RequestParser(keep_bodies)
        self.error = None  # what h11 did not take
        self.keep_bodies = keep_bodies
        self.is_reset = False
        self.asked = 0  # requests handed to the script
        sock.settimeout(60)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _receive(self):
        """False at the end of what the sidecar sends."""
        try:
            data = self.socket.recv(1 << 18)
        except (ConnectionError, OSError):
            data = b""
        if not data or self.is_reset:
            self.ended.set()
            return False
        self.received_bytes += len(data)
        if self.keep_bodies:
            self.received += data
        try:
            self.parser.feed(data)
        except h11.RemoteProtocolError as error:
            self.error = error
            raise
        return True

    def read_request(self):
        """The next whole request; None when the sidecar has closed the connection."""
        while len(self.parser.finished) <= self.asked:
            if not self._receive():
                return NO_MORE
        self.asked += 1
        return self.parser.finished[self.asked - 1]

    def read_head(self):
        """The next request as far as it is known once its head is there. Its body stays unread."""
        while not self.parser.current and len(self.parser.finished) <= self.asked:
            if not self._receive():
                return NO_MORE
        return self.parser.finished[self.asked] if len(self.parser.finished) > self.asked else self.parser.current

    def read_bytes(self, count):
        """Reads until `count` bytes have arrived on this connection in all; False when it ended before."""
        while self.received_bytes < count:
            if not self._receive():
                return False
        return True

    def send(self, data):
        """False when the sidecar does not take it any more."""
        try:
            self.socket.sendall(data)
            return True
        except (ConnectionError, OSError):
            return False

    def answer(self, *args, **kwargs):
        return self.send(answer_bytes(*args, **kwargs))

    def wait_for_end(self, patience=PATIENCE):
        """Waits until the sidecar has closed; what it sends meanwhile is recorded."""
        self.socket.settimeout(patience)
        try:
            while self._receive():
                pass
        except socket.timeout:
            return False
        return self.ended.is_set()

    def close(self):
        if not self.is_reset:
            with contextlib.suppress(OSError):
                self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()

    def reset(self):
        """Ends the connection with RST instead of FIN, as soon as its script is back from what it waits for. Only the
        script's own thread closes: a descriptor closed under a waiting thread may be another connection's by then."""
        self.is_reset = True
        with contextlib.suppress(OSError):
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.socket.shutdown(socket.SHUT_RD)


class Model:
    """Listens on a port of its own. `script(connection)` runs in a thread per connection; `on_request(connection,
    request)` is the shorter form for a model that answers request after request on connections that it keeps."""

    def __init__(self, script=None, on_request=None, host="127.0.0.1", keep_bodies=True, name="model"):
        self.name = name
        self.script = script
        self.on_request = on_request or (lambda connection, request: connection.answer(body=b"ok"))
        self.keep_bodies = keep_bodies
        self.connections = []
        self.failures = []
        self._threads = []
        self._listener = socket.create_server(
            (host, 0), backlog=512, family=socket.AF_INET6 if ":" in host else socket.AF_INET
        )
        self.host, self.port = self._listener.getsockname()[:2]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            connection = Connection(sock, len(self.connections), self.keep_bodies)
            self.connections.append(connection)
            thread = threading.Thread(target=self._run, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _run(self, connection):
        try:
            (self.script or self._serve)(connection)
        except Exception as error:  # a script that failed is a failed test, told at its end
            self.failures.append(error)
        finally:
            connection.close()

    def _serve(self, connection):
        while (request := connection.read_request()) is not NO_MORE:
            if self.on_request(connection, request) is False:
                return

    @property
    def requests(self):
        """Every request that reached the model whole, in the order of the connections."""
        return [request for connection in list(self.connections) for request in list(connection.parser.finished)]

    @property
    def begun(self):
        """Every request that reached the model at least with its head."""
        current = [c.parser.current for c in list(self.connections)]
        return self.requests + [request for request in current if request]

    @property
    def last(self):
        return self.requests[-1]

    @property
    def recorded(self):
        """Every byte received, connection after connection."""
        return b"".join(bytes(c.received) for c in list(self.connections))

    def connection(self, number, patience=PATIENCE):
        """The connection of that number, once it is there."""
        eventually(lambda: len(self.connections) > number, f"connection {number} to the {self.name}", patience)
        return self.connections[number]

    def close(self):
        # A thread in accept() keeps the port listening until it wakes; shutdown wakes it.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self.connections:
            connection.close()

    def check(self):
        """Raises what went wrong in a script, and anything that an independent strict parser does not take."""
        for failure in self.failures:
            raise AssertionError(f"the {self.name} saw {failure!r}") from failure


def echo(connection, request):
    """Answers with the body it was sent."""
    return connection.answer(headers=[("Content-Type", "application/octet-stream")], body=request.body)


def nobody_listens():
    """A port where a connection is refused."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@contextlib.contextmanager
def nobody_accepts():
    """A port whose queue is full: the kernel leaves every further connection attempt without an answer."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    waiting = []
    try:
        for _ in range(4):
            filler = socket.socket()
            filler.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                filler.connect(listener.getsockname())
            waiting.append(filler)
        yield listener.getsockname()[1]
    finally:
        for filler in waiting:
            filler.close()
        listener.close()
