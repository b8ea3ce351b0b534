import os
import signal
import unittest
from unittest import mock

import support  # noqa: F401
import pgpool


class SeeingOff(unittest.TestCase):
    """Children that were told to end are waited for; those are known by their titles."""

    def seen_off(self, restarts, titles):
        made, looks = pgpool.Pgpool(), iter(titles)
        with mock.patch("pgpool.idle_children", return_value=[17]):
            mark = made.mark()
        made.restarts += restarts
        with mock.patch("pgpool.title_of", lambda pid: next(looks)), mock.patch("pgpool.log") as log:
            made.see_off(mark)
        return list(looks), log.call_count

    def test_clients_go_on_when_the_last_of_them_has_ended(self):
        titles = [pgpool.IDLE_TITLE, pgpool.IDLE_TITLE, b"", b"not asked"]
        self.assertEqual(self.seen_off(1, titles), ([b"not asked"], 0))

    def test_children_that_stay_are_not_waited_for(self):
        self.assertEqual(self.seen_off(0, [b"not asked"]), ([b"not asked"], 0))

    def test_one_that_does_not_end_is_told_of_and_not_waited_for_any_longer(self):
        with mock.patch("pgpool.GOING_BOUND", 0.02):
            self.assertEqual(self.seen_off(1, [pgpool.IDLE_TITLE] * 1000)[1], 1)

    def test_pgpool_says_when_it_restarts_its_children_and_when_it_is_done(self):
        made = pgpool.Pgpool()
        with mock.patch("pgpool.emit"):
            made._forward([b"main pid 7: LOG:  Restart all children\n", b"main pid 7: LOG:  failback done. reconnect\n"])
        self.assertEqual((made.restarts, made.settled, made.changes), (1, 1, 1))

    def test_a_change_that_pgpool_began_before_it_asked_counts_too(self):
        made = pgpool.Pgpool()
        with mock.patch("pgpool.emit"):
            made._forward([b"main pid 7: LOG:  Restart all children\n"])
            mark = made.mark()
            made._forward([b"main pid 7: LOG:  failover done. shutdown host\n"])
        self.assertLess(mark.restarts, made.restarts)


class Reloading(unittest.TestCase):
    def make(self, *catching):
        made = pgpool.Pgpool()
        made.process = mock.Mock(pid=17, **{"poll.return_value": None})
        answers = iter(catching)
        for name, value in {"write_private": mock.Mock(), "log": mock.Mock(),
                            "catches": lambda pid, number: next(answers)}.items():
            patcher = mock.patch(f"pgpool.{name}", value)
            patcher.start()
            self.addCleanup(patcher.stop)
        return made

    def test_a_pgpool_that_is_starting_is_told_when_the_signal_no_longer_ends_it(self):
        made = self.make(False, False, True)
        made.reload("text")
        made.process.send_signal.assert_called_once_with(signal.SIGHUP)

    def test_a_pgpool_that_never_listens_is_not_ended_by_the_signal(self):
        made = self.make(*[False] * 1000)
        with mock.patch("pgpool.START_BOUND", 0.02):
            made.reload("text")
        made.process.send_signal.assert_not_called()

    def test_a_process_tells_which_signals_it_handles(self):
        before = signal.signal(signal.SIGUSR2, lambda *_: None)
        self.addCleanup(signal.signal, signal.SIGUSR2, before)
        self.assertTrue(pgpool.catches(os.getpid(), signal.SIGUSR2))
        self.assertFalse(pgpool.catches(os.getpid(), signal.SIGTTIN))
        self.assertFalse(pgpool.catches(2 ** 22 + 1, signal.SIGHUP))


class Door(unittest.TestCase):
    def test_only_processes_that_wait_for_a_client_are_stopped_and_all_go_on_afterwards(self):
        titles = {"7": b"pgpool: wait for connection request", "8": b"pgpool: postgres testdb 10.0.0.1 idle",
                  "9": b"pgpool: PCP: wait for connection request"}
        calls = []
        with mock.patch("pgpool.os.listdir", return_value=[*titles, "self"]), \
                mock.patch("pgpool.title_of", titles.get), \
                mock.patch("pgpool.os.kill", lambda *call: calls.append(call)):
            with self.assertRaises(ValueError), pgpool.Pgpool().door_shut():
                raise ValueError
        self.assertEqual(calls, [(7, signal.SIGSTOP), (7, signal.SIGCONT)])


if __name__ == "__main__":
    unittest.main()
