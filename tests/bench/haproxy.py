"""HAProxy: plain relaying with reused connections."""

import place
import process
from peer import Peer


class Haproxy(Peer):
    name = "HAProxy"

    def start(self, cores, model_ports):
        self.port = place.free_port()
        config = self.folder / "haproxy.cfg"
        config.write_text(f"""
global
  nbthread {self.workers}
  maxconn 4096
defaults
  mode http
  timeout connect 5s
  timeout client 600s
  timeout server 600s
  http-reuse always
frontend callers
  bind 127.0.0.1:{self.port}
  default_backend model
backend model
  server m1 127.0.0.1:{model_ports[0]}
""")
        self.process = process.Process("haproxy", ["haproxy", "-db", "-f", config], cores, self.folder)
        self.process.wait_for_port(self.port)

    def end(self):
        # 143: it ends by the signal it is told to end by.
        if (code := self.process.end()) not in (0, 143, -15):
            raise process.Broken(f"HAProxy ended with exit code {code}")
