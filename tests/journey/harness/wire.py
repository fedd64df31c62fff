"""Bytes to messages and back. h11, an independent strict parser, is the judge of everything that is read here."""

from dataclasses import dataclass, field

import h11

# h11 bounds what it buffers while a head is incomplete; the tests send larger heads than its default on purpose.
LARGEST_HEAD = 1 << 20


class Fields(list):
    """Header fields in order, as (name, value) of str; names in lower case."""

    @classmethod
    def of(cls, pairs):
        return cls((n.decode("latin-1").lower(), v.decode("latin-1")) for n, v in pairs)

    def all(self, name):
        return [v for n, v in self if n == name]

    def get(self, name, default=None):
        """The only value of that name; two of them are a mistake, not a choice."""
        values = self.all(name)
        assert len(values) < 2, f"{name} is there {len(values)} times: {values}"
        return values[0] if values else default

    def names(self):
        return {n for n, _ in self}


@dataclass
class Request:
    """What the model was asked."""

    method: str
    target: str
    version: str
    headers: Fields
    body: bytes = b""
    trailers: Fields = field(default_factory=Fields)
    complete: bool = False


@dataclass
class Answer:
    """What the caller was answered."""

    status: int
    version: str
    headers: Fields
    body: bytes = b""
    trailers: Fields = field(default_factory=Fields)
    interim: list = field(default_factory=list)
    complete: bool = False

    @property
    def reason(self):
        return self.headers.get("x-mlgateway-reason")

    @property
    def chosen(self):
        """The version that answered."""
        return self.headers.get("x-mlgateway-version")

    @property
    def says_close(self):
        return "close" in [t.strip().lower() for v in self.headers.all("connection") for t in v.split(",")]


def request_bytes(method="GET", target="/", headers=(), body=None, chunks=None, trailers=(), host="gateway.test"):
    """One request. `headers` are pairs; Host and the framing are added unless they are among them."""
    pairs = list(headers)
    names = {n.lower() for n, _ in pairs}
    if "host" not in names and host is not None:
        pairs.insert(0, ("Host", host))
    if chunks is not None:
        pairs.append(("Transfer-Encoding", "chunked"))
    elif body is not None and "content-length" not in names:
        pairs.append(("Content-Length", str(len(body))))
    head = f"{method} {target} HTTP/1.1\r\n" + "".join(f"{n}: {v}\r\n" for n, v in pairs) + "\r\n"
    data = head.encode("latin-1")
    if chunks is not None:
        return data + chunked(chunks, trailers)
    return data + (body or b"")


def chunked(chunks, trailers=()):
    data = b"".join(b"%x\r\n%s\r\n" % (len(c), c) for c in chunks if c)
    return data + b"0\r\n" + "".join(f"{n}: {v}\r\n" for n, v in trailers).encode() + b"\r\n"


def answer_bytes(status=200, headers=(), body=b"", chunks=None, trailers=(), reason="OK", framed=True):
    """One answer of the model. Without `framed` its body ends with the connection."""
    pairs = list(headers)
    names = {n.lower() for n, _ in pairs}
    if chunks is not None:
        pairs.append(("Transfer-Encoding", "chunked"))
    elif framed and "content-length" not in names and "transfer-encoding" not in names:
        pairs.append(("Content-Length", str(len(body))))
    head = f"HTTP/1.1 {status} {reason}\r\n" + "".join(f"{n}: {v}\r\n" for n, v in pairs) + "\r\n"
    return head.encode("latin-1") + (chunked(chunks, trailers) if chunks is not None else body)


class RequestParser:
    """Requests out of a stream of bytes, strictly: whatever h11 does not take raises h11.RemoteProtocolError."""

    def __init__(self, keep_bodies=True):
        self.keep_bodies = keep_bodies
        self.current = None
        self.finished = []
        self._start(b"")

    def _start(self, data):
        self._h11 = h11.Connection(h11.SERVER, max_incomplete_event_size=LARGEST_HEAD)
        if data:
            self._h11.receive_data(data)

    def feed(self, data):
        """Takes what was received; `finished` grows by each complete request, `current` is the one under way."""
        if data:
            self._h11.receive_data(data)
        while True:
            event = self._h11.next_event()
            if event is h11.NEED_DATA or event is h11.PAUSED:
                return
            self._take(event)

    def _take(self, event):
        if isinstance(event, h11.Request):
            self.current = Request(
                event.method.decode(),
                event.target.decode("latin-1"),
                event.http_version.decode(),
                Fields.of(event.headers),
                bytearray(),  # grows without copying what is there
            )
        elif isinstance(event, h11.Data):
            if self.keep_bodies:
                self.current.body += bytes(event.data)
        elif isinstance(event, h11.EndOfMessage):
            self.current.body = bytes(self.current.body)
            self.current.trailers = Fields.of(event.headers)
            self.current.complete = True
            self.finished.append(self.current)
            self.current = None
            self._start(self._h11.trailing_data[0])


def parse_requests(data):
    """All requests in `data`, complete or not."""
    parser = RequestParser()
    parser.feed(data)
    return parser.finished + ([parser.current] if parser.current else [])


class AnswerParser:
    """One answer to a request of `method`, out of a stream of bytes."""

    def __init__(self, method="GET"):
        self._h11 = h11.Connection(h11.CLIENT, max_incomplete_event_size=LARGEST_HEAD)
        self._h11.send(h11.Request(method=method, target="/", headers=[("Host", "x")]))
        self._h11.send(h11.EndOfMessage())
        self._interim = []
        self.answer = None

    def feed(self, data):
        """Takes what was received, b"" for its end. True once the answer is complete."""
        self._h11.receive_data(data)
        while True:
            event = self._h11.next_event()
            if event is h11.NEED_DATA or event is h11.PAUSED:
                break
            if self._take(event):
                break
        return self.answer is not None and self.answer.complete

    def _take(self, event):
        if isinstance(event, h11.InformationalResponse):
            self._interim.append(event.status_code)
        elif isinstance(event, h11.Response):
            self.answer = Answer(
                event.status_code,
                event.http_version.decode(),
                Fields.of(event.headers),
                bytearray(),
                interim=self._interim,
            )
        elif isinstance(event, h11.Data):
            self.answer.body += event.data
        elif isinstance(event, h11.EndOfMessage):
            self.answer.body = bytes(self.answer.body)
            self.answer.trailers = Fields.of(event.headers)
            self.answer.complete = True
            return True
        elif isinstance(event, h11.ConnectionClosed):
            return True
        return False

    @property
    def interim(self):
        return list(self._interim)

    @property
    def leftover(self):
        return self._h11.trailing_data[0]
