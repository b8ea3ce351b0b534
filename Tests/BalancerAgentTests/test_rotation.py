import tempfile
import threading
import unittest
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import psycopg2
import support
from pcp import PCPError
from record import RecordFile
from rotation import Rotation
from settings import Settings, SettingsError


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
        fleet = SimpleNamespace(watch=lambda id: watch, watches=lambda: [watch],
                                monitor_secrets=lambda: self.settings.secrets("monitor"))
        reconciler = SimpleNamespace(settings=self.settings, included={0: None}, reload=lambda: self.told.append("reload"),
                                     spare=lambda id, spared: self.told.append(f"{'spare' if spared else 'count'} {id}"))
        self.pgpool = SimpleNamespace(running=lambda: True)
        self.failover = SimpleNamespace(record_file=RecordFile(self.control / "lb1"), operation=None)
        self.rotation = Rotation(self.settings, fleet, self.failover, reconciler, self.pgpool, [9999])
        self.pool, self.checks, self.refuses, self.roles = [], 0, None, {}
        scene = self

        class FakeLink:
            def __init__(self, address, port, user, passwords):
                scene.passwords = passwords()

            def ask(self, sql, seconds, arguments=None):
                if "ALTER" in sql and not (scene.refuses and scene.refuses.args[0] == "no room"):
                    scene.roles[sql.split(" ROLE ")[1].split()[0]] = arguments[0]
                if scene.refuses:
                    raise scene.refuses
                scene.told.append(sql.split("; ")[-1].replace("%s", str(arguments[0])))

            def ask_all(self, sql, seconds):
                if not scene.pgpool.running():
                    raise psycopg2.OperationalError("connection refused")
                return scene.shown(sql)

            def close(self):
                pass

        class FakePCP:
            def __init__(self, secret):
                scene.pcp_secret = secret

            def __enter__(self):
                return self

            def __exit__(self, *_):
                pass

            def processes(self):
                return scene.processes()

            def nodes(self):
                return {0: SimpleNamespace(status="up", health=scene.health())}

        for name, fake in (("login.verifier", lambda password: password),
                           ("login.is_right", lambda address, port, role, password, seconds: self.roles.get(role) == password),
                           ("Link", FakeLink), ("PCP", FakePCP), ("log", mock.Mock()), ("LOOK", 0.001),
                           ("write_private", lambda path, text: self.told.append("pcp.conf"))):
            patcher = mock.patch(f"rotation.{name}", fake)
            patcher.start()
            self.addCleanup(patcher.stop)

    def shown(self, sql):
        spared = "spare 0" in self.told
        return [{"item": "backend_flag0", "value": "DISALLOW_TO_FAILOVER" if spared else "ALLOW_TO_FAILOVER"}]

    def processes(self):
        return self.pool

    def health(self):
        self.checks += 1
        self.told += [f"check {self.checks}"]
        return {"total_count": str(self.checks), "last_health_check": "now", "last_successful_health_check": "now"}

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

    def test_a_secret_that_is_just_being_replaced_is_no_empty_one(self):
        self.change("superuser")
        self.write("superuser", "")
        self.assertEqual(self.settings.secrets("superuser"), ["superuser one"])
        self.assertEqual(self.rotation.take(), ([], None))
        self.write("rest", "")
        self.assertRaises(SettingsError, self.settings.secret, "rest")

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

    def test_pgpool_bears_with_a_replica_until_that_one_has_the_new_password_too(self):
        self.change("monitor")
        with mock.patch("rotation.login.is_right", return_value=False), mock.patch("rotation.REPLAY_BOUND", 0.01):
            self.rotation.take()
            self.assertNotIn("count 0", self.told)
        self.rotation.tried_at = 0.0
        with mock.patch("rotation.threading.Thread", lambda target, **_: SimpleNamespace(start=target)):
            self.rotation.begin()
        self.assertEqual(self.told[-1], "count 0")
        self.assertEqual(self.rotation.late, set())

    def test_a_node_that_fails_meanwhile_is_not_borne_with(self):
        self.change("monitor")
        health = self.health

        def fails():
            self.failing, self.checks = 1.0, 0
            return health()
        self.health = fails
        self.rotation.take()
        self.assertEqual(self.told[-3:], ["check 1", "check 1", "count 0"])
        self.assertEqual(self.rotation.late, set())

    def test_connections_that_were_made_with_an_old_password_are_ended_when_no_client_uses_them(self):
        row = {"backend": "0", "database": "shop", "username": "postgres", "connected": "0", "backend_pid": "77"}
        used = {**row, "connected": "1", "backend_pid": "78"}
        self.pool = [row, used, {**row, "username": "ann", "backend_pid": "79"}, {**row, "database": "", "backend_pid": "0"}]
        self.change("superuser")
        self.rotation.take()
        self.assertEqual(self.told[1:], ["SELECT pg_terminate_backend(77)"])
        used["connected"] = "0"
        self.pool = [used, {**row, "backend_pid": "80"}]
        self.rotation.take()
        self.assertEqual(self.told[2:], ["SELECT pg_terminate_backend(78)"])
        self.assertEqual(self.rotation.pooled, set())

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
        self.refuses = psycopg2.OperationalError("no room")
        self.change("superuser")
        self.assertEqual(self.rotation.take(), (["superuser"], "no room"))
        self.assertEqual(self.settings.secret("superuser"), "superuser one")

    def test_a_role_whose_new_password_is_in_force_although_the_answer_was_lost_is_taken(self):
        self.rotation.term = 1  # an earlier change went well
        self.refuses = psycopg2.OperationalError("the answer was lost")
        self.change("monitor")
        self.assertEqual(self.rotation.take()[1], "the answer was lost")
        self.assertEqual(self.settings.secret("monitor"), "monitor two")
        self.refuses = None
        self.assertEqual(self.rotation.take(), (["monitor"], None))

    def test_what_pgpool_was_not_told_is_told_it_later(self):
        self.change("superuser")
        with mock.patch.object(self, "processes", side_effect=PCPError("busy")):
            self.assertEqual(self.rotation.take(), (["superuser"], "pgpool: busy"))
        self.assertEqual(self.rotation.take(), (["superuser"], None))
        self.assertEqual(self.rotation.take(), ([], None))

    def test_a_primary_that_takes_over_meanwhile_is_told_too(self):
        self.change("superuser", "rest")
        self.rotation.take()
        self.record("2 0\n")
        self.assertEqual(self.rotation.take(), (["superuser"], None))

    def test_an_agent_that_starts_meanwhile_takes_them_too(self):
        self.change("superuser", "monitor")
        self.pgpool.running = lambda: False
        self.assertEqual(self.rotation.take(), (["superuser", "monitor"], None))
        self.assertEqual(self.passwords, ["superuser one", "superuser two"])


class Beginning(Scene):
    def test_it_is_begun_once_in_a_while_and_beside_the_rounds(self):
        self.change("superuser")
        with mock.patch("rotation.threading.Thread") as thread, mock.patch("rotation.time.monotonic", lambda: 100.0):
            self.rotation.begin()
            self.rotation.tried_at = 99.5
            self.rotation.begin()
        self.assertEqual(thread.call_count, 1)

    def test_it_is_not_begun_while_the_primary_is_about_to_change(self):
        self.change("superuser")
        self.failover.operation = "switchover to 1"
        with mock.patch("rotation.threading.Thread") as thread:
            self.rotation.begin()
        self.assertEqual(thread.call_count, 0)

    def test_it_is_not_begun_twice(self):
        self.change("superuser")
        self.rotation.lock = threading.Lock()
        with self.rotation.lock, mock.patch("rotation.threading.Thread") as thread:
            self.rotation.begin()
        self.assertEqual(thread.call_count, 0)


if __name__ == "__main__":
    unittest.main()
