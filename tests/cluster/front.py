"""A plain HTTP front of the API server. An operator that talks through it can be stopped at any of its requests."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def is_write(method, path):
    """Of what an operator is for; leases and events come when they like."""
    return method != "GET" and "/leases" not in path and "/events" not in path


class Front:
    """Asks as `user`. before(method, path) is called when a request has come in; after(method, path, status) when the
    server has done it, and nobody has been told yet. Either may wait."""

    def __init__(self, user, folder, before=lambda *request: None, after=lambda *answer: None):
        self.user, self.before, self.after = user, before, after
        front = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def relay(self):
                front.relay(self)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = relay

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.kubeconfig = folder / f"front-{self.server.server_port}.kubeconfig"
        cluster = {"server": f"http://127.0.0.1:{self.server.server_port}"}
        self.kubeconfig.write_text(json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": "front",
            "clusters": [{"name": "front", "cluster": cluster}], "users": [{"name": "front", "user": {}}],
            "contexts": [{"name": "front", "context": {"cluster": "front", "user": "front"}}]}))

    def relay(self, request):
        body = request.rfile.read(int(request.headers.get("Content-Length", 0)))
        self.before(request.command, request.path)
        connection = self.user.connect()
        try:
            kept = {name: request.headers[name] for name in ("Accept", "Content-Type") if request.headers[name]}
            connection.request(request.command, request.path, body, kept)
            connection.sock.settimeout(None)
            answer = connection.getresponse()
            self.after(request.command, request.path, answer.status)
            self._pass_on(answer, request)
        except OSError:
            request.close_connection = True
        finally:
            connection.close()

    @staticmethod
    def _pass_on(answer, request):
        request.send_response(answer.status)
        for name in ("Content-Type", "Retry-After"):
            if answer.headers[name]:
                request.send_header(name, answer.headers[name])
        request.send_header("Transfer-Encoding", "chunked")
        request.end_headers()
        # A watch says what it has when it has it.
        while piece := answer.read1(65536):
            request.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            request.wfile.flush()
        request.wfile.write(b"0\r\n\r\n")

    def close(self):
        self.server.shutdown()
        self.server.server_close()
