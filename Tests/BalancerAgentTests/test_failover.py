import tempfile
import threading
import time
import unittest
from dataclasses import replace
from pathlib import Path
from unittest import mock

from support import node, primary, replica

import choice
import failover
import knock
from choice import Candidate
from link import Unanswered
from nodes import known_timeline
from options import Options
from record import Record, RecordFile
from story import History


class Choosing(unittest.TestCase):
    def test_the_most_advanced_replica_is_chosen(self):
        self.assertEqual(choice.choose([Candidate(1, 1, 100), Candidate(2, 1, 300), Candidate(3, 1, 200)]).id, 2)

    def test_a_higher_timeline_counts_more_than_a_higher_position(self):
        self.assertEqual(choice.choose([Candidate(1, 1, 900), Candidate(2, 2, 100)]).id, 2)

    def test_equals_are_told_apart_by_attachment_and_then_by_id(self):
        self.assertEqual(choice.choose([Candidate(2, 1, 5), Candidate(1, 1, 5)]).id, 1)
        self.assertEqual(choice.choose([Candidate(1, 1, 5, detached=True), Candidate(2, 1, 5)]).id, 2)

    def test_nobody_is_chosen_from_nothing(self):
        self.assertIsNone(choice.choose([]))

    def test_the_reason_names_the_others(self):
        both = [Candidate(1, 1, 100), Candidate(2, 1, 300)]
        why = choice.reason(both[1], both)
        self.assertEqual(why, "most advanced at timeline 1; others 1: -200 bytes on timeline 1")
        self.assertEqual(choice.reason(both[0], both[:1]), "the only replica that answers")

    def test_a_timeline_is_remembered_until_a_stream_says_otherwise(self):
        self.assertEqual(known_timeline(3, replica(2, receiver=None)), 3)
        self.assertEqual(known_timeline(3, replica(2)), 2)
        self.assertEqual(known_timeline(3, primary(4)), 4)


class FakeLink:
    """Records what it is asked; `recovery` turns false with the promotion. Its last write is `last_write` s old."""

    last_write = 0.25

    def __init__(self, name, history, promotes=True):
        self.name, self.history, self.promotes, self.recovery = name, history, promotes, True

    def ask(self, sql, seconds, arguments=None):
        word = sql.split()[1].split("(")[0] if "slot" not in sql else "slots"
        if word == "extract":
            return (self.last_write,)
        self.history.append((self.name, word))
        if word == "pg_promote":
            self.recovery = not self.promotes
        return (self.recovery,)


class FakeWatch:
    def __init__(self, id, sample, history, hangs=False):
        self.node, self.sample, self.hangs, self.problem = node(id), sample, hangs, None if sample else "gone"
        self.timeline = sample.timeline if sample else 0
        self.link = FakeLink(id, history)
        self.want = mock.Mock()
        self.ended, self.asked = False, []

    def fresh(self, seconds, asked=None):
        self.asked.append(seconds)
        return self.sample

    def lost(self):
        return self.ended

    def failing_for(self):
        return 0.0 if self.sample else 0.2


class FakeFleet:
    def __init__(self, watches):
        self.by_id = {watch.node.id: watch for watch in watches}
        self.nodes = {id: watch.node for id, watch in self.by_id.items()}
        self.detached = set()

    def watch(self, id):
        return self.by_id.get(id)

    def watches(self):
        return list(self.by_id.values())

    def wake(self):
        pass

    def set_detached(self, id, detached):
        self.detached = self.detached | {id} if detached else self.detached - {id}


class FailoverCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name)
        (self.path / "primary").write_text("1 0\n")
        self.history = []
        self.patch("story.log", "failover.log")
        self.knocked = self.patch_value("knock.knock", knock.REFUSED)
        self.addCleanup(self.let_landings_end)

    def let_landings_end(self):
        for thread in threading.enumerate():
            if thread.name == "landing":
                thread.join(5)

    def patch(self, *names):
        for name in names:
            patcher = mock.patch(name)
            patcher.start()
            self.addCleanup(patcher.stop)

    def patch_value(self, name, value):
        patcher = mock.patch(name, return_value=value)
        self.addCleanup(patcher.stop)
        return patcher.start()

    def make(self, first, second, third=None, hangs=False):
        samples = [first, second, third]
        watches = [FakeWatch(id, sample, self.history, hangs and id == 0) for id, sample in enumerate(samples)]
        self.fence = mock.Mock()
        self.fence.raise_against.side_effect = lambda address: self.history.append(("fence", address))
        self.hold, self.landing = mock.Mock(enabled=False), mock.Mock(**{"write.return_value": None})
        return failover.Failover(FakeFleet(watches), RecordFile(self.path), self.fence, self.hold, self.landing,
                                 History(self.path))

    def record(self):
        return (self.path / "primary").read_text()

    def test_the_loss_of_a_replica_changes_nothing(self):
        self.assertEqual(self.make(primary(), replica()).asked_by_pgpool(1, 0), "node 1 is a replica")
        self.assertEqual(self.record(), "1 0\n")

    def test_new_connections_wait_until_pgpool_has_carried_out_what_it_asks_about(self):
        for hold, calls in ((False, 1), (True, 0)):
            agent = self.make(primary(), replica())
            self.hold.enabled = hold
            agent.asked_by_pgpool(1, 0)
            for thread in threading.enumerate():
                if thread.name == "door":
                    thread.join(5)
            self.assertEqual(self.landing.shut_door.call_count, calls)

    def test_a_primary_that_still_takes_writes_stays(self):
        self.assertEqual(self.make(primary(), replica()).asked_by_pgpool(0, 0), "node 0 is fine")
        self.assertEqual((self.record(), self.history), ("1 0\n", []))

    def test_a_primary_that_its_settings_make_read_only_stays(self):
        agent = self.make(replace(primary(), read_only=True), replica())
        self.assertEqual(agent.asked_by_pgpool(0, 0), "node 0 is fine")
        self.assertEqual((self.record(), self.history), ("1 0\n", []))

    def test_a_recorded_primary_that_runs_as_a_replica_does_not_stay(self):
        self.assertEqual(self.make(replica(lsn=5), replica(lsn=10)).run("lost"), "node 1 is primary")

    def test_a_primary_that_accepts_others_but_not_the_agent_stays(self):
        self.knocked.return_value = knock.ACCEPTING
        self.assertEqual(self.make(None, replica()).asked_by_pgpool(0, 0), "node 0 is fine")

    def test_a_primary_that_is_stopping_is_given_a_moment_to_send_its_last_changes(self):
        self.knocked.side_effect = [knock.STARTING, knock.STARTING, knock.REFUSED, knock.REFUSED]
        self.assertEqual(self.make(None, replica()).asked_by_pgpool(0, 0), "node 1 is primary")
        at_the_door = mock.call("10.0.0.20", 5432, failover.RECHECK_BOUND, failover.REACH_BOUND)
        self.assertEqual(self.knocked.call_args_list.count(at_the_door), 3)

    def test_a_primary_whose_container_is_gone_costs_one_knock_and_no_question(self):
        self.knocked.side_effect = lambda address, *_: knock.SILENT if address == "10.0.0.20" else knock.ACCEPTING
        agent = self.make(None, replica())
        agent.fleet.watch(0).ended = True
        self.assertEqual(agent.run("node 0 ended its connections"), "node 1 is primary")
        self.assertEqual(agent.fleet.watch(0).asked, [])
        self.assertEqual(self.history[0], ("fence", "10.0.0.20"))

    def test_a_primary_that_has_only_ended_the_agents_connection_stays(self):
        self.knocked.return_value = knock.ACCEPTING
        agent = self.make(primary(), replica())
        agent.fleet.watch(0).ended = True
        self.assertEqual(agent.run("node 0 ended its connections"), "node 0 is fine")
        self.assertEqual((self.record(), self.history), ("1 0\n", []))

    def test_a_primary_that_never_ends_stopping_is_waited_for_only_so_long(self):
        self.knocked.return_value = knock.STARTING
        with mock.patch("failover.STOPPING_BOUND", 0.03):
            self.assertEqual(self.make(None, replica()).asked_by_pgpool(0, 0), "node 1 is primary")

    def test_the_most_advanced_replica_is_recorded_and_promoted(self):
        agent = self.make(None, replica(lsn=10), replica(lsn=20))
        self.assertEqual(agent.asked_by_pgpool(0, 0), "node 2 is primary")
        self.assertEqual(self.record(), "2 2\n")
        self.assertEqual([word for _, word in self.history], ["pg_promote", "slots", "pg_is_in_recovery"])
        story = agent.stories[0].document()
        self.assertEqual((story["failed_node"], story["new_primary"]), (0, 2))
        self.assertEqual(story["why"], "most advanced at timeline 1; others node1: -10 bytes on timeline 1")
        self.assertEqual([name for name in story["phases"] if name not in ("last good write", "first write")],
                         ["detected", "chosen", "promoted", "writable", "ended"])

    def test_a_story_is_complete_when_every_node_serves_again(self):
        agent = self.make(None, replica())
        agent.run("lost")
        self.let_landings_end()
        agent.note_healed()
        agent.note_healed()
        entry, = agent.history.read()
        self.assertEqual([one["phase"] for one in entry["phases"]][-2:], ["first write", "healed"])

    def test_a_story_begins_with_the_last_write_that_was_kept(self):
        agent = self.make(None, replica())
        agent.run("lost")
        self.let_landings_end()
        entry, = agent.history.read()
        self.assertEqual([one["phase"] for one in entry["phases"]][:2], ["last good write", "detected"])
        self.assertAlmostEqual(entry["phases"][0]["after"], -0.25, delta=0.2)

    def test_a_new_primary_that_has_replayed_nothing_tells_when_the_old_one_last_answered(self):
        agent = self.make(None, replica())
        agent.fleet.watch(1).link.last_write = None
        agent.fleet.watch(0).sample = replace(primary(), at=time.monotonic() - 3)
        agent.fleet.watch(0).fresh = lambda *_: None
        agent.run("lost")
        self.let_landings_end()
        entry, = agent.history.read()
        self.assertEqual(entry["phases"][0]["phase"], "last good write")
        self.assertAlmostEqual(entry["phases"][0]["after"], -3, delta=0.2)
        self.assertIn("or earlier", entry["phases"][0]["text"])

    def test_a_new_primary_is_not_detached_any_more(self):
        agent = self.make(None, replica(lsn=20), replica(lsn=10))
        agent.fleet.detached = {1, 2}
        self.assertEqual(agent.run("lost"), "node 1 is primary")
        self.assertEqual(agent.fleet.detached, {2})

    def test_an_operation_that_ends_meanwhile_is_not_under_way_afterwards(self):
        agent = self.make(None, replica())
        agent.operation = "switchover to 1"
        agent._replace = mock.Mock(side_effect=lambda *_: setattr(agent, "operation", None))
        agent.run("lost")
        self.assertIsNone(agent.operation)

    def test_an_operation_that_goes_on_is_under_way_afterwards(self):
        agent, seen = self.make(None, replica()), []
        agent.operation = "switchover to 1"
        agent._replace = mock.Mock(side_effect=lambda *_: seen.append(agent.operation))
        agent.run("lost")
        self.assertEqual((seen, agent.operation), (["failover"], "switchover to 1"))

    def test_the_record_is_written_before_the_promotion(self):
        agent, seen = self.make(None, replica()), []
        link = agent.fleet.watch(1).link
        original = link.ask
        link.ask = lambda sql, *rest: (seen.append((sql.split()[1], self.record())), original(sql, *rest))[1]
        agent.asked_by_pgpool(0, 0)
        self.assertEqual(seen[0], ("pg_promote(false)", "2 1\n"))

    def test_a_primary_that_hangs_is_cut_off_before_the_promotion(self):
        agent = self.make(None, replica(), hangs=True)
        agent.asked_by_pgpool(0, 0)
        self.assertEqual(self.history[:2], [("fence", "10.0.0.20"), (1, "pg_promote")])

    def test_a_silent_replica_is_cut_off_too(self):
        self.make(None, replica(), None, hangs=False)
        self.knocked.side_effect = lambda address, *_: knock.SILENT if address == "10.0.0.22" else knock.REFUSED
        agent = self.make(None, replica())
        agent.asked_by_pgpool(0, 0)
        self.fence.raise_against.assert_called_once_with("10.0.0.22")

    def test_a_primary_that_is_gone_is_not_cut_off(self):
        self.make(None, replica()).asked_by_pgpool(0, 0)
        self.fence.raise_against.assert_not_called()

    def test_without_a_replica_that_answers_the_record_stays(self):
        self.assertEqual(self.make(None, None).asked_by_pgpool(0, 0), "no replica answers")
        self.assertEqual(self.record(), "1 0\n")

    def test_a_node_that_already_takes_writes_is_recorded_and_not_promoted(self):
        answer = self.make(None, primary(2), replica()).asked_by_pgpool(0, 0)
        self.assertEqual(answer, "node 1 already takes writes; recorded in term 2")
        self.assertEqual((self.record(), self.history), ("2 1\n", []))

    def test_two_nodes_that_take_writes_are_left_to_a_person(self):
        answer = self.make(None, primary(2), primary(2)).asked_by_pgpool(0, 0)
        self.assertIn("nothing is done", answer)
        self.assertEqual(self.record(), "1 0\n")

    def test_a_record_that_changed_meanwhile_is_left_alone(self):
        agent = self.make(None, replica())
        agent.record_file.read = mock.Mock(return_value=Record(1, 0))
        (self.path / "primary").write_text("5 2\n")
        agent.record_file.replace = RecordFile(self.path).replace
        self.assertIn("the record changed meanwhile", agent.asked_by_pgpool(0, 0))
        self.assertEqual((self.record(), self.history), ("5 2\n", []))

    def test_a_promotion_that_never_ends_is_given_up_and_said(self):
        agent = self.make(None, replica())
        agent.fleet.watch(1).link.promotes = False
        with mock.patch("failover.PROMOTION_BOUND", 0.05):
            self.assertEqual(agent.asked_by_pgpool(0, 0), "node 1 did not take writes within 0.05 s")

    def test_a_promotion_that_cannot_be_sent_is_left_to_the_node(self):
        agent = self.make(None, replica())
        link, original = agent.fleet.watch(1).link, agent.fleet.watch(1).link.ask

        def ask(sql, *rest):
            if "pg_promote" in sql:
                link.recovery = False  # the node saw the record and promoted itself
                raise Unanswered("no answer")
            return original(sql, *rest)

        link.ask = ask
        self.assertEqual(agent.asked_by_pgpool(0, 0), "node 1 is primary")


