"""REST on port 8080: pgBalancer's routes. Reading is open; every change needs the token."""

import hmac
import json
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import views
from control import Control, pool_nodes
from journal import log
from observe import Observer
from pcp import PCP, PCPError

PORT = 8080
MAX_THREADS = 16
MAX_BODY = 65536
KEPT = 1.0  # seconds for which an expensive look at pgpool serves further requests
COUNTED = 5.0  # and the counters of reads, which cost a session of the pool, serve observations
OLD = 10.0  # seconds after which that is no answer any more

NODE_ID = re.compile(r"[0-9]{1,9}")
NODE_CALL = re.compile(r"/api/v1/nodes/([^/]+)/(attach|detach|promote|recovery|restart)\Z")
NO_ROUTE = 404, {"error": "Endpoint not found", "code": "no_route"}
EMPTY_POOL = {"processes": 0, "clients": 0, "free": 0, "backend_connections": 0}


class Kept:
    """The answer of a look, kept for a moment, and made once for all who ask at the same time."""

    def __init__(self, look):
        self.look, self.lock, self.at, self.value = look, threading.Lock(), None, None

    def __call__(self, seconds=KEPT):
        with self.lock:
            if self.at is None or time.monotonic() - self.at > seconds:
                self.value = self.look()
                self.at = time.monotonic()
            return self.value

    def latest(self, seconds):
        """What is known without waiting; what is older than `seconds` is looked up again for the next one who asks, and what
        nobody has asked for in a while for this one."""
        if self.at is None or time.monotonic() - self.at > OLD:
            return self(seconds)
        if time.monotonic() - self.at > seconds and not self.lock.locked():
            threading.Thread(target=self, args=(seconds,), daemon=True).start()
        return self.value


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, agent):
        self.agent, self.control, self.observer = agent, Control(agent), Observer(agent)
        self.slots = threading.BoundedSemaphore(MAX_THREADS)
        self.rows = Kept(self._processes)
        self.selects = Kept(self._selects)
        self.pool_view = Kept(agent.fleet.look_at_pool)
        super().__init__(("0.0.0.0", PORT), Handler)
        threading.Thread(target=self.serve_forever, name="rest", daemon=True).start()

    def process_request(self, request, client_address):
        """At most MAX_THREADS at work; who comes then waits for a moment and is turned away."""
        if not self.slots.acquire(timeout=2.0):
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request, client_address):
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.slots.release()

    def handle_error(self, request, client_address):
        pass

    def snapshot(self):
        if self.agent.pgpool.running():
            self.pool_view()
        return self.control.snapshot()

    def _processes(self):
        try:
            with PCP(self.agent.settings.secret("pcp")) as pcp:
                return pcp.processes()
        except PCPError:
            return []

    def _selects(self):
        # A full pool would keep SHOW POOL_NODES waiting for its whole bound.
        rows = pool_nodes(self.agent) if self.pool()["free"] else None
        return {id: int(row["select_cnt"]) for id, row in (rows or {}).items()}

    def pool(self):
        return views.pool_document(self.rows()) if self.agent.pgpool.running() else EMPTY_POOL

    def read(self, path):
        """The document of a route that only reads; None for an unknown one."""
        fleet, failover = self.agent.fleet, self.agent.failover
        match path:
            case "/api/v1/status":
                return views.status_document(self.agent, self.snapshot(), self.pool())
            case "/api/v1/nodes":
                return self._nodes(KEPT)
            case "/api/v1/observe":
                return self.observer.document(self._nodes_now, self._pool_now)
            case "/api/v1/health/stats":
                return views.health_document(self.snapshot(), self.pool())
            case "/api/v1/processes":
                return views.processes_document(self.rows())
            case "/api/v1/watchdog/info":
                return {"status": "disabled", "quorum": None, "nodes": [], "health": "no watchdog is configured"}
            case "/api/v1/watchdog/status":
                return {"status": "disabled", "uptime": 0, "active_nodes": 0, "quorum_status": "none"}
            case "/api/v1/history":
                return {"history": self.agent.history.read()}
            case "/api/v1/failovers":
                return {"failovers": [story.document() for story in reversed(failover.stories)]}
        return None

    def _nodes(self, counted):
        watches = {watch.node.id: watch for watch in self.agent.fleet.watches()}
        return views.nodes_document(self.snapshot(), watches, self.selects(counted))

    # For observations, which must not wait for pgpool: the reconciler looks at it whenever it changes.

    def _nodes_now(self):
        agent = self.agent
        if agent.pgpool.running() and agent.reconciler.look_is_old():
            self.pool_view()
        watches = {watch.node.id: watch for watch in agent.fleet.watches()}
        return views.nodes_document(self.control.snapshot(), watches, self.selects.latest(COUNTED))

    def _pool_now(self):
        if not self.agent.pgpool.running():
            return EMPTY_POOL
        clients, known = self.agent.pgpool.clients(), views.pool_document(self.rows.latest(COUNTED))
        return {**known, "clients": clients, "free": max(0, known["processes"] - clients)}

    def change(self, path, body):
        """The answer of a route that changes something; None for an unknown one."""
        control = self.control
        call = NODE_CALL.match(path)
        if call:
            if not NODE_ID.fullmatch(call[1]) or int(call[1]) not in self.agent.fleet.nodes:
                return 404, {"error": "Node not found", "reason": f"there is no node {call[1]} behind this balancer",
                             "code": "no_such_node"}
            return getattr(control, call[2])(int(call[1]), body)
        routes = {
            "/api/v1/control/reload": control.reload, "/api/v1/control/logrotate": control.logrotate,
            "/api/v1/control/secrets": control.secrets,
            "/api/v1/cache/invalidate": control.invalidate, "/api/v1/watchdog/start": control.watchdog,
            "/api/v1/watchdog/stop": control.watchdog, "/api/v1/switchover": control.switchover,
            "/api/v1/failover": control.failover, "/api/v1/clients/pause": control.pause,
            "/api/v1/clients/resume": control.resume,
        }
        return routes[path](body) if path in routes else None


