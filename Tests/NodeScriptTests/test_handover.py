"""The node's side of a planned change of primary: it steps down once, and exactly one of two things comes true."""

import time
import unittest

from support import ScriptCase

AHEAD = int(time.time()) + 3600
PAST = int(time.time()) - 5
REPORT = """
for name in handover stepped.0; do [ ! -f lb1/$name ] || echo "$name is there"; done
[ ! -f home/data/standby.signal ] || echo standby
"""


# A flock with no more options than that of busybox.
SMALL_FLOCK = """
mkdir bin
printf '#!/bin/sh\\ncase $1 in -*[!sxun]*) echo unknown option >&2; exit 1 ;; esac\\nexec %s "$@"\\n' "$(command -v flock)" >bin/flock
chmod +x bin/flock
PATH=$PWD/bin:$PATH
"""


class Locks(ScriptCase):
    def test_the_record_is_changed_and_a_handover_called_off_with_the_flock_of_busybox(self):
        body = SMALL_FLOCK + "write_record 1 && cat lb1/primary; term=5 primary=1; call_off && echo off"
        self.each_shell(body, "5 1\noff")


class Bell(ScriptCase):
    def test_somebody_is_at_the_bell_before_others_see_it(self):
        body = """
        mv() { timeout 1 sh -c "echo >'$2'" && echo heard; command mv "$@"; }
        open_bell; [ -p lb1/bell.0 ] && timeout 1 sh -c 'echo >lb1/bell.0' && echo there; ls lb1"""
        self.each_shell(body, "heard\nthere\nbell.0\nprimary")

    def test_without_a_timeout_that_can_be_used_there_is_no_bell(self):
        self.each_shell("timeout() { return 1; }\nopen_bell >said; ls lb1; echo \"bell '$bell'\"", "primary\nbell ''")


class Requests(ScriptCase):
    def test_a_request_to_this_node_in_this_term_is_good(self):
        body = "handover_asked && echo to $to"
        self.each_shell(body, "to 1", {"lb1/handover": f"4 0 1 {AHEAD}\n"})

    def test_a_request_to_another_node_is_left_alone(self):
        self.each_shell("handover_asked || echo no" + REPORT, "no\nhandover is there", {"lb1/handover": f"4 2 1 {AHEAD}\n"})

    def test_a_stale_request_is_removed(self):
        for stale in (f"3 0 1 {AHEAD}\n", f"4 0 1 {PAST}\n"):
            body = "handover_asked >said || echo no" + REPORT
            self.each_shell(body, "no", {"lb1/handover": stale})

    def test_a_half_written_request_is_none(self):
        self.each_shell("read_handover || echo no", "no", {"lb1/handover": "4 0\n"})

    def test_a_request_is_called_off_only_while_the_record_is_as_it_was(self):
        files = {"lb1/handover": f"4 0 1 {AHEAD}\n", "lb1/stepped.0": "4 0/1\n"}
        self.each_shell("call_off; echo $?" + REPORT, "0", files)
        moved = {**files, "lb1/primary": "5 1\n"}
        self.each_shell("call_off; echo $?" + REPORT, "1\nhandover is there\nstepped.0 is there", moved)


class Waiting(ScriptCase):
    FILES = {"lb1/handover": f"4 0 1 {AHEAD}\n", "lb1/stepped.0": "4 0/1\n"}

    def test_the_record_moves_and_the_data_becomes_a_standbys(self):
        body = """
        of=4 from=0 to=1 deadline=9999999999
        rest() { printf '5 1\\n' >lb1/primary; rm -f lb1/handover; }
        await_successor >said""" + REPORT
        self.each_shell(body, "standby", self.FILES)

    def test_the_request_goes_away_and_the_node_goes_on(self):
        body = """
        of=4 from=0 to=1 deadline=9999999999
        rest() { rm -f lb1/handover; }
        await_successor >said""" + REPORT
        self.each_shell(body, "", self.FILES)

    def test_the_deadline_passes_and_the_node_goes_on(self):
        body = "of=4 from=0 to=1 deadline=1\nawait_successor >said" + REPORT
        self.each_shell(body, "", self.FILES)

    def test_a_lock_that_is_held_keeps_the_node_from_going_on(self):
        body = """
        of=4 from=0 to=1 deadline=1 tries=0
        call_off() { tries=$((tries + 1)); [ $tries -lt 3 ] || printf '5 1\\n' >lb1/primary; return 2; }
        await_successor >said
        echo $tries""" + REPORT
        self.each_shell(body, "3\nhandover is there\nstandby", self.FILES)


class Stopping(ScriptCase):
    def test_a_server_that_had_ended_already_leaves_nothing_behind_that_ends_the_next_one(self):
        body = """
        trap 'stopping=1' TERM INT
        kill_server() { echo killed; }
        for try in 1 2 3 4 5; do
            sleep 0 & server=$!
            wait $server
            stop_server QUIT 0.1
        done
        wait
        """
        self.each_shell(body, "")

    def test_a_server_that_does_not_stop_is_killed(self):
        body = """
        exec 2>/dev/null
        sh -c 'trap "" QUIT; : >ready; while :; do sleep 0.1; done' & server=$!
        kill_server() { echo killed; kill -KILL "$server"; }
        until [ -f ready ]; do sleep 0.01; done
        stop_server QUIT 0.1
        """
        self.each_shell(body, "pgbc: PostgreSQL has not stopped at once: killing its processes\nkilled")


class Bell(ScriptCase):
    def test_a_ring_ends_a_rest_and_is_not_lost_before_one(self):
        body = """
        open_bell
        printf x >lb1/bell.0
        clock; began=$now
        rest 10
        clock; [ $((now - began)) -lt 200 ] && echo woken
        (until [ -f resting ]; do :; done; printf x >lb1/bell.0) &
        : >resting
        clock; began=$now
        rest 10
        clock; [ $((now - began)) -lt 200 ] && echo woken
        """
        self.each_shell(body, "woken\nwoken")

    def test_a_rest_without_a_ring_ends_by_itself(self):
        self.each_shell("open_bell; rest 0.05 && echo over", "over")


class Cloning(ScriptCase):
    def test_a_clone_that_is_asked_for_is_marked_beside_the_data(self):
        body = "primary=1; reclone_asked && echo yes; ls lb1 home"
        self.each_shell(body, "yes\nhome:\ndata\nreclone\n\nlb1:\nprimary", {"lb1/reclone.0": ""})

    def test_the_recorded_primary_refuses_to_be_cloned(self):
        body = "reclone_asked >said || echo no; ls home lb1"
        self.each_shell(body, "no\nhome:\ndata\n\nlb1:\nprimary", {"lb1/reclone.0": ""})


if __name__ == "__main__":
    unittest.main()
