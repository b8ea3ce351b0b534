"""Which settings PostgreSQL is started with, the way back from bad ones, and what a fresh cluster's data begins as."""

import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from support import PARTS, SCRIPTS, SHELLS, ScriptCase

GOOD, BAD = "work_mem = '5MB'\n# end\n", "shared_buffers = '900GB'\n# end\n"


class Choice(ScriptCase):
    def test_settings_that_are_being_written_are_not_taken(self):
        self.each_shell("choose_settings || echo no", "no", {"lb1/settings.0": "work_mem = '5"})

    def test_settings_that_are_just_being_replaced_stay_in_use(self):
        body = 'choose_settings; rm lb1/settings.0; choose_settings || echo no; settings_changed || printf "%s" "$chosen"'
        self.each_shell(body, "no\n" + GOOD, {"lb1/settings.0": GOOD})

    def test_refused_settings_give_way_to_the_last_good_ones(self):
        files = {"lb1/settings.0": BAD, "home/settings.refused": BAD, "home/settings.good": GOOD, "lb1/refused.0": "why"}
        self.each_shell('choose_settings; printf "%s" "$chosen"; ls lb1', GOOD + "primary\nrefused.0\nsettings.0", files)

    def test_other_settings_are_tried_after_a_refusal(self):
        files = {"lb1/settings.0": GOOD, "home/settings.refused": BAD, "home/settings.good": GOOD, "lb1/refused.0": "why"}
        self.each_shell('choose_settings; printf "%s" "$chosen"; ls lb1', GOOD + "primary\nsettings.0", files)


class Refusal(ScriptCase):
    BODY = """
    what_it_says() { echo 'FATAL: no memory'; }
    read_text lb1/settings.0; started_with=$text
    refuse_settings >said && echo again
    """

    def test_settings_that_do_not_start_are_refused_with_the_reason(self):
        files = {"lb1/settings.0": BAD, "home/settings.good": GOOD}
        self.each_shell(self.BODY + "cat lb1/refused.0; ls home", "again\nFATAL: no memory\ndata\nsettings.good\nsettings.refused", files)

    def test_good_settings_are_not_the_reason(self):
        self.each_shell(self.BODY + "ls lb1", "primary\nsettings.0", {"lb1/settings.0": GOOD, "home/settings.good": GOOD})

    def test_without_good_ones_there_is_nothing_to_go_back_to(self):
        self.each_shell(self.BODY + "cat lb1/refused.0", "FATAL: no memory", {"lb1/settings.0": BAD})

    def test_a_start_that_fails_with_the_good_ones_too_ends_the_refusal(self):
        files = {"lb1/settings.0": BAD, "home/settings.good": GOOD, "home/settings.refused": BAD, "lb1/refused.0": "why"}
        self.each_shell(self.BODY + "ls lb1 home", "home:\ndata\nsettings.good\n\nlb1:\nprimary\nsettings.0", files)

    def test_what_postgresql_was_up_with_is_kept_as_good(self):
        pid = "1\n/data\n2\n5432\n/run\n*\n3 4\n"
        keep = "started_with=x; prove_settings; ls home"
        self.each_shell(keep, "data\nsettings.good", {"home/data/postmaster.pid": pid + "ready   \n"})
        self.each_shell(keep, "data", {"home/data/postmaster.pid": pid + "starting\n"})


def crc32c(data):
    register = 0xFFFFFFFF
    for byte in data:
        register ^= byte
        for _ in range(8):
            register = register >> 1 ^ (0x82F63B78 if register & 1 else 0)
    return register ^ 0xFFFFFFFF


@unittest.skipUnless(shutil.which("perl"), "the template is only used where there is perl")
class Identity(unittest.TestCase):
    BODY = bytes(range(256)) + bytes(32)
    CONTROL = BODY + crc32c(BODY).to_bytes(4, "little") + bytes(8192 - 292)

    def changed(self, control):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "pg_control"
            path.write_bytes(control)
            script = f". {SCRIPTS}/node-seed.sh; new_identity {path}"
            done = subprocess.run(["sh", "-c", script], capture_output=True, text=True)
            return done, path.read_bytes()

    def test_a_copied_template_gets_an_identity_of_its_own(self):
        done, changed = self.changed(self.CONTROL)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertNotEqual(changed[:8], self.CONTROL[:8])
        self.assertEqual(changed[8:288] + changed[292:], self.CONTROL[8:288] + self.CONTROL[292:])
        self.assertEqual(changed[288:292], crc32c(changed[:288]).to_bytes(4, "little"))

    def test_a_control_file_that_is_not_understood_is_left_alone(self):
        done, changed = self.changed(b"x" + self.CONTROL[1:])
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("no checksum found", done.stderr)
        self.assertEqual(changed, b"x" + self.CONTROL[1:])


