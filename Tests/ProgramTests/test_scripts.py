"""Scripts as files that are programs, and where require finds modules."""

import os
import unittest

from program import PGBC, ProgramCase


class ScriptTests(ProgramCase):
    def setUp(self):
        super().setUp()
        os.makedirs(os.path.join(self.folder, "bin"))
        os.symlink(PGBC, os.path.join(self.folder, "bin", "pgbc"))
        self.path = os.path.join(self.folder, "bin") + ":" + os.environ["PATH"]

    def test_a_file_with_pgbc_in_its_first_line_is_a_program(self):
        script = (
            "#!/usr/bin/env -S pgbc run\n-- greet: say hello\n"
            "local args = pgbc.args { name = { positional = true, required = true } }\nprint('hello ' .. args.name)\n"
        )
        program = self.write("greet", script, 0o755)
        run = self.run_program(program, "world", PATH=self.path)
        self.assertEqual((run.stdout, run.stderr, run.returncode), ("hello world\n", "", 0))
        self.assertIn("say hello", self.run_program(program, "--help", PATH=self.path).stdout)
        self.assertEqual(self.run_program(program, PATH=self.path).returncode, 2)

    def test_modules_are_found_beside_the_script_in_pgbc_and_in_the_users_folder_and_may_wait(self):
        waiting = "sleep(0.01) return function() sleep(0.01) return '%s' end"
        self.write("scripts/one.lua", waiting % "beside")
        self.write("pgbc/two.lua", waiting % "project")
        self.write(".config/pgbc/deep/three.lua", waiting % "user")
        self.write("pgbc/one.lua", "error('the one beside the script goes first')")
        names = "{ require('one')(), require('two')(), require('deep.three')() }"
        self.write("scripts/main.lua", f"return table.concat({names}, ' ')")
        run = self.run_program(PGBC, "run", "scripts/main.lua")
        self.assertEqual((run.stdout, run.stderr), ("beside project user\n", ""))


if __name__ == "__main__":
    unittest.main()
