"""A web server on 127.0.0.1 and a free port, which keeps what it is sent."""

import http.server
import json
import threading


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.server.received.append(("GET", self.path, "", dict(self.headers)))
        if self.path == "/moved":
            self.answer(302, Location="/health")
        elif self.path.startswith("/away"):
            self.answer(302, Location=f"http://localhost:{self.server.server_port}/health")
        elif self.path == "/long":
            self.answer(200, b"x" * 200_000)
        elif self.path == "/slow":
            self.server.released.wait(20)
            self.answer(200)
        elif self.path == "/health":
            self.answer(200, json.dumps({"up": True}).encode())
        else:
            self.answer(404, b"no such thing")

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        self.server.received.append(("POST", self.path, body, dict(self.headers)))
        self.answer(200, b"ok")


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.received = []
        self.released = threading.Event()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def place(self):
        return f"127.0.0.1:{self.server_port}"

    def handle_error(self, *_):
        """A client that gave up has closed its connection."""

    def close(self):
        self.released.set()
        self.shutdown()
        self.server_close()
