"""Whether a node's data can follow the primary, and what is done when it cannot."""

import hashlib
import unittest

from support import ScriptCase

# WAL files of 16 KiB; timeline 2 begins in the middle of the second one.
WAL = """
bin=$PWD/bin
mkdir -p home/data/pg_wal bin
printf '1\\t0/6100\\tno recovery target specified\\n' >home/data/pg_wal/00000002.history
awk 'BEGIN { for (i = 0; i < 2048; i++) printf "%07d ", i }' >home/data/pg_wal/000000020000000000000001
cat >bin/pg_controldata <<'END'
#!/bin/sh
echo 'Database system identifier:           77'
echo 'Latest checkpoint location:           0/3000'
echo "Latest checkpoint's TimeLineID:       1"
echo 'Minimum recovery ending location:     0/6200'
echo "Min recovery ending loc's timeline:   2"
echo 'Bytes per WAL segment:                16384'
END
chmod +x bin/pg_controldata
"""
BYTES = "".join(f"{number:07d} " for number in range(2048)).encode()
PRIMARY = """
primary=1
find_node() { address=10.0.0.21 port=5432; }
say() { echo "$*"; }
own_slot() { :; }
stop_server() { echo stopped; server=; }
"""


class Truth(ScriptCase):
    """Another server accepts writes although the record names this node."""

    FOUND = "ask_peers() { found=1 found_timeline=5; }\ncontroldata() { echo 3; }\npause() { :; }\nsay() { :; }\n"

    def test_the_record_is_put_right(self):
        self.each_shell(self.FOUND + "follow_truth && cat lb1/primary", "5 1")

    def test_a_record_that_cannot_be_put_right_does_not_make_this_node_a_primary_too(self):
        self.each_shell(self.FOUND + "write_record() { return 1; }\nfollow_truth && echo again", "again")

    def test_a_server_on_an_older_timeline_is_not_followed(self):
        self.each_shell(self.FOUND + "controldata() { echo 6; }\nfollow_truth || cat lb1/primary", "4 0")


class Birth(ScriptCase):
    def row(self, at, size, end):
        found = hashlib.md5(BYTES[at:at + size]).hexdigest()
        return f"(2, '{end}'::pg_lsn, '000000020000000000000001', {at}, {size}, '{found}')"

    def test_a_timeline_is_known_by_the_record_that_begins_it(self):
        self.each_shell(WAL + "birth 2 16384", self.row(0x2100, 40, "0/6128"))

    def test_the_header_of_a_page_is_read_too(self):
        near = WAL.replace("0/6100", "0/5FF0")
        self.each_shell(near + "birth 2 16384", self.row(0x1FF0, 64, "0/6030"))

    def test_nothing_is_said_without_the_wal_or_on_the_first_timeline(self):
        self.each_shell(WAL + "rm home/data/pg_wal/0*1; birth 2 16384; birth 1 16384; birth 3 16384", "")

    def test_the_primary_is_asked_about_the_newest_timeline_of_a_stopped_server(self):
        body = WAL + "sql_there() { printf '%s' \"$4\" | grep -c 000000020000000000000001; }\n"
        self.each_shell(body + "verdict_stopped 10.0.0.21 5432", "1")


class TwoTimelinesOfOneNumber(ScriptCase):
    """Node 0 was promoted and died before node 1, which had not heard of it, was promoted too."""

    TWOFOLD = PRIMARY + "verdict() { echo twofold; }\n"

    def test_they_are_not_rewound_but_cloned(self):
        body = self.TWOFOLD + """
        sql_there() { echo asked; }
        as_postgres() { echo "ran $*"; }
        clone() { echo "clone: $1"; }
        rejoin why"""
        said = ("rewind: impossible, this node and node 1 were promoted to different timelines of the same number\n"
                "clone: the rewind failed (why)")
        self.each_shell(WAL + body, said)

    def test_a_primary_that_stopped_cleanly_does_not_follow_as_it_is(self):
        body = self.TWOFOLD + "clean_end() { :; }\nformer_primary_fits || echo no"
        self.each_shell(WAL + body, "no")


class Stream(ScriptCase):
    """The primary says that this standby can follow it."""

    ASKED = PRIMARY + """
    role=standby primary=1 beat=100 check_at=0 lost=19 patience=3 replayed=0/55
    streaming() { false; }
    writable() { :; }
    heed_promotion() { false; }
    verdict_running() { echo ok; }
    sql_here() { echo "$stands"; }
    rejoin() { echo "rejoin: $1, ${2:-}"; }
    """

    def test_one_that_gets_on_with_nothing_for_long_is_cloned_anew(self):
        said = ("not streaming for 20 s from node 1, which accepts writes: stuck\nstopped\n"
                "rejoin: this standby does not get on with the WAL of node 1, missing\nrepaired")
        self.each_shell(self.ASKED + "stands=0/55\ncheck_stream || echo repaired", said)

    def test_one_that_still_replays_is_left_alone(self):
        self.each_shell(self.ASKED + "stands=0/56\ncheck_stream >said && echo left", "left")

    def test_one_that_has_an_archive_is_left_alone(self):
        self.each_shell(self.ASKED + "stands=''\nreplayed=''\ncheck_stream >said && echo left", "left")

    def test_one_that_is_without_a_stream_for_a_moment_is_left_alone(self):
        self.each_shell(self.ASKED + "lost=9 stands=0/55\ncheck_stream >said && echo left", "left")


if __name__ == "__main__":
    unittest.main()
