"""nginx: relaying, and answering from its cache."""

import os

import place
import process
from peer import KEPT, KEYS, Peer


class Nginx(Peer):
    """Plain proxy_pass. Bodies stream through it, as through us: on disk first, they would cost it far more."""

    name = "nginx"
    bodies = "proxy_request_buffering off; proxy_max_temp_file_size 0;"

    def start(self, cores, model_ports):
        self.port = place.free_port()
        config = self.folder / "nginx.conf"
        config.write_text(f"""
            daemon off; pid {self.folder}/pid; error_log {self.folder}/error.log;
            {"user root;" if os.geteuid() == 0 else ""}
            worker_processes {self.workers};
            events {{ worker_connections 4096; }}
            http {{
              access_log off;
              client_body_temp_path {self.folder}/body; proxy_temp_path {self.folder}/proxy;
              fastcgi_temp_path {self.folder}/f; scgi_temp_path {self.folder}/s; uwsgi_temp_path {self.folder}/u;
              client_max_body_size 0; keepalive_requests 1000000000; proxy_read_timeout 600s;
              {self.bodies}
              upstream model {{
                server 127.0.0.1:{model_ports[0]}; keepalive 64; keepalive_requests 1000000000;
              }}
              {self.cache()}
              server {{
                listen 127.0.0.1:{self.port};
                location / {{ proxy_pass http://model; proxy_http_version 1.1; proxy_set_header Connection ""; }}
              }}
            }}""")
        self.process = process.Process("nginx", ["nginx", "-e", "stderr", "-c", config], cores, self.folder)
        self.process.wait_for_port(self.port)

    def cache(self):
        return ""

    def pids(self):
        """The workers: the master only waits."""
        workers = process.children(self.process.child.pid)
        # A cache's manager works off the request path, and only now and then.
        return [pid for pid in workers if "worker" in process.title(pid)]


class NginxCache(Nginx):
    """proxy_cache, told to keep answers to POSTs. Its key has the whole body in it, and the caller, as ours has.

    The body must then lie in memory before the model is asked. Files of the cache stay open, as nginx serves fastest.
    """

    name = "nginx proxy_cache"
    bodies = "client_body_buffer_size 64k; client_body_in_single_buffer on;"
    keeps_answers = True

    def cache(self):
        return f"""
              proxy_cache_path {self.folder}/cache keys_zone=answers:8m max_size=64m inactive=1h use_temp_path=off;
              proxy_cache answers; proxy_cache_methods POST; proxy_cache_valid 200 1h;
              proxy_cache_key "$uri $http_authorization $request_body";
              open_file_cache max=1024 inactive=1h; open_file_cache_valid 1h; sendfile on;
              add_header X-Cache $upstream_cache_status;"""

    def check(self):
        super().check()
        for caller, number, state in ((0, 1, "MISS"), (0, 1, "HIT"), (0, 2, "MISS"), (1, 1, "MISS")):
            was = self.expect(200, KEYS[caller], KEPT, number)["x-cache"]
            self.unless(was == state, f"request {number} was a {was} instead of a {state}")
