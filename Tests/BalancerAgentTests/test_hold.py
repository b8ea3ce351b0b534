import threading
import time
import unittest
from unittest import mock

import support  # noqa: F401
from console import ConsoleError, ConsoleRefusal
from hold import Hold, HoldError


class FakeBouncer:
    """PgBouncer as its console shows it: paused or not, with open transactions."""

    def __init__(self):
        self.paused, self.busy, self.asking, self.commands, self.broken = False, 0, 0, [], False
        self.mute = False
        self.resumed = threading.Event()

    def connect(self):
        if self.broken:
            raise ConsoleError("nobody listens")
        return FakeConsole(self)


class FakeConsole:
    def __init__(self, bouncer):
        self.bouncer = bouncer

    def send(self, command):
        self.bouncer.commands.append(command)
        self.bouncer.paused = True

    def ask(self, command, seconds):
        if self.bouncer.broken:
            raise ConsoleError("gone")
        if command == "SHOW POOLS" and self.bouncer.mute:
            raise ConsoleError("no answer")
        if command == "SHOW POOLS":
            row = {"database": "testdb", "cl_active": "6", "cl_waiting": "2", "sv_login": "0",
                   "sv_active_cancel": "0", "sv_being_canceled": "0", "sv_active": str(self.bouncer.busy)}
            own = {**row, "user": "pgbc_monitor", "cl_active": "0", "cl_waiting": "0",
                   "sv_active": str(self.bouncer.asking)}
            return [row, own, {**row, "database": "pgbouncer", "sv_active": "1"}]
        self.bouncer.commands.append(command)
        if command == "RESUME":
            if not self.bouncer.paused:
                raise ConsoleRefusal("not paused")
            self.bouncer.paused = False
            self.bouncer.resumed.set()
        return []

    def is_idle(self):
        return True

    def close(self):
        pass


