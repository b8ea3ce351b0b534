import contextlib
import tempfile
import threading
import unittest
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

from support import healthy, in_pool, primary, replica
import switchover
from handover import lsn_of
from record import RecordFile
from story import History
from switchover import Switchover

END = "0/3E8"  # where the old primary's log ends; the replicas of `support` have received 1000 bytes


class Scene:
    """An agent around a real control directory; node 0 steps down as soon as it is asked, unless told otherwise."""

    def __init__(self, path, snapshot, hold=True):
        (path / "primary").write_text("1 0\n")
        self.path, self.events, self.steps_down, self.received, self.promotes = path, [], True, 1001, True
        self.failover = SimpleNamespace(
            lock=threading.Lock(), operation=None, history=History(path), promote=self.promote,
            run=lambda cause: self.events.append("failover") or "node 2 is primary")
        self.hold = SimpleNamespace(enabled=hold, shut=self.shut, open=lambda holder: self.events.append("let go"))
        self.open_ones = 0
        self.landing = SimpleNamespace(mark=lambda: 0, follow=lambda *_: True, wait_for_pool=lambda *_: True,
                                       write=self.write, tell=lambda id: None)
        self.fleet = SimpleNamespace(
            nodes=snapshot.nodes, watches=lambda: [], watch=self.watch, look_at_pool=lambda: True, wake=lambda: None)
        self.agent = SimpleNamespace(
            fleet=self.fleet, record_file=RecordFile(path), failover=self.failover, hold=self.hold,
            landing=self.landing, settings=SimpleNamespace(directory=path, secret=lambda name: "secret"),
            reconciler=SimpleNamespace(lock=threading.RLock(), snapshot=lambda: snapshot))
        self.write_problem, self.link = None, mock.Mock()

    def watch(self, id):
        link = SimpleNamespace(ask=lambda *_: (self.received,))
        return SimpleNamespace(link=link, fresh=lambda *_: primary())

    def shut(self, why, seconds, bound):
        self.events.append("held")
        return "holder", self.open_ones

    def promote(self, written, story, seconds):
        self.events.append(f"promote {written.primary}")
        return self.promotes

    def write(self, id, seconds):
        self.events.append(f"write {id}")
        return self.write_problem

    def ring(self, *_):
        if self.steps_down and (self.path / "handover").exists():
            (self.path / "stepped.0").write_text(f"1 {END}\n")

    def run(self, to=None, seconds=10):
        with contextlib.ExitStack() as stack:
            for name, value in {"log": mock.Mock(), "fresh_samples": mock.Mock(), "Link": self.link,
                                "ring": self.ring}.items():
                stack.enter_context(mock.patch(f"switchover.{name}", value))
            stack.enter_context(mock.patch("story.log"))
            stack.enter_context(mock.patch("handover.ring", self.ring))
            return Switchover(self.agent).run(to, seconds)

    def record(self):
        return (self.path / "primary").read_text()


class SwitchoverCase(unittest.TestCase):
    def make(self, hold=True, **changed):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        return Scene(Path(folder.name), healthy(**changed), hold)

    def refused(self, scene, to=None):
        status, document = scene.run(to)
        self.assertEqual((status, document["error"]), (409, "Not switched over"))
        self.assertEqual((scene.events, scene.record()), ([], "1 0\n"))
        self.assertFalse(scene.failover.lock.locked())
        return document["reason"]


class Doing(SwitchoverCase):
    def test_clients_are_let_go_after_a_write_has_landed_on_the_new_primary(self):
        scene = self.make()
        status, document = scene.run(2)
        self.assertEqual((status, document["from"], document["to"], document["term"]), (200, 0, 2, 2))
        self.assertEqual(scene.events[:4], ["held", "promote 2", "write 2", "let go"])
        self.assertEqual(scene.record(), "2 2\n")
        self.assertEqual([one["phase"] for one in document["phases"]], [
            "checked", "checkpoint", "held", "stepped down", "caught up", "recorded", "followed", "first write",
            "released", "ended"])
        self.assertFalse((scene.path / "handover").exists())
        self.assertEqual(scene.failover.operation, None)

    def test_without_hold_the_order_is_the_same(self):
        scene = self.make(hold=False)
        self.assertEqual(scene.run(1)[0], 200)
        self.assertEqual(scene.events, ["promote 1", "write 1"])

    def test_the_most_advanced_replica_is_taken_when_none_is_named(self):
        samples = {**healthy().samples, 1: replica(lsn=900), 2: replica(lsn=1000)}
        self.assertEqual(self.make(samples=samples).run()[1]["to"], 2)

    def test_the_record_is_written_before_the_promotion_and_after_the_end_is_known(self):
        scene, seen = self.make(), []
        scene.failover.promote = lambda written, *_: seen.append(scene.record()) or True
        scene.run(1)
        self.assertEqual(seen, ["2 1\n"])

    def test_its_story_is_kept_and_not_yet_healed(self):
        scene = self.make()
        scene.run(1)
        self.assertEqual(scene.failover.unhealed.chosen, 1)
        entry, = History(scene.path).read()
        self.assertEqual((entry["kind"], entry["from"], entry["to"], entry["outcome"]),
                         ("switchover", 0, 1, "node 1 is primary"))

    def test_to_the_primary_there_is_nothing_to_do(self):
        self.assertEqual(self.make().run(0)[1]["status"], "nothing to do")

    def test_pgpools_question_is_answered_before_its_view_is_waited_for(self):
        scene, locked = self.make(), []
        scene.landing.follow = lambda *_: locked.append(scene.failover.lock.locked()) or True
        scene.run(1)
        self.assertEqual(locked, [False])

    def test_a_primary_that_is_lost_during_the_checkpoint_can_be_replaced(self):
        scene, locked = self.make(), []
        scene.link.return_value.ask.side_effect = lambda *_: locked.append(scene.failover.lock.locked())
        self.assertEqual(scene.run(1)[0], 200)
        self.assertEqual(set(locked), {False})


