import errno
import fcntl
import os
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import support  # noqa: F401
import record
from record import Record, RecordFile, RecordLockTimeout


class Records(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name)
        self.file = RecordFile(self.path)

    def write(self, text):
        (self.path / "primary").write_text(text)

    def test_a_record_is_a_term_and_an_id(self):
        self.assertEqual(record.parse("3 1\n"), Record(3, 1))
        for text in ("", "3", "3 x", "-1 2", "1 2 3"):
            self.assertIsNone(record.parse(text), text)

    def test_a_missing_record_is_none(self):
        self.assertIsNone(self.file.read())

    def test_only_a_young_record_of_the_first_term_is_the_first_since(self):
        self.assertFalse(self.file.is_first_since(10))
        self.write("1 0\n")
        self.assertTrue(self.file.is_first_since(10))
        os.utime(self.path / "primary", (0, 0))
        self.assertFalse(self.file.is_first_since(10))
        self.write("2 1\n")
        self.assertFalse(self.file.is_first_since(10))

    def test_replacing_writes_the_next_term(self):
        self.write("1 0\n")
        self.assertEqual(self.file.replace(Record(1, 0), 2), Record(2, 2))
        self.assertEqual((self.path / "primary").read_text(), "2 2\n")
        self.assertEqual(sorted(path.name for path in self.path.iterdir()), ["lock", "primary"])

    def fill_disk(self):
        """From now on nothing can be made or lengthened, as on a full disk."""
        real = record.write_flushed

        def write(path, data, flags):
            if flags & os.O_CREAT:
                Path(path).touch()
                raise OSError(errno.ENOSPC, "No space left on device")
            real(path, data, flags)
        patcher = mock.patch("record.write_flushed", write)
        patcher.start()
        self.addCleanup(patcher.stop)

    def test_on_a_full_disk_the_spare_file_takes_the_record(self):
        self.write("9 0\n")
        self.assertTrue(self.file.keep_spare())
        self.fill_disk()
        self.assertEqual(self.file.replace(Record(9, 0), 1), Record(10, 1))
        self.assertEqual(self.file.read(), Record(10, 1))
        self.assertEqual(sorted(path.name for path in self.path.iterdir()), ["lock", "primary"])

    def test_on_a_full_disk_without_a_spare_file_the_record_stays_and_the_error_is_told(self):
        self.write("9 0\n")
        self.fill_disk()
        self.assertFalse(self.file.keep_spare())
        with self.assertRaises(OSError):
            self.file.replace(Record(9, 0), 1)
        self.assertEqual(self.file.read(), Record(9, 0))

    def test_a_spare_file_is_made_once(self):
        self.file.keep_spare()
        before = self.file.spare_path.stat().st_ino
        self.file.keep_spare()
        self.assertEqual((self.file.spare_path.stat().st_ino, self.file.spare_path.stat().st_size), (before, record.SIZE))

    def test_a_record_that_is_not_the_expected_one_is_left_and_told(self):
        self.write("4 1\n")
        self.assertEqual(self.file.replace(Record(1, 0), 2), Record(4, 1))
        self.assertEqual((self.path / "primary").read_text(), "4 1\n")

    def test_a_lock_that_stays_taken_is_waited_for_only_so_long(self):
        with open(self.path / "lock", "w") as other:
            fcntl.flock(other, fcntl.LOCK_EX)
            with self.assertRaisesRegex(RecordLockTimeout, "stayed locked for 0.05 s"), self.file.locked(0.05):
                self.fail("the lock was taken twice")


if __name__ == "__main__":
    unittest.main()
