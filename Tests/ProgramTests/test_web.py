"""http.* of scripts: the real program and a real server."""

import json
import socket
import unittest

from program import PGBC, ProgramCase
from web import Server


class WebTests(ProgramCase):
    def setUp(self):
        super().setUp()
        self.server = Server()
        self.addCleanup(self.server.close)

    def run_script(self, script, *options):
        self.write("x.lua", script.replace("PLACE", self.server.place))
        return self.run_program(PGBC, "run", *options, "x.lua")

    def granted(self, script, *options):
        return self.run_script(script, "--allow", f"net={self.server.place}", *options)

    def test_an_answer_is_read_and_a_table_is_posted(self):
        run = self.granted(
            """
            local up = http.get("http://PLACE/health"):json().up
            local sent = http.post("http://PLACE/hook", { text = "deployed", up = up })
            return { sent.status, sent.body, http.get("http://PLACE/none").ok, http.get("http://PLACE/moved").url }
            """,
            "--json",
        )
        self.assertEqual(run.stderr, "")
        self.assertEqual(json.loads(run.stdout), [200, "ok", False, f"http://{self.server.place}/health"])
        method, path, body, headers = self.server.received[1]
        self.assertEqual((method, path, json.loads(body)), ("POST", "/hook", {"text": "deployed", "up": True}))
        self.assertEqual(headers["Content-Type"], "application/json")

    def test_nothing_is_sent_without_a_grant_and_a_redirect_needs_its_own(self):
        refused = self.run_script('http.get("http://PLACE/health")')
        self.assertEqual(refused.returncode, 2)
        self.assertIn(f"--allow net={self.server.place} grants it", refused.stderr)
        self.assertEqual(self.server.received, [])
        away = self.granted('http.get("http://PLACE/away")')
        self.assertIn(f"--allow net=localhost:{self.server.server_port} grants it", away.stderr)
        self.assertEqual([path for _, path, _, _ in self.server.received], ["/away"])

    def test_time_and_size_are_bounded(self):
        slow = self.granted('http.get("http://PLACE/slow", { timeout = 0.5 })')
        self.assertIn("there was no whole answer within 0.5 s", slow.stderr)
        self.assertEqual(slow.returncode, 6)
        long = self.granted('http.get("http://PLACE/long", { limit = 1000 })')
        self.assertIn("the answer is longer than 1000 bytes", long.stderr)
        self.assertEqual(long.returncode, 1)

    def test_nobody_there_is_an_error_that_says_so(self):
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            port = closed.getsockname()[1]
            run = self.run_script(f'http.get("http://127.0.0.1:{port}/")', "--allow", "net")
        self.assertEqual(run.returncode, 1)
        self.assertIn(f"could not GET http://127.0.0.1:{port}/: ", run.stderr)
        self.assertIn("refused", run.stderr)

    def test_a_dry_run_asks_and_sends_nothing(self):
        run = self.granted('http.post("http://PLACE/hook", http.get("http://PLACE/health").body)', "--dry-run")
        self.assertIn(f'+ send POST http://{self.server.place}/hook: {{"up": true}}', run.stdout)
        self.assertEqual([method for method, _, _, _ in self.server.received], ["GET"])


if __name__ == "__main__":
    unittest.main()