def is_one_of(given, secrets):
    return any([hmac.compare_digest(given.encode(), secret.encode()) for secret in secrets])


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "pgbc"
    sys_version = ""
    timeout = 5.0
    wbufsize = -1  # head and body leave in one piece
    disable_nagle_algorithm = True

    def log_message(self, format, *arguments):
        pass

    def answer(self, status, document):
        plain = isinstance(document, str)
        body = (document if plain else json.dumps(document) + "\n").encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; version=0.0.4" if plain else "application/json")
        self.send_header("Content-Length", str(len(body)))
        if status == 401:
            self.send_header("WWW-Authenticate", 'Bearer realm="pgbc"')
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def send_error(self, code, message=None, explain=None):
        """What the base class refuses, such as a method that no route has."""
        self.close_connection = True
        self.answer(int(code), {"error": message or "Bad Request", "reason": f"{self.command or ''} {getattr(self, 'path', '')}".strip()})

    def guarded(self, respond):
        try:
            status, document = respond()
        except Exception as error:  # whatever it is, the caller gets an answer
            log(f"rest: {self.command} {self.path}: {error!r}")
            status, document = 500, {"error": "Internal error", "reason": repr(error)}
        self.answer(status, document)

    def do_GET(self):
        self.guarded(self.read)

    do_HEAD = do_GET

    def read(self):
        path = self.path.split("?")[0]
        if path == "/metrics":
            stories = self.server.agent.failover.stories
            return 200, views.metrics_text(self.server.snapshot(), self.server.pool(), len(stories))
        document = self.server.read(path)
        return (200, document) if document is not None else NO_ROUTE

    def do_POST(self):
        length = self.headers.get("Content-Length")
        if length is None or not length.isdigit():
            self.close_connection = True
            self.answer(411, {"error": "Length Required", "reason": "a POST needs Content-Length"})
        elif int(length) > MAX_BODY:
            self.close_connection = True
            self.answer(413, {"error": "Payload Too Large", "reason": f"at most {MAX_BODY} bytes"})
        else:
            body = self.rfile.read(int(length))
            self.guarded(lambda: self.change(body))

    def change(self, body):
        path = self.path.split("?")[0]
        if path == "/api/v1/auth/login":
            return self.login(body)
        if not self.authorized():
            return 401, {"error": "Unauthorized", "message": "Token required: POST /api/v1/auth/login gives it"}
        if not self.server.agent.pgpool.running():
            return 503, {"error": "Not running", "reason": "pgpool has not started yet"}
        try:
            document = json.loads(body or b"{}")
        except (ValueError, RecursionError):
            document = None
        if not isinstance(document, dict):
            return 400, {"error": "Bad Request", "reason": "the body has to be a JSON object, or empty"}
        return self.server.change(path, document) or NO_ROUTE

    def authorized(self):
        given = self.headers.get("Authorization", "")
        return is_one_of(given, [f"Bearer {token}" for token in self.good("rest")])

    def good(self, name):
        """The secret in force, and the one that it is being changed to: pgbc knows that one first."""
        settings = self.server.agent.settings
        return [settings.secret(name), settings.secret_new(name)]

    def login(self, body):
        settings = self.server.agent.settings
        try:
            given = json.loads(body)
            name, password = str(given["username"]), str(given["password"])
        except (ValueError, KeyError, TypeError):
            return 400, {"error": "Bad Request", "reason": 'expected {"username": "pgbc", "password": "…"}'}
        if name != "pgbc" or not is_one_of(password, self.good("pcp")):
            return 401, {"error": "Unauthorized", "message": "wrong user name or password"}
        return 200, {"token": settings.secret("rest"), "token_type": "Bearer", "expires_in": None}
