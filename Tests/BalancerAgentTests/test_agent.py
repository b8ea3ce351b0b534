import threading
import unittest
from dataclasses import replace
from types import SimpleNamespace
from unittest import mock

from support import primary, replica
from agent import Agent
from record import Record


class Starting(unittest.TestCase):
    """pgpool is started when this says that the primary takes writes."""

    def is_writable(self, sample):
        made = Agent.__new__(Agent)
        watch = SimpleNamespace(fresh=lambda seconds: sample)
        made.fleet = SimpleNamespace(reread=lambda: False, watch=lambda id: watch if id == 1 else None)
        made.record_file = SimpleNamespace(read=lambda: Record(2, 1))
        made.reconciler = mock.Mock()
        found = made.primary_leads()
        made.reconciler.guard.watch_over_primary.assert_called_once_with(Record(2, 1))
        return found

    def test_a_primary_that_takes_writes_is_enough(self):
        self.assertTrue(self.is_writable(primary()))

    def test_a_primary_that_its_settings_make_read_only_is_enough(self):
        self.assertTrue(self.is_writable(replace(primary(), read_only=True)))

    def test_a_node_that_is_recorded_and_not_promoted_yet_is_waited_for(self):
        self.assertFalse(self.is_writable(replica()))

    def test_a_node_that_does_not_answer_is_waited_for(self):
        self.assertFalse(self.is_writable(None))


class Ready(unittest.TestCase):
    """With which nodes pgpool is started."""

    def ready(self, accepting, running, detached=(), is_made_now=False):
        made = Agent.__new__(Agent)
        made.fleet = SimpleNamespace(nodes=dict.fromkeys(range(3)), detached=set(detached), directory="/nowhere")
        made.record_file = SimpleNamespace(read=lambda: Record(1, 0), is_first_since=lambda seconds: is_made_now)
        made.accepts, made.stopping = accepting, threading.Event()
        with mock.patch("agent.is_heard", lambda directory, id: id in running), \
                mock.patch("agent.REPLICAS_BOUND", 0.03), mock.patch("agent.CREATION_BOUND", 0.5), \
                mock.patch("agent.ARRIVAL_BOUND", 0.2):
            return made.ready_nodes()

    def test_a_replica_that_is_just_starting_is_given_a_moment(self):
        looks = []
        self.assertEqual(self.ready(lambda id: looks.append(id) or looks.count(id) > 1, {1, 2}), [0, 1, 2])

    def test_a_replica_that_does_not_run_or_takes_long_is_not_waited_for(self):
        self.assertEqual(self.ready(lambda id: id == 1, {1}), [0, 1])
        self.assertEqual(self.ready(lambda id: id == 1, {1, 2}), [0, 1])

    def test_while_the_cluster_is_made_all_are_waited_for_that_may_still_come(self):
        looks = []
        self.assertEqual(self.ready(lambda id: looks.append(id) or looks.count(id) > 5, {1, 2}, is_made_now=True), [0, 1, 2])
        self.assertEqual(self.ready(lambda id: id == 1, {1}, is_made_now=True), [0, 1])
        looks.clear()
        self.assertEqual(self.ready(lambda id: looks.append(id) or looks.count(id) > 2, {1}, is_made_now=True), [0, 1, 2])

    def test_nodes_that_do_not_answer_are_asked_at_the_same_time(self):
        together = threading.Barrier(2)
        self.assertEqual(self.ready(lambda id: together.wait(5) >= 0, {1, 2}), [0, 1, 2])

    def test_a_replica_that_was_detached_is_left_out(self):
        self.assertEqual(self.ready(lambda id: True, {1, 2}, detached={2}), [0, 1])


class Ended(unittest.TestCase):
    """Whether the agent gives up because its pgpool has."""

    def agent(self, running):
        made = Agent.__new__(Agent)
        made.pgpool = SimpleNamespace(running=lambda: running[0])
        made.reconciler = SimpleNamespace(lock=threading.RLock())
        return made

    def test_a_pgpool_that_ended_by_itself_has_ended(self):
        self.assertTrue(self.agent([False]).has_lost_pgpool())
        self.assertFalse(self.agent([True]).has_lost_pgpool())

    def test_a_pgpool_that_is_being_restarted_has_not_ended(self):
        running, stopped, answers = [False], threading.Event(), []
        made = self.agent(running)

        def restart():
            with made.reconciler.lock:
                stopped.set()
                looked.wait(0.1)
                running[0] = True

        looked = threading.Event()
        restarting = threading.Thread(target=restart)
        restarting.start()
        stopped.wait(5)
        answers.append(made.has_lost_pgpool())
        looked.set()
        restarting.join(5)
        self.assertEqual(answers, [False])


if __name__ == "__main__":
    unittest.main()