class Holding(unittest.TestCase):
    def setUp(self):
        patcher = mock.patch("hold.log")
        self.log = patcher.start()
        self.addCleanup(patcher.stop)
        self.bouncer = FakeBouncer()
        self.hold = Hold(True, self.bouncer.connect)

    def test_clients_wait_from_shut_to_open(self):
        holder, open_ones = self.hold.shut("a reason", 10, 1)
        self.assertEqual((open_ones, self.bouncer.paused), (0, True))
        self.hold.open(holder)
        self.assertEqual((self.bouncer.paused, self.bouncer.commands), (False, ["PAUSE", "RESUME"]))

    def test_clients_go_on_only_when_the_last_reason_has_ended(self):
        first = self.hold.shut("one", 10, 0)[0]
        second = self.hold.shut("other", 10, 0)[0]
        self.hold.open(first)
        self.assertTrue(self.bouncer.paused)
        self.hold.open(second)
        self.assertEqual((self.bouncer.paused, self.bouncer.commands), (False, ["PAUSE", "RESUME"]))

    def test_transactions_that_do_not_end_within_the_bound_are_counted(self):
        self.bouncer.busy = 3
        self.assertEqual(self.hold.shut("a reason", 10, 0.02)[1], 3)

    def test_transactions_that_cannot_be_counted_are_not_taken_for_none(self):
        self.bouncer.mute = True
        self.assertEqual(self.hold.shut("a reason", 10, 0.02)[1], 1)
        self.assertEqual(self.hold.document()["waiting"], 0)

    def test_a_question_of_pgbc_itself_is_no_transaction_of_a_client_and_is_not_waited_for_long(self):
        self.bouncer.asking, begun = 1, time.monotonic()
        self.assertEqual(self.hold.shut("a reason", 60, 30)[1], 0)
        self.assertLess(time.monotonic() - begun, 10)

    def test_clients_are_let_go_by_themselves_when_the_time_is_over(self):
        self.hold.shut("a reason", 0.05, 0)
        self.assertTrue(self.bouncer.resumed.wait(5))
        self.assertEqual(self.hold.document()["state"], "running")

    def test_clients_that_pgbouncer_could_not_be_told_to_let_go_are_let_go_later(self):
        holder = self.hold.shut("a reason", 10, 0)[0]
        self.bouncer.broken = True
        with mock.patch("hold.AGAIN", 0.02):
            self.hold.open(holder)
            self.bouncer.broken = False
            self.assertTrue(self.bouncer.resumed.wait(5))
        self.assertFalse(self.bouncer.paused)

    def test_a_hold_that_begins_before_that_is_a_hold(self):
        holder = self.hold.shut("a reason", 10, 0)[0]
        self.bouncer.broken = True
        with mock.patch("hold.AGAIN", 0.02):
            self.hold.open(holder)
            with self.hold.changed:
                self.bouncer.broken = False
                holder = self.hold.shut("another one", 10, 0)[0]
            self.assertFalse(self.bouncer.resumed.wait(0.2))
        self.assertEqual((self.bouncer.paused, self.bouncer.commands), (True, ["PAUSE", "PAUSE"]))
        self.hold.open(holder)
        self.assertFalse(self.bouncer.paused)

    def test_a_reason_whose_time_is_over_does_not_end_another_one(self):
        self.hold.shut("short", 0.05, 0)
        holder = self.hold.shut("long", 10, 0)[0]
        with self.hold.changed:
            self.assertTrue(self.hold.changed.wait_for(lambda: self.hold.holders == [holder], 5) or
                            self.hold.holders == [holder])
        self.assertTrue(self.bouncer.paused)
        self.hold.open(holder)

    def test_a_pgbouncer_that_does_not_answer_is_an_error_and_leaves_nobody_held(self):
        self.bouncer.broken = True
        with self.assertRaises(HoldError):
            self.hold.shut("a reason", 10, 0)
        self.assertEqual(self.hold.holders, [])

    def test_without_hold_nothing_can_be_held(self):
        with self.assertRaises(HoldError):
            Hold(False).shut("a reason", 10, 0)

    def test_what_is_done_around_a_hold_is_done_even_if_pgbouncer_is_gone(self):
        self.bouncer.broken, done = True, []
        with self.hold.around("a change", 5, 0) as open_ones:
            done.append(open_ones)
        self.assertEqual(done, [0])

    def test_clients_are_let_go_when_what_is_done_fails(self):
        with self.assertRaises(ValueError), self.hold.around("a change", 5, 0):
            raise ValueError
        self.assertFalse(self.bouncer.paused)

    def test_a_pgbouncer_that_was_started_anew_holds_who_has_to_be_held(self):
        holder = self.hold.shut("a reason", 10, 0)[0]
        self.bouncer.paused = False
        self.hold.forget()
        self.assertTrue(self.bouncer.paused)
        self.hold.open(holder)

    def test_the_document_says_state_deadline_and_clients(self):
        self.assertEqual(self.hold.document(), {
            "enabled": True, "state": "running", "until": None, "waiting": 2, "clients": 8})
        before = time.time()
        holder = self.hold.shut("a reason", 10, 0)[0]
        shown = self.hold.document()
        self.assertEqual(shown["state"], "paused")
        self.assertAlmostEqual(shown["until"], before + 10, delta=2)
        self.hold.open(holder)

    def test_the_document_without_hold_says_so(self):
        self.assertEqual(Hold(False).document(), {
            "enabled": False, "state": "running", "until": None, "waiting": 0, "clients": 0})

    def test_only_the_holds_of_one_reason_are_ended_by_request(self):
        self.hold.shut("asked", 10, 0)
        holder = self.hold.shut("switchover", 10, 0)[0]
        self.assertEqual(self.hold.open_all("asked"), 1)
        self.assertTrue(self.bouncer.paused)
        self.hold.open(holder)


if __name__ == "__main__":
    unittest.main()
