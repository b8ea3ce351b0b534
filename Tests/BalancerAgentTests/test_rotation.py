import tempfile
import threading
import unittest
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import psycopg2
import support
from record import RecordFile
from rotation import Rotation
from settings import Settings


class Scene(unittest.TestCase):
    """Secrets in a real directory, and a primary and pgpool that note what they are told."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.control = Path(folder.name)
        (self.control / "secrets").mkdir()
        (self.control / "lb1").mkdir()
        for name in ("superuser", "replication", "monitor", "pcp", "rest"):
            self.write(name, f"{name} one")
        self.record("1 0\n")
        self.settings = Settings("shop", "lb1", {}, control=self.control)
        self.told, self.failing = [], 0.0
        self.sample = support.primary()
        watch = SimpleNamespace(node=support.node(0), fresh=lambda seconds: self.sample, failing_for=lambda: self.failing)
        fleet = SimpleNamespace(watch=lambda id: watch, watches=lambda: [watch])
        reconciler = SimpleNamespace(included={0: None}, reload=lambda: self.told.append("reload"),
                                     spare=lambda id, spared: self.told.append(f"{'spare' if spared else 'count'} {id}"))
        self.pgpool = SimpleNamespace(running=lambda: True)
        self.rotation = Rotation(
            self.settings, fleet, RecordFile(self.control / "lb1"), reconciler, self.pgpool, 9999)
        self.pool, self.checks, self.refuses = [], 0, None
        scene = self

        class FakeLink:
            def __init__(self, address, port, user, passwords):
                scene.passwords = passwords()

            def ask(self, sql, seconds, arguments=None):
                if scene.refuses:
                    raise scene.refuses
                if sql.startswith(("ALTER", "SELECT")):
                    scene.told.append(sql.replace("%s", str(arguments[0])))

            def ask_all(self, sql, seconds):
                return scene.shown(sql)

            def close(self):
                pass

        for name, fake in (("Link", FakeLink), ("log", mock.Mock()), ("LOOK", 0.001),
                           ("write_private", lambda path, text: self.told.append("pcp.conf"))):
            patcher = mock.patch(f"rotation.{name}", fake)
            patcher.start()
            self.addCleanup(patcher.stop)

    def shown(self, sql):
        if sql == "SHOW POOL_STATUS":
            spared = "spare 0" in self.told
            return [{"item": "backend_flag0", "value": "DISALLOW_TO_FAILOVER" if spared else "ALLOW_TO_FAILOVER"},
                    {"item": "health_check_period", "value": "1"}]
        if sql == "SHOW POOL_POOLS":
            return self.pool
        self.checks += 1
        self.told += [f"check {self.checks}"]
        return [{"node_id": "0", "status": "up", "total_count": str(self.checks), "last_health_check": "now",
                 "last_successful_health_check": "now"}]

    def write(self, name, text):
        (self.control / "secrets" / name).write_text(text)

    def change(self, *names):
        for name in names:
            self.write(f"{name}.before", f"{name} one")
            self.write(name, f"{name} two")

    def record(self, text):
        (self.control / "lb1" / "primary").write_text(text)


class Taking(Scene):
    def test_nothing_is_done_while_no_secret_changes(self):
        self.assertEqual(self.rotation.take(), ([], None))
        self.assertEqual(self.told, [])

    def test_the_old_secret_is_in_force_until_the_role_has_the_new_one(self):
        self.change("superuser")
        self.assertEqual(self.settings.secret("superuser"), "superuser one")
        self.assertEqual(self.settings.secrets("superuser"), ["superuser one", "superuser two"])
        self.assertEqual(self.rotation.take(), (["superuser"], None))
        self.assertEqual(self.told, ["ALTER ROLE postgres PASSWORD superuser two"])
        self.assertEqual(self.settings.secret("superuser"), "superuser two")
        self.assertEqual(self.rotation.take(), ([], None))

    def test_pgpool_bears_with_its_nodes_until_its_checks_have_logged_in_with_the_new_password(self):
        self.change("monitor")
        self.assertEqual(self.rotation.take(), (["monitor"], None))
        self.assertEqual(self.told, ["spare 0", "ALTER ROLE pgbc_monitor PASSWORD monitor two", "reload",
                                     "check 1", "check 2", "check 3", "count 0"])

    def test_a_node_that_fails_meanwhile_is_not_borne_with(self):
        self.change("monitor")
        pgpool_checks = self.shown

        def fails(sql):
            self.failing = 1.0 if sql == "SHOW POOL_HEALTH_CHECK_STATS" else self.failing
            self.checks = 0
            return pgpool_checks(sql)
        self.shown = fails
        self.rotation.take()
        self.assertEqual(self.told[-3:], ["check 1", "check 1", "count 0"])

    def test_connections_that_no_client_uses_are_ended_when_they_know_an_old_password(self):
        row = {"backend_id": "0", "username": "postgres", "pool_connected": "0", "pool_backendpid": "77"}
        self.pool = [row, {**row, "pool_connected": "1", "pool_backendpid": "78"},
                     {**row, "username": "ann", "pool_backendpid": "79"}]
        self.change("superuser")
        self.rotation.take()
        self.assertEqual(self.told[1:], ["SELECT pg_terminate_backend(77)"])

    def test_what_no_role_has_is_taken_without_a_primary(self):
        self.sample = None
        self.change("pcp", "rest")
        self.assertEqual(self.rotation.take(), (["pcp", "rest"], None))
        self.assertEqual(self.told, ["pcp.conf"])

    def test_without_a_primary_nothing_is_taken(self):
        self.sample = support.replica()
        self.change("superuser", "rest")
        self.assertIn("no primary", self.rotation.take()[1])
        self.assertEqual(self.settings.secret("rest"), "rest one")

    def test_what_the_server_refuses_is_the_reason(self):
        self.refuses = psycopg2.OperationalError("no\nroom")
        self.change("superuser")
        self.assertEqual(self.rotation.take(), (["superuser"], "no room"))
        self.assertEqual(self.settings.secret("superuser"), "superuser one")

    def test_a_primary_that_takes_over_meanwhile_is_told_too(self):
        self.change("superuser", "rest")
        self.rotation.take()
        self.record("2 0\n")
        self.assertEqual(self.rotation.take(), (["superuser"], None))

    def test_an_agent_that_starts_meanwhile_takes_them_too(self):
        self.change("superuser")
        self.pgpool.running = lambda: False
        self.assertEqual(self.rotation.take(), (["superuser"], None))
        self.assertEqual(self.passwords, ["superuser one", "superuser two"])


class Beginning(Scene):
    def test_it_is_begun_once_in_a_while_and_beside_the_rounds(self):
        self.change("superuser")
        with mock.patch("rotation.threading.Thread") as thread, mock.patch("rotation.time.monotonic", lambda: 100.0):
            self.rotation.begin()
            self.rotation.tried_at = 99.0
            self.rotation.begin()
        self.assertEqual(thread.call_count, 1)

    def test_it_is_not_begun_twice(self):
        self.change("superuser")
        self.rotation.lock = threading.Lock()
        with self.rotation.lock, mock.patch("rotation.threading.Thread") as thread:
            self.rotation.begin()
        self.assertEqual(thread.call_count, 0)


if __name__ == "__main__":
    unittest.main()
