"""A caller on a raw socket, who may send and stop wherever it likes."""

import contextlib
import socket
import struct
import time

import h11

from harness.wire import AnswerParser, request_bytes

PATIENCE = 15.0


class Hangup(Exception):
    """The sidecar closed the connection where an answer was expected. `partial` is what had arrived of it."""

    def __init__(self, words, partial=None, received=b""):
        super().__init__(words)
        self.partial = partial
        self.received = received


class Client:
    """One connection. Answers are read strictly and in order; what was read too much stays for the next."""

    def __init__(self, address, timeout=PATIENCE, receive_buffer=None, secured=None):
        """With secured=tls.Caller(...) by TLS."""
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(timeout)
        self.socket.connect(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if secured:
            self.socket = secured.wrap(self.socket)
        self._rest = b""
        self._parser = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def send(self, data):
        self.socket.sendall(data)

    def ask(self, method="GET", target="/", headers=(), body=None, **more):
        """One exchange."""
        self.send(request_bytes(method, target, headers, body, **more))
        return self.answer(method)

    def answer(self, method="GET"):
        """Reads one whole answer."""
        parser, self._parser = self._parser or AnswerParser(method), None
        received = self._rest
        done = bool(self._rest) and self._feed(parser, self._rest, received)
        self._rest = b""
        while not done:
            data = self._receive()
            received = (received + data)[:400]
            done = self._feed(parser, data, received)
            if data == b"" and not done:
                raise Hangup(f"hung up after {received!r}", parser.answer, received)
        self._rest = parser.leftover
        return parser.answer

    def _feed(self, parser, data, received):
        try:
            return parser.feed(data)
        except h11.RemoteProtocolError as error:
            if data == b"":
                raise Hangup(f"hung up after {received!r}", parser.answer, received) from error
            raise AssertionError(f"the sidecar's answer is not HTTP/1.1: {error}; it begins {received!r}") from error

    def _receive(self):
        try:
            return self.socket.recv(1 << 18)
        except ConnectionResetError:
            return b""

    def head(self, method="GET"):
        """Reads until the final head is there, and leaves the rest to answer(). The Answer so far."""
        return self._read_until(method, lambda parser: parser.answer is not None).answer

    def interim(self, method="GET"):
        """Reads until a 1xx is there, and leaves the rest to answer(). The statuses so far."""
        return self._read_until(method, lambda parser: parser.interim or parser.answer).interim

    def body_until(self, wanted, method="GET"):
        """Reads until the body has arrived as far as `wanted`, and leaves the rest to answer()."""
        return self._read_until(method, lambda p: p.answer and wanted in p.answer.body).answer

    def _read_until(self, method, enough):
        self._parser = parser = self._parser or AnswerParser(method)
        received = b""
        if self._rest:
            rest, self._rest = self._rest, b""
            self._feed(parser, rest, rest)
        while not enough(parser):
            data = self._receive()
            received = (received + data)[:400]
            self._feed(parser, data, received)
            if data == b"":
                raise Hangup(f"hung up after {received!r}", parser.answer, received)
        return parser

    def raw(self, timeout=PATIENCE):
        """Everything until the sidecar closes."""
        data = b""
        self.socket.settimeout(timeout)
        while True:
            more = self._receive()
            if not more:
                return self._rest + data
            data += more

    def closed(self, timeout=PATIENCE):
        """Does the sidecar close the connection, with nothing more to say?"""
        self.socket.settimeout(timeout)
        try:
            return self._rest == b"" and self._receive() == b""
        except socket.timeout:
            return False

    def open(self, moment=0.2):
        """Is the connection still open and silent after a moment?"""
        self.socket.settimeout(moment)
        try:
            self.socket.recv(1, socket.MSG_PEEK)
            return False
        except socket.timeout:
            return True
        except ConnectionResetError:
            return False
        finally:
            with contextlib.suppress(OSError):
                self.socket.settimeout(PATIENCE)

    def finish_sending(self):
        """Half-closes: there will be no further request."""
        self.socket.shutdown(socket.SHUT_WR)

    def close(self):
        self.socket.close()

    def reset(self):
        """Ends the connection with RST instead of FIN."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()


def eventually(claim, words="", patience=PATIENCE):
    """Waits until `claim()` is true; returns its value. For what another process does in its own time."""
    end = time.monotonic() + patience
    while True:
        value = claim()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {patience} s: {words or claim}; last seen {value!r}")
        time.sleep(0.01)