class Refusing(SwitchoverCase):
    def test_a_failover_during_the_checkpoint_ends_it(self):
        scene = self.make()
        scene.link.return_value.ask.side_effect = lambda *_: (scene.path / "primary").write_text("2 1\n")
        status, document = scene.run(2)
        self.assertEqual((status, document["reason"]), (409, "the record changed during the checkpoint"))
        self.assertEqual((scene.events, scene.record()), ([], "2 1\n"))
        self.assertFalse(scene.failover.lock.locked())

    def test_a_failover_that_is_under_way_after_the_checkpoint_ends_it(self):
        scene = self.make()
        scene.link.return_value.ask.side_effect = lambda *_: scene.failover.lock.acquire(blocking=False)
        with mock.patch("switchover.QUIET_BOUND", 0.05):
            self.assertEqual(scene.run(2)[1]["reason"], "the primary is being looked after; try again")
        self.assertTrue(scene.failover.lock.locked())
        self.assertIsNone(scene.failover.operation)

    def test_a_replica_that_lags_far_behind_is_refused_with_the_reason(self):
        senders = {"pgbc_1": "streaming", "pgbc_2": "streaming"}
        scene = self.make(samples={**healthy().samples, 0: primary(lsn=1000 + switchover.LAG + 1, senders=senders)})
        self.assertIn("lags 16777217 bytes behind", self.refused(scene, 1))

    def test_a_replica_that_does_not_stream_is_refused(self):
        scene = self.make(samples={**healthy().samples, 0: primary(senders={"pgbc_1": "streaming"})})
        self.assertIn("not streaming", self.refused(scene, 2))

    def test_a_replica_that_does_not_exist_or_was_detached_or_is_down_in_pgpool_is_refused(self):
        self.assertIn("there is no node 7", self.refused(self.make(), 7))
        self.assertIn("detached", self.refused(self.make(detached=frozenset({1})), 1))
        self.assertIn("pgpool", self.refused(self.make(pool={**healthy().pool, 1: in_pool("down")}), 1))

    def test_a_primary_that_takes_no_writes_cannot_hand_over(self):
        samples = {id: sample for id, sample in healthy().samples.items() if id}
        self.assertIn("cannot hand over", self.refused(self.make(samples=samples)))

    def test_without_replicas_there_is_nothing_to_switch_to(self):
        self.assertIn("no replica to switch to", self.refused(self.make(count=1)))

    def test_two_at_once_are_refused(self):
        scene = self.make()
        scene.failover.operation = "switchover to 1"
        status, document = scene.run(2)
        self.assertEqual((status, document["reason"]), (409, "another operation is under way: switchover to 1"))

    def test_a_failover_under_way_is_not_disturbed(self):
        scene = self.make()
        with scene.failover.lock:
            self.assertEqual(scene.run(2)[0], 409)
        self.assertEqual(scene.record(), "1 0\n")


class RollingBack(SwitchoverCase):
    def rolled_back(self, scene, seconds=10):
        status, document = scene.run(1, seconds)
        self.assertEqual((status, document["error"]), (503, "Rolled back"))
        self.assertEqual(scene.record(), "1 0\n")
        self.assertFalse((scene.path / "handover").exists())
        self.assertFalse(scene.failover.lock.locked())
        self.assertNotIn("promote 1", scene.events)
        self.assertEqual(scene.events[-1], "let go")
        self.assertTrue(History(scene.path).read()[0]["outcome"].startswith("rolled back: "))
        return document["reason"]

    def test_a_transaction_that_does_not_end_rolls_it_back_before_the_primary_is_asked(self):
        scene = self.make()
        scene.open_ones = 2
        self.assertIn("2 transactions were still open", self.rolled_back(scene))
        self.assertFalse((scene.path / "lock").exists())

    def test_a_primary_that_does_not_step_down_in_time_goes_on(self):
        scene = self.make()
        scene.steps_down = False
        self.assertIn("did not step down in time; node 0 takes writes again", self.rolled_back(scene, seconds=2.5))

    def test_a_replica_that_did_not_receive_everything_is_not_promoted(self):
        scene = self.make()
        scene.received = lsn_of(END)
        with mock.patch("switchover.CATCH_UP_BOUND", 0.03):
            self.assertIn("did not receive all", self.rolled_back(scene))

    def test_a_handover_that_the_old_primary_took_away_is_not_completed(self):
        scene = self.make()

        def ring(*_):
            (scene.path / "stepped.0").write_text(f"1 {END}\n")
            (scene.path / "handover").unlink(missing_ok=True)

        scene.ring = ring
        self.rolled_back(scene)


class GoingOn(SwitchoverCase):
    def test_a_new_primary_that_dies_is_replaced_by_a_failover(self):
        scene = self.make()
        scene.promotes = False
        status, document = scene.run(1)
        self.assertEqual((status, document["error"]), (503, "Failed over"))
        self.assertEqual(scene.events, ["held", "promote 1", "failover", "let go"])

    def test_a_write_that_does_not_arrive_is_said_and_clients_are_let_go(self):
        scene = self.make()
        scene.write_problem = "the write went to 10.0.0.20, not to node 1"
        status, document = scene.run(1)
        self.assertEqual((status, document["error"]), (504, "Not verified"))
        self.assertIn("the write went to", document["reason"])
        self.assertEqual(scene.events[-1], "let go")


if __name__ == "__main__":
    unittest.main()
