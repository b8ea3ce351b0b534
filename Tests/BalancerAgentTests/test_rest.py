import json
import threading
import unittest
import urllib.error
import urllib.request
from http.server import ThreadingHTTPServer
from types import SimpleNamespace
from unittest import mock

import support  # noqa: F401
import control
import rest

ROUTES = ("reload", "logrotate", "secrets", "invalidate", "watchdog", "switchover", "failover", "pause", "resume", "detach")


class Served(ThreadingHTTPServer):
    """The real handler, and an agent that answers what it was asked to do."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), rest.Handler)
        settings = SimpleNamespace(secret=lambda name: "new", secret_new=lambda name: "newer")
        self.agent = SimpleNamespace(settings=settings, pgpool=SimpleNamespace(running=lambda: True),
                                     fleet=SimpleNamespace(nodes={0: None}))
        self.control = SimpleNamespace(attach=lambda id, body: (200, {"attached": id}),
                                       **{name: lambda body, name=name: (200, {"did": name}) for name in ROUTES})

    def change(self, path, body):
        return rest.Server.change(self, path, body)


class Changing(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Served()
        threading.Thread(target=cls.server.serve_forever, daemon=True).start()

    @classmethod
    def tearDownClass(cls):
        cls.server.shutdown()
        cls.server.server_close()

    def send(self, path, body=b"{}", token="new", method="POST"):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.server.server_port}/api/v1/{path}", body, {"Authorization": f"Bearer {token}"},
            method=method)
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code, json.load(refusal)

    def test_a_node_is_found_by_its_number(self):
        self.assertEqual(self.send("nodes/0/attach"), (200, {"attached": 0}))
        for name in ("1", "x", "-1", "9" * 5000, "٣"):
            self.assertEqual(self.send(f"nodes/{urllib.parse.quote(name)}/attach")[0], 404, name[:9])

    def test_the_token_in_force_and_the_one_that_it_is_changed_to_are_good(self):
        self.assertEqual([self.send("control/secrets", token=token)[0] for token in ("new", "newer", "old", "")],
                         [200, 200, 401, 401])

    def test_what_is_no_object_is_refused(self):
        for body in (b"[]", b"{", b"[" * 30000, b"\xff"):
            self.assertEqual(self.send("control/reload", body)[0], 400, body[:9])

    def test_every_refusal_is_json(self):
        for method in ("PUT", "DELETE", "OPTIONS"):
            self.assertIn("error", self.send("nodes", method=method)[1], method)


class Keeping(unittest.TestCase):
    def setUp(self):
        self.now, self.looks = 100.0, iter(range(1, 9))
        for name, fake in (("rest.time.monotonic", lambda: self.now), ("rest.threading.Thread", mock.DEFAULT)):
            patcher = mock.patch(name) if fake is mock.DEFAULT else mock.patch(name, fake)
            self.thread = patcher.start()
            self.addCleanup(patcher.stop)
        self.kept = rest.Kept(lambda: next(self.looks))

    def test_a_look_serves_for_a_while_and_is_then_repeated_beside_the_answer(self):
        self.assertEqual([self.kept.latest(5.0), self.kept.latest(5.0)], [1, 1])
        self.now += 6.0
        self.assertEqual((self.kept.latest(5.0), self.thread.call_count), (1, 1))

    def test_what_nobody_has_asked_for_in_a_while_is_looked_up(self):
        self.kept.latest(5.0)
        self.now += rest.OLD + 1.0
        self.assertEqual((self.kept.latest(5.0), self.thread.call_count), (2, 0))


class Bounds(unittest.TestCase):
    def test_a_time_that_is_no_number_of_seconds_is_the_usual_one(self):
        for given in ("NaN", "Infinity", "true", '"5"', "null"):
            self.assertEqual(control.seconds_in(json.loads(f'{{"seconds": {given}}}'), 10.0), 10.0, given)
        self.assertEqual(control.seconds_in({"seconds": 1e9}, 10.0), 600.0)


if __name__ == "__main__":
    unittest.main()