class Promises(FailoverCase):
    """What `sync` and force change."""

    def options(self, text):
        (self.path / "options").write_text(text)

    def lost(self, senders):
        """An agent whose primary is gone, and which said last that `senders` streamed; node 2 does not answer."""
        agent = self.make(primary(lsn=5, senders=senders), replica(lsn=10), None)
        agent.fleet.watch(0).fresh = lambda *_: None
        return agent

    def test_with_sync_a_replica_that_may_alone_hold_a_write_is_waited_for(self):
        self.options("sync 1\nwhen_short wait\nend\n")
        answer = self.lost({"pgbc_1": "streaming", "pgbc_2": "streaming"}).run("lost")
        self.assertIn("nodes [2] do not answer and may alone hold writes", answer)
        self.assertEqual(self.record(), "1 0\n")

    def test_with_sync_a_replica_that_was_away_before_is_not_waited_for(self):
        self.options("sync 1\nwhen_short wait\nend\n")
        self.assertEqual(self.lost({"pgbc_1": "streaming"}).run("lost"), "node 1 is primary")

    def test_a_sync_that_may_degrade_is_kept_until_it_has(self):
        self.options("sync 1\nwhen_short degrade\nend\n")
        self.assertIn("nodes [2] do not answer", self.lost({"pgbc_2": "streaming"}).run("lost"))

    def test_a_primary_that_went_on_with_too_few_replicas_is_not_replaced_by_one_that_was_away(self):
        self.options("sync 1\nwhen_short degrade\nend\n")
        (self.path / "degraded").write_text("1 0\n")
        answer = self.lost({"pgbc_2": "catchup"}).run("lost")
        self.assertIn("node 1 was not among those that followed it", answer)
        self.assertEqual(self.record(), "1 0\n")

    def test_a_primary_that_went_on_with_too_few_replicas_is_replaced_by_one_that_followed_it(self):
        self.options("sync 2\nwhen_short degrade\nend\n")
        (self.path / "degraded").write_text("1 0\n")
        self.assertEqual(self.lost({"pgbc_1": "streaming"}).run("lost"), "node 1 is primary")

    def test_that_a_primary_of_an_earlier_term_went_on_with_too_few_replicas_does_not_count(self):
        self.options("sync 1\nwhen_short degrade\nend\n")
        (self.path / "degraded").write_text("0 0\n")
        self.assertEqual(self.lost({}).run("lost"), "node 1 is primary")

    def test_with_sync_as_many_replicas_answer_as_make_sure_that_one_has_every_write(self):
        promise, chosen = Options(2), Candidate(1, 1, 100)
        self.assertIn("nodes [3, 4]", choice.doubt(promise, False, chosen, [3, 4], None))
        self.assertIsNone(choice.doubt(promise, False, chosen, [4], None))

    def test_tries_that_end_alike_are_one_entry_of_the_history(self):
        agent = self.make(None, None)
        with mock.patch("failover.now_text", side_effect=["first", "second", "third"]):
            for _ in range(3):
                agent.run("lost")
        self.assertEqual([entry["at"] for entry in agent.history.read()], ["first"])

    def test_a_file_of_options_that_is_being_replaced_promises_what_it_did_before(self):
        agent = self.lost({"pgbc_2": "streaming"})
        self.options("sync 1\nwhen_short wait\nend\n")
        agent.options.read()
        self.options("sync 0\n")
        self.assertIn("nodes [2] do not answer", agent.run("lost"))
        (self.path / "options").unlink()
        self.assertIn("nodes [2] do not answer", agent.run("lost"))

    def test_while_it_is_not_known_what_was_promised_nothing_is_decided_but_by_force(self):
        self.options("sync 1\nwhen_short wait\n")
        agent = self.lost({"pgbc_2": "streaming"})
        self.assertIn("what clients were promised is not known", agent.run("lost"))
        self.assertEqual(agent.run("forced", force=True), "node 1 is primary")

    def test_a_forced_failover_cuts_off_a_primary_that_still_takes_writes(self):
        agent = self.make(primary(), replica(lsn=9), replica(lsn=5))
        self.assertEqual(agent.run("forced", to=2, force=True), "node 2 is primary")
        self.assertEqual(self.history[0], ("fence", "10.0.0.20"))
        self.assertEqual(self.record(), "2 2\n")

    def growing(self, agent, grown):
        """Node 2 receives more until the old primary is cut off."""
        def cut_off(address):
            self.history.append(("fence", address))
            agent.fleet.watch(2).sample = grown
        self.fence.raise_against.side_effect = cut_off
        return agent

    def test_what_a_replica_received_until_the_old_primary_was_cut_off_counts(self):
        agent = self.growing(self.make(primary(), replica(lsn=10), replica(lsn=9)), replica(lsn=20))
        self.assertEqual(agent.run("forced", force=True), "node 2 is primary")
        self.assertEqual((self.history[0], self.record()), (("fence", "10.0.0.20"), "2 2\n"))
        self.assertEqual([one["text"] for one in agent.stories[0].phases if one["phase"] == "chosen"], [
            "node 1: most advanced at timeline 1; others node2: -1 bytes on timeline 1",
            "node 2: most advanced at timeline 1; others node1: -10 bytes on timeline 1"])

    def test_with_sync_a_replica_that_falls_silent_while_the_primary_is_cut_off_is_waited_for(self):
        self.options("sync 1\nwhen_short wait\nend\n")
        agent = self.growing(self.make(None, replica(lsn=10), replica(lsn=9), hangs=True), None)
        self.assertIn("nodes [2] do not answer", agent.run("lost"))
        self.assertEqual(self.record(), "1 0\n")

    def test_a_node_that_was_asked_for_takes_over_whatever_others_receive(self):
        agent = self.growing(self.make(primary(), replica(lsn=10), replica(lsn=9)), replica(lsn=20))
        self.assertEqual(agent.run("forced", to=1, force=True), "node 1 is primary")

    def test_a_forced_failover_to_a_node_that_does_not_answer_changes_nothing(self):
        answer = self.make(primary(), replica(), None).run("forced", to=2, force=True)
        self.assertEqual(answer, "node 2 does not answer")
        self.assertEqual((self.record(), self.history), ("1 0\n", []))

    def test_clients_are_held_until_a_write_has_come_through(self):
        agent = self.make(None, replica())
        self.hold.enabled, self.hold.shut.return_value = True, ("holder", 8)
        self.landing.write.side_effect = lambda *_: self.hold.open.assert_not_called()
        agent.run("lost")
        self.assertTrue(agent.stories[0].wait_for("first write", 5))
        self.let_landings_end()
        self.hold.open.assert_called_once_with("holder")
        self.assertEqual([entry["outcome"] for entry in agent.history.read()], ["node 1 is primary"])

    def test_clients_are_let_go_at_once_when_nobody_can_take_over(self):
        agent = self.make(None, None)
        self.hold.enabled, self.hold.shut.return_value = True, ("holder", 8)
        agent.run("lost")
        self.hold.open.assert_called_once_with("holder")

    def test_clients_are_let_go_at_once_when_the_primary_is_fine(self):
        agent = self.make(primary(), replica())
        self.hold.enabled, self.hold.shut.return_value = True, ("holder", 0)
        agent.run("pgpool lost node 0")
        self.hold.open.assert_called_once_with("holder")


if __name__ == "__main__":
    unittest.main()
