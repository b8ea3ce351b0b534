"""How many standbys a commit waits for, and when a primary may wait for fewer."""

import unittest

from support import ScriptCase

SHOW = 'echo "$sync $when_short"'


class Options(ScriptCase):
    def test_options_are_read_once_they_are_whole(self):
        self.each_shell(f"read_options; {SHOW}", "2 degrade", {"lb1/options": "sync 2\nwhen_short degrade\nend\n"})
        self.each_shell(f"sync=1; read_options; {SHOW}", "1 wait", {"lb1/options": "sync 2\nwhen_sh"})

    def test_without_the_file_nothing_is_waited_for(self):
        self.each_shell(f"sync=1; read_options; {SHOW}", "0 wait")

    def test_a_file_that_is_just_being_replaced_changes_nothing(self):
        body = f"read_options; rm lb1/options; read_options || echo no; {SHOW}"
        self.each_shell(body, "no\n2 degrade", {"lb1/options": "sync 2\nwhen_short degrade\nend\n"})


class Names(ScriptCase):
    def test_a_node_waits_for_the_others_and_never_for_itself(self):
        self.each_shell("sync=1; synchronous_names", "synchronous_standby_names = 'ANY 1 (pgbc_1, pgbc_2)'")
        body = "sync=2 id=1 role=standby; synchronous_names"
        self.each_shell(body, "synchronous_standby_names = 'ANY 2 (pgbc_0, pgbc_2)'")

    def test_no_more_are_waited_for_than_there_are(self):
        self.each_shell("sync=5; synchronous_names", "synchronous_standby_names = 'ANY 2 (pgbc_1, pgbc_2)'")

    def test_a_lowered_level_holds_until_it_is_raised(self):
        self.each_shell("sync=2 level=1; synchronous_names", "synchronous_standby_names = 'ANY 1 (pgbc_1, pgbc_2)'")
        self.each_shell("sync=2 level=0; synchronous_names", "synchronous_standby_names = ''")

    def test_without_sync_a_setting_of_the_topology_stands(self):
        self.each_shell("synchronous_names", "")


STUBS = "sync=1 when_short=degrade; write_settings() { :; }; kill() { :; }; has_network() { :; }; standbys() { echo $streaming; }\n"
LEVEL = '\necho "level ${level:-all}"; [ ! -f lb1/degraded ] || cat lb1/degraded'


class Degrading(ScriptCase):
    def test_one_look_is_not_enough_and_two_are(self):
        self.each_shell(STUBS + "streaming=0; check_sync >said" + LEVEL, "level all")
        self.each_shell(STUBS + "streaming=0; check_sync >said; check_sync >said" + LEVEL, "level 0\n4 0")

    def test_all_are_waited_for_again_when_they_are_back(self):
        body = STUBS + "level=0 streaming=1; check_sync >said" + LEVEL
        self.each_shell(body, "level all", {"lb1/degraded": "4 0\n"})

    def test_a_level_that_cannot_be_written_is_not_in_force(self):
        body = STUBS + "write_settings() { return 1; }\nlevel=0 streaming=1; check_sync >said" + LEVEL
        self.each_shell(body, "level 0\n4 0", {"lb1/degraded": "4 0\n"})

    def test_with_wait_the_level_is_never_lowered(self):
        self.each_shell(STUBS + "when_short=wait streaming=0; check_sync; check_sync; check_sync" + LEVEL, "level all")

    def test_an_answer_that_did_not_come_changes_nothing(self):
        body = STUBS + "standbys() { return 1; }; check_sync; check_sync; check_sync" + LEVEL
        self.each_shell(body, "level all")

    def test_a_primary_that_was_replaced_or_cut_off_goes_on_waiting(self):
        twice = "streaming=0; check_sync >said; check_sync >said" + LEVEL
        self.each_shell(STUBS + twice, "level all", {"lb1/primary": "5 1\n"})
        self.each_shell(STUBS + twice, "level all", {"lb1/primary": ""})
        self.each_shell(STUBS + twice, "level all", {"lb1/handover": "4 0 1 9\n"})
        self.each_shell(STUBS + "has_network() { return 1; }\n" + twice, "level all")

    def test_without_the_lock_of_the_record_it_goes_on_waiting(self):
        body = STUBS + "exec 5>>lb1/lock; flock 5; streaming=0; check_sync >said; check_sync >said" + LEVEL
        self.each_shell(body, "level all")


if __name__ == "__main__":
    unittest.main()
