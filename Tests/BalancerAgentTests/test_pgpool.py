import os
import signal
import unittest
from unittest import mock

import support  # noqa: F401
import pgpool


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
