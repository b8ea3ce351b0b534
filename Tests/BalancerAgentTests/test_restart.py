import tempfile
import threading
import unittest
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

from support import primary, replica
import restart
from record import RecordFile
from restart import Restart


class Scene:
    """An agent around a real control directory; node 0, the primary, steps down at the first ring and is up again at the
    next one, unless told otherwise."""

    def __init__(self, path, hold=False):
        (path / "primary").write_text("1 0\n")
        self.path, self.events, self.steps_down, self.comes_back, self.open_ones = path, [], True, True, 0
        self.sample, self.write_problem = primary(), None
        self.failover = SimpleNamespace(lock=threading.Lock(), operation=None)
        self.hold = SimpleNamespace(enabled=hold, shut=self.shut, open=lambda holder: self.events.append("let go"),
                                    reconnect=lambda: self.events.append("reconnect"))
        watch = SimpleNamespace(fresh=lambda seconds: self.sample)
        self.agent = SimpleNamespace(
            fleet=SimpleNamespace(watch=lambda id: watch, wake=lambda: None), record_file=RecordFile(path),
            failover=self.failover, hold=self.hold, settings=SimpleNamespace(directory=path),
            landing=SimpleNamespace(write=self.write),
            reconciler=SimpleNamespace(lock=threading.RLock(), spare=self.spare))

    def shut(self, why, seconds, bound):
        self.events.append("held")
        return "holder", self.open_ones

    def spare(self, id, spared):
        self.events.append(f"{'spare' if spared else 'count'} {id}")

    def write(self, id, seconds):
        self.events.append(f"write {id}")
        return self.write_problem

    def ring(self, *_):
        offered = (self.path / "handover").exists()
        if offered and self.steps_down:
            (self.path / "stepped.0").write_text("1 0/3E8\n")
            self.sample = None
        elif not offered and self.comes_back:
            self.sample = primary()

    def run(self, id=0):
        with mock.patch("restart.log"), mock.patch("handover.ring", self.ring), \
                mock.patch("restart.STOP_LEAST", 3.0), mock.patch("restart.BACK_BOUND", 0.1):
            return Restart(self.agent).run(id, 3.0)


class RestartingInPlace(unittest.TestCase):
    def make(self, hold=False):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        return Scene(Path(folder.name), hold)

    def test_the_primary_comes_back_as_the_primary_and_pgpool_bears_with_it_meanwhile(self):
        scene = self.make()
        status, document = scene.run()
        self.assertEqual((status, document["node"]), (200, 0))
        self.assertEqual(scene.events, ["spare 0", "write 0", "count 0"])
        self.assertEqual((scene.path / "primary").read_text(), "1 0\n")
        self.assertFalse((scene.path / "handover").exists())
        self.assertEqual((scene.failover.operation, scene.failover.lock.locked()), (None, False))

    def test_no_failover_begins_meanwhile(self):
        scene, locked = self.make(), []
        scene.write = scene.agent.landing.write = lambda *_: locked.append(scene.failover.lock.locked())
        scene.run()
        self.assertEqual(locked, [True])

    def test_with_hold_clients_wait_and_get_new_sessions(self):
        scene = self.make(hold=True)
        self.assertEqual(scene.run()[0], 200)
        self.assertEqual(scene.events, ["held", "spare 0", "reconnect", "write 0", "count 0", "let go"])

    def test_transactions_that_do_not_end_keep_it_from_beginning(self):
        scene = self.make(hold=True)
        scene.open_ones = 3
        status, document = scene.run()
        self.assertEqual((status, document["code"]), (503, "not_held"))
        self.assertEqual(scene.events, ["held", "let go"])

    def test_a_replica_is_refused(self):
        status, document = self.make().run(1)
        self.assertEqual((status, document["code"]), (409, "not_primary"))

    def test_another_operation_is_not_disturbed(self):
        scene = self.make()
        scene.failover.operation = "switchover to 2"
        status, document = scene.run()
        self.assertEqual((status, document["code"]), (409, "busy"))
        self.assertIn("switchover to 2", document["reason"])

    def test_a_primary_that_does_not_come_back_is_left_to_a_failover(self):
        scene = self.make(hold=True)
        scene.comes_back = False
        status, document = scene.run()
        self.assertEqual((status, document["code"]), (504, "not_back"))
        self.assertEqual(scene.events[-2:], ["count 0", "let go"])
        self.assertFalse(scene.failover.lock.locked())

    def test_a_node_that_comes_back_as_a_replica_is_not_called_a_success(self):
        scene = self.make()
        scene.comes_back = False
        scene.ring_after = scene.ring

        def ring(*_):
            scene.ring_after()
            scene.sample = replica()

        scene.ring = ring
        self.assertEqual(scene.run()[1]["code"], "not_back")

    def test_a_write_that_does_not_arrive_is_said(self):
        scene = self.make()
        scene.write_problem = "no answer"
        status, document = scene.run()
        self.assertEqual((status, document["code"]), (504, "not_verified"))


if __name__ == "__main__":
    unittest.main()