class Renewal(ScriptCase):
    BODY = """
    switch=env
    mkdir -p data.new/base/1 first replica
    echo two >data.new/base/1/changed; echo same >data.new/same; echo old >data.new/gone
    tar -cf template.tar data.new
    unpack "$PWD/template.tar" first && listed first/data.new >"$run/untouched" && unpack "$PWD/template.tar" replica -m
    before=$(stat -c %i replica/data.new/same)
    (cd first/data.new; echo TWO >base/1/changed; rm gone; mkdir new empty; echo more >new/file; ln -s base link)
    difference "$PWD/first/data.new"
    """

    def test_what_the_template_holds_becomes_the_same_as_the_first_nodes_data(self):
        body = self.BODY + 'renew "$PWD/first/data.new" "$PWD/replica/data.new" && diff -r first replica; ls replica/data.new'
        body += '; [ "$before" = "$(stat -c %i replica/data.new/same)" ] && echo kept'
        self.each_shell(body, "base\nempty\nlink\nnew\nsame\nkept")

    def test_a_copy_that_cannot_be_made_the_same_is_an_error(self):
        body = self.BODY + 'rm first/data.new/new/file; renew "$PWD/first/data.new" "$PWD/replica/data.new" 2>/dev/null || echo failed'
        self.each_shell(body, "failed")

    def test_nothing_is_known_to_differ_from_what_nobody_listed(self):
        self.each_shell('mkdir first; difference "$PWD/first" 2>/dev/null || echo unknown', "unknown")


class Writing(ScriptCase):
    SETUP = "major=15 name=c sockets=/run sync=1 chosen=\"work_mem = '5MB'\"\nsay() { echo said; }\nsay_disk() { :; }\n"

    def test_what_cannot_be_written_leaves_what_was_there_and_is_tried_again(self):
        body = self.SETUP + """
        echo before >home/pgbc.conf; server=$$
        kill() { echo "kill $1"; }
        cp() { : >"$2"; return 1; }
        write_settings || echo failed
        write_settings || echo failed
        cat home/pgbc.conf; ls home
        unset -f cp
        beat=99; write_at_last; beat=100; write_at_last; write_at_last
        grep -E '^(work_mem|sync)' home/pgbc.conf
        """
        after = "work_mem = '5MB'\nsynchronous_standby_names = 'ANY 1 (pgbc_1, pgbc_2)'"
        self.each_shell(body, f"said\nfailed\nfailed\nbefore\ndata\npgbc.conf\nkill -HUP\n{after}")


class Newest(ScriptCase):
    """Which node a record that is gone names when it is written anew."""

    def newest(self, *nodes):
        body = "bin=$PWD/bin volumes=$PWD major=15; mkdir bin\n"
        for id, (position, leads) in enumerate(nodes):
            body += f"mkdir -p {id}/15/data; echo {position} >{id}/15/data/at; {':' if leads else f': >{id}/15/data/standby.signal'}\n"
        body += """cat >bin/pg_controldata <<'END'
#!/bin/sh
echo "Latest checkpoint location:           $(cat "$2/at")"
echo "Latest checkpoint's TimeLineID:       1"
END
chmod +x bin/pg_controldata
"""
        return body + f"newest {' '.join(map(str, range(len(nodes))))}"

    def test_it_is_the_one_that_has_come_furthest(self):
        self.each_shell(self.newest(("0/3000028", True), ("0/12000028", False)), "1")
        self.each_shell(self.newest(("1/28", False), ("0/12000028", True)), "0")

    def test_of_several_it_is_the_primary_or_else_the_first(self):
        self.each_shell(self.newest(("0/3000028", False), ("0/3000028", True), ("0/3000028", False)), "1")
        self.each_shell(self.newest(("0/3000028", False), ("0/3000028", False)), "0")


class Passwords(ScriptCase):
    def test_they_are_written_as_libpq_reads_them_and_for_their_owner_only(self):
        body = """
        mkdir -p secrets; control=$PWD
        echo plain >secrets/superuser; printf '%s\\n' 'a:b\\c' >secrets/replication; echo other >secrets/monitor
        write_passwords && cat run/all run/replication; stat -c '%a %n' run run/all run/replication; ls run
        """
        every = "*:*:*:postgres:plain\n*:*:*:pgbc_replicator:a\\:b\\\\c\n*:*:*:pgbc_monitor:other\n"
        modes = "711 run\n600 run/all\n600 run/replication\nall\nreplication"
        self.each_shell(body, every + "*:*:*:pgbc_replicator:a\\:b\\\\c\n" + modes)


class Slots(ScriptCase):
    def test_the_slots_are_right_once_none_is_left_that_nobody_wants(self):
        answers = "sql_here() { printf 'pgbc_7\\n(pgbc_1,)\\n%s\\n' \"$left\"; }\n"
        self.each_shell(answers + "left=0; sync_slots && echo right; left=1; sync_slots || echo wrong", "right\nwrong")
        self.each_shell("sql_here() { return 1; }; sync_slots || echo unknown", "unknown")


class Address(ScriptCase):
    """A fresh replica calls its primary once that one's container is up."""

    def test_it_waits_for_the_bell_of_the_primary(self):
        body = "looks=0; clock() { :; }; pause() { looks=$((looks + 1)); [ $looks -lt 3 ] || mkfifo lb1/bell.0; }\n"
        self.each_shell(body + "await_address; echo $looks", "3")

    def test_it_does_not_wait_for_ever(self):
        self.each_shell("pause() { now=$((now + 60)); }; clock() { :; }; await_address; echo $now", "120")


class Scripts(ScriptCase):
    def test_every_script_parses_in_every_shell(self):
        self.assertTrue(SHELLS)
        for shell in SHELLS:
            for path in [SCRIPTS / "node.sh", *(SCRIPTS / f"node-{part}.sh" for part in PARTS)]:
                done = subprocess.run([*shell, "-n", path], capture_output=True, text=True)
                self.assertEqual(done.stderr, "", (shell, path.name))


if __name__ == "__main__":
    unittest.main()
