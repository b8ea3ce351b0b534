"""What a check before a major upgrade leaves on the volume of the primary when it does not come to its end."""

import unittest

from support import SCRIPTS, ScriptCase

# The work directory of a check, with a copy of the old server in it.
BEGUN = f"""
. {SCRIPTS}/node-upgrade.sh
work=$PWD/upgrade major=17 bin=$PWD/bin PGBC_NODE_ID=0
mkdir -p "$work/old" "$bin"
say() {{ :; }}
own_pid() {{ exec sh -c 'echo $PPID'; }}
"""
LEFT = '\necho "code $?"; [ -d "$work" ] && echo left || echo gone'


class Check(ScriptCase):
    def test_a_check_that_dies_leaves_nothing_of_the_old_server(self):
        for mode in ("files 1", "check 15"):
            dies = f'(upgrade_files() {{ die 1 "no room"; }}; upgrade_check() {{ die 1 "no answer"; }}; upgrade {mode})'
            self.each_shell(BEGUN + dies + LEFT, "code 1\ngone")

    def test_nor_does_one_that_refuses(self):
        self.each_shell(BEGUN + "(upgrade_check() { refuse no >/dev/null; }; upgrade check 15)" + LEFT, "code 4\ngone")

    def test_nor_does_one_whose_container_is_stopped(self):
        stopped = """(trap 'stopping=1' TERM; upgrade_check() { kill -TERM "$(own_pid)"; :; }; upgrade check 15)"""
        self.each_shell(BEGUN + stopped + LEFT, "code 143\ngone")

    def test_one_that_succeeds_leaves_what_the_upgrade_needs(self):
        self.each_shell(BEGUN + "(upgrade_check() { :; }; upgrade check 15)" + LEFT, "code 0\nleft")

    def test_an_upgrade_that_dies_leaves_it_too(self):
        self.each_shell(BEGUN + "(upgrade_data() { die 1 no; }; upgrade data 15)" + LEFT, "code 1\nleft")


class Room(ScriptCase):
    def test_what_is_copied_is_counted_without_the_wal(self):
        body = BEGUN + """
        dd if=/dev/zero of=home/data/table bs=1024 count=400 2>/dev/null; mkdir home/data/pg_wal
        before=$(data_size home/data); dd if=/dev/zero of=home/data/pg_wal/0 bs=1024 count=4096 2>/dev/null
        [ $before -ge 400 ] && [ $(($(data_size home/data) - before)) -lt 100 ] && echo same
        """
        self.each_shell(body, "same")


if __name__ == "__main__":
    unittest.main()
