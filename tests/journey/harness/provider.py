"""An identity provider's web server that can misbehave: it hangs, drips, floods, lies, or has the wrong certificate."""

import http.server
import json
import ssl
import threading
import time

from harness.tokens import ISSUER


def answer(handler, body, status=200, length=None):
    body = body if isinstance(body, bytes) else body.encode()
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(body) if length is None else length))
    handler.end_headers()
    handler.wfile.write(body)


def says(body, status=200):
    return lambda handler: answer(handler, body, status)


def hangs(handler):
    """Neither answers nor closes, until the provider is closed."""
    handler.server.closing.wait()


def drips(handler):
    """A byte now and then, for ever."""
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    while not handler.server.closing.wait(0.1):
        handler.wfile.write(b" ")


def floods(handler):
    """More than anybody wants."""
    handler.send_response(200)
    handler.end_headers()
    while not handler.server.closing.is_set():
        handler.wfile.write(b'{"keys":[' + b" " * 65536)


def breaks_off(handler):
    answer(handler, '{"keys":', length=5000)


class Provider:
    """`behaviour` may be changed at any time; it is what the next request meets. One for each path, or for all."""

    def __init__(self, behaviour, tls=None, port=0):
        self.behaviour = behaviour
        self.asked = []
        self.forms = []  # (Authorization, body) of each POST
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                outer.asked.append((time.monotonic(), self.path))
                chosen = outer.behaviour
                self.close_connection = True
                try:
                    (chosen.get(self.path, says("no", 404)) if isinstance(chosen, dict) else chosen)(self)
                except OSError:
                    pass

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                outer.forms.append((self.headers["Authorization"], body))
                self.do_GET()

            def log_message(self, *args):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *args):
                pass  # whoever does not trust the certificate hangs up

        self._server = Server(("127.0.0.1", port), Handler)
        self._server.closing = threading.Event()
        self.port = self._server.server_address[1]
        self._tls = tls is not None
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(tls)
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def url(self, path="/keys", host="127.0.0.1"):
        return f"http{'s' if self._tls else ''}://{host}:{self.port}{path}"

    def close(self):
        self._server.closing.set()
        self._server.shutdown()
        self._server.server_close()


def remote(url, discovery=False, interval_ms=60_000, stale_ms=60_000, timeout_ms=1000, ca=""):
    """Keys from there, in the contract's words."""
    return {
        "keys": '{"keys":[]}',
        "remote": {
            "url": url,
            "discovery": discovery,
            "intervalMs": interval_ms,
            "staleWhileErrorMs": stale_ms,
            "timeoutMs": timeout_ms,
            "ca": ca,
        },
    }


def document(keys_url, issuer=ISSUER):
    return json.dumps({"issuer": issuer, "jwks_uri": keys_url})
