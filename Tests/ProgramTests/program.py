"""The pgbc to test: $PGBC, or the debug build of this checkout; run in a home of its own, where no engine answers."""

import os
import shutil
import subprocess
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
PGBC = os.path.realpath(os.environ.get("PGBC", os.path.join(HERE, "..", "..", ".build", "debug", "pgbc")))


class ProgramCase(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="pgbc-program-")
        self.addCleanup(shutil.rmtree, self.folder)

    def write(self, name, text, mode=0o644):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, mode)
        return path

    def run_program(self, *words, **more):
        environment = dict(os.environ, HOME=self.folder, NO_COLOR="1", DOCKER_HOST="unix:///nowhere/docker.sock")
        environment.pop("XDG_STATE_HOME", None)
        environment.pop("XDG_CONFIG_HOME", None)
        environment.update(more)
        return subprocess.run(
            words, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=60, check=False
        )
