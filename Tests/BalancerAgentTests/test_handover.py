import os
import tempfile
import threading
import time
import unittest
from pathlib import Path

import support  # noqa: F401
from bell import ring
from handover import Handover, HandoverError, lsn_of
from record import Record, RecordFile


class HandoverCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name)
        (self.path / "primary").write_text("4 0\n")
        self.record_file = RecordFile(self.path)
        self.handover = Handover(self.path, self.record_file)

    def offer(self, seconds=10):
        return self.handover.offer(Record(4, 0), 2, seconds)

    def test_the_offer_names_term_both_nodes_and_the_deadline(self):
        before = int(time.time())
        self.offer()
        term, source, target, deadline = (self.path / "handover").read_text().split()
        self.assertEqual((term, source, target), ("4", "0", "2"))
        self.assertIn(int(deadline) - before, (9, 10, 11))

    def test_an_offer_for_a_record_that_moved_on_is_not_made(self):
        with self.assertRaises(HandoverError):
            self.handover.offer(Record(3, 0), 2, 10)
        self.assertFalse((self.path / "handover").exists())

    def test_the_end_of_the_old_primary_counts_in_its_own_term_only(self):
        offer = self.offer()
        self.assertIsNone(self.handover.stepped(offer))
        (self.path / "stepped.0").write_text("3 0/5000028\n")
        self.assertIsNone(self.handover.stepped(offer))
        (self.path / "stepped.0").write_text("4 1/5000028\n")
        self.assertEqual(self.handover.stepped(offer), (1 << 32) + 0x5000028)

    def test_what_an_earlier_handover_left_is_removed_before_the_offer(self):
        (self.path / "stepped.0").write_text("4 1/5000028\n")
        self.assertIsNone(self.handover.stepped(self.offer()))

    def test_a_half_written_end_is_none(self):
        offer = self.offer()
        (self.path / "stepped.0").write_text("4 ")
        self.assertIsNone(self.handover.stepped(offer))

    def test_taking_it_names_the_target_in_the_next_term_and_leaves_no_files(self):
        offer = self.offer()
        (self.path / "stepped.0").write_text("4 0/28\n")
        self.assertEqual(self.handover.take(offer), Record(5, 2))
        self.assertEqual((self.path / "primary").read_text(), "5 2\n")
        self.assertEqual(sorted(entry.name for entry in self.path.iterdir()), ["lock", "primary"])

    def test_an_offer_that_the_old_primary_took_away_is_not_taken(self):
        offer = self.offer()
        (self.path / "handover").unlink()
        with self.assertRaises(HandoverError):
            self.handover.take(offer)
        self.assertEqual(self.record_file.read(), Record(4, 0))

    def test_a_second_before_the_deadline_it_is_too_late(self):
        offer = self.offer(seconds=1)
        with self.assertRaises(HandoverError):
            self.handover.take(offer)
        self.assertEqual(self.record_file.read(), Record(4, 0))

    def test_a_record_that_changed_meanwhile_is_not_overwritten(self):
        offer = self.offer()
        (self.path / "primary").write_text("5 1\n")
        with self.assertRaises(HandoverError):
            self.handover.take(offer)
        self.assertEqual(self.record_file.read(), Record(5, 1))

    def test_taking_it_back_removes_only_the_own_offer(self):
        offer = self.offer()
        (self.path / "handover").write_text("4 0 1 99\n")
        self.handover.withdraw(offer)
        self.assertTrue((self.path / "handover").exists())
        (self.path / "handover").write_text(offer.line)
        self.handover.withdraw(offer)
        self.assertFalse((self.path / "handover").exists())

    def test_a_stale_offer_is_removed_and_a_good_one_stays(self):
        good, late, other = f"4 0 2 {int(time.time()) + 9}\n", "4 0 2 5\n", "3 0 2 99999999999\n"
        for line, stays in ((good, True), (late, False), (other, False), ("garbage\n", False)):
            (self.path / "handover").write_text(line)
            self.handover.clear_stale()
            self.assertEqual((self.path / "handover").exists(), stays, line)

    def test_a_position_is_read_as_bytes(self):
        self.assertEqual(lsn_of("2/10"), (2 << 32) + 16)


class Bells(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name)

    def test_a_node_that_waits_at_its_bell_is_woken(self):
        os.mkfifo(self.path / "bell.1")
        heard = []
        reader = threading.Thread(target=lambda: heard.append((self.path / "bell.1").read_bytes()[:1]))
        reader.start()
        end = time.monotonic() + 5
        while not heard and time.monotonic() < end:
            ring(self.path, [1])
            reader.join(0.01)
        self.assertEqual(heard, [b"\n"])

    def test_a_bell_at_which_nobody_waits_and_one_that_is_missing_are_no_error(self):
        os.mkfifo(self.path / "bell.1")
        ring(self.path, [1, 2])
        ring(self.path)

    def test_a_change_of_the_record_rings_every_bell(self):
        os.mkfifo(self.path / "bell.0")
        descriptor = os.open(self.path / "bell.0", os.O_RDWR | os.O_NONBLOCK)
        self.addCleanup(os.close, descriptor)
        (self.path / "primary").write_text("1 0\n")
        RecordFile(self.path).replace(Record(1, 0), 1)
        self.assertEqual(os.read(descriptor, 10), b"\n")


if __name__ == "__main__":
    unittest.main()
