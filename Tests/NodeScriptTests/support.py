"""Runs functions of the node's start-up scripts, in a folder of their own, under every shell that they are written for."""

import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parents[2] / "Sources/DockerBackend/Resources/node"
PARTS = ("lib", "settings", "sync", "handover", "replica", "seed")
SHELLS = [words for words in (["dash"], ["bash", "--posix"], ["busybox", "ash"]) if shutil.which(words[0])]

# What node.sh sets before it calls anything; `id` is node 0 of three, and the recorded primary in term 4.
PRELUDE = """
set -u
id=0 role=primary term=4 primary=0 my_term=4 tick=0.5 blink=0.02 stopping='' server='' bell='' whole='' known=''
nodes=' 0,10.0.0.20,5432 1,10.0.0.21,5432 2,10.0.0.22,5432' chosen='' started_with='' proven='' text='' now=0 beat=100
sync=0 when_short=wait level='' short=0 complain_at=0 deposed='' failures=0 had_options='' had_settings='' unwritten=''
directory=$PWD/lb1 record=$PWD/lb1/primary home=$PWD/home data=$PWD/home/data run=$PWD/run
chown() { :; }
"""


class ScriptCase(unittest.TestCase):
    """A test calls `each_shell(body)`; the body's lines are a shell script, its output what is compared."""

    def prepare(self, folder):
        for name in ("lb1", "home/data", "run"):
            (folder / name).mkdir(parents=True)
        (folder / "lb1/primary").write_text("4 0\n")

    def run_in(self, shell, body, files, seconds=20):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            self.prepare(folder)
            for path, text in files.items():
                (folder / path).write_text(text)
            sources = "".join(f". {SCRIPTS}/node-{part}.sh\n" for part in PARTS)
            done = subprocess.run(
                [*shell, "-c", sources + PRELUDE + body], cwd=folder, capture_output=True, text=True, timeout=seconds
            )
            self.assertEqual(done.stderr, "", shell)
            return done.stdout

    def each_shell(self, body, expected, files=None):
        for shell in SHELLS:
            with self.subTest(shell=shell[0]):
                self.assertEqual(self.run_in(shell, body, files or {}).strip(), expected.strip())
