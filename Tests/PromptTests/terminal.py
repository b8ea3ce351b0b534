"""A program on a pseudo-terminal of its own, typed to as a user would."""

import os
import pty
import select
import shutil
import signal
import tempfile
import time
import unittest


def executable():
    """The pgbc to test: $PGBC, or the debug build of this checkout."""
    here = os.path.dirname(os.path.abspath(__file__))
    return os.environ.get("PGBC", os.path.join(here, "..", "..", ".build", "debug", "pgbc"))


class Terminal:
    def __init__(self, arguments, home, program=None, **more):
        program = program or executable()
        environment = dict(os.environ, HOME=home, TERM="xterm", NO_COLOR="1", LC_ALL="C.UTF-8", **more)
        environment.pop("XDG_STATE_HOME", None)
        environment["DOCKER_HOST"] = "unix:///nowhere/docker.sock"
        self.shown = ""
        self.process, self.descriptor = pty.fork()
        if self.process == 0:
            os.chdir(home)
            os.execve(program, [program] + arguments, environment)

    def type(self, keys):
        os.write(self.descriptor, keys.encode())

    def sees(self, text, seconds=20):
        """Waits until the text has been shown since the last call; returns what was shown up to its end."""
        end = time.monotonic() + seconds
        while text not in self.shown:
            left = end - time.monotonic()
            ready, _, _ = select.select([self.descriptor], [], [], max(0, left))
            if not ready:
                raise AssertionError(f"{text!r} was not shown within {seconds} s; shown: {self.shown!r}")
            try:
                piece = os.read(self.descriptor, 4096)
            except OSError:
                piece = b""
            if not piece:
                raise AssertionError(f"it ended before {text!r} was shown; shown: {self.shown!r}")
            self.shown += piece.decode(errors="replace")
        place = self.shown.index(text) + len(text)
        before, self.shown = self.shown[:place], self.shown[place:]
        return before

    def ends(self, seconds=20):
        """Waits for its end; returns its exit code."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            process, status = os.waitpid(self.process, os.WNOHANG)
            if process:
                self.process = None
                return os.waitstatus_to_exitcode(status)
            ready, _, _ = select.select([self.descriptor], [], [], 0.05)
            if ready:
                try:
                    self.shown += os.read(self.descriptor, 4096).decode(errors="replace")
                except OSError:
                    pass
        raise AssertionError(f"it did not end within {seconds} s; shown: {self.shown!r}")

    def close(self):
        if self.process:
            os.kill(self.process, signal.SIGKILL)
            os.waitpid(self.process, 0)
        os.close(self.descriptor)


class PromptCase(unittest.TestCase):
    """Each test has a home of its own and, unless it opens more, one prompt in it."""

    def setUp(self):
        self.home = tempfile.mkdtemp(prefix="pgbc-prompt-")
        self.addCleanup(shutil.rmtree, self.home)

    def open(self, *arguments):
        terminal = Terminal(["repl", *arguments], self.home)
        self.addCleanup(terminal.close)
        terminal.sees("pgbc> ")
        return terminal

    def enter(self, terminal, line):
        """Types a line; returns what was shown from its echo to the next prompt."""
        terminal.type(line + "\r")
        terminal.sees("\n")
        return terminal.sees("pgbc> ").replace("\r", "").removesuffix("pgbc> ")
