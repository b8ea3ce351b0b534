"""The completion scripts of pgbc in the shells that they are for. CI has all three; elsewhere a missing one is skipped."""

import os
import re
import shutil
import subprocess
import tempfile
import unittest

from terminal import Terminal, executable

GREET = """-- greet: say hello
pgbc.args { tone = { choices = { "warm", "cold" }, help = "how: kind or not" }, to = { positional = true } }
"""


class ShellCase(unittest.TestCase):
    """A home with the recipe `greet` in ./pgbc, one folder, and pgbc on the path."""

    shell = ""

    def setUp(self):
        self.program = shutil.which(self.shell)
        if not self.program and os.environ.get("CI") == "true":
            self.fail(f"{self.shell} is not installed")
        if not self.program:
            self.skipTest(f"{self.shell} is not installed")
        self.home = tempfile.mkdtemp(prefix="pgbc-shell-")
        self.addCleanup(shutil.rmtree, self.home)
        self.write("pgbc/greet.lua", GREET)
        self.write("files/file.lua", "return 1")
        os.makedirs(os.path.join(self.home, "bin"))
        os.symlink(os.path.realpath(executable()), os.path.join(self.home, "bin", "pgbc"))
        self.path = os.path.join(self.home, "bin") + ":" + os.environ["PATH"]

    def write(self, name, text):
        path = os.path.join(self.home, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def script(self):
        words = [executable(), "completion", self.shell]
        return subprocess.run(words, capture_output=True, text=True, check=True, timeout=30).stdout

    def open(self, *arguments, prompt):
        terminal = Terminal(list(arguments), self.home, self.program, PATH=self.path, PS1="$ ")
        self.addCleanup(terminal.close)
        terminal.sees(prompt)
        return terminal

    def completed(self, typed, wanted):
        """Types a line and Tab in a new shell, and waits until the line reads as wanted."""
        shell = self.opened()
        shell.type(typed + "\t@")  # a mark, shown behind what Tab made of the line
        self.assertIn(wanted + "@", visible(shell.sees("@")))


class FishTests(ShellCase):
    shell = "fish"

    def complete(self, line):
        """What fish offers for the end of a line, by word."""
        self.write(".config/fish/completions/pgbc.fish", self.script())
        environment = dict(os.environ, HOME=self.home, PATH=self.path, DOCKER_HOST="unix:///nowhere/docker.sock")
        environment.pop("XDG_CONFIG_HOME", None)
        words = [self.program, "-c", f"complete -C '{line}'"]
        run = subprocess.run(
            words, cwd=self.home, env=environment, capture_output=True, text=True, check=True, timeout=60
        )
        self.assertEqual(run.stderr, "")
        return dict((line + "\t").split("\t")[:2] for line in run.stdout.splitlines())

    def test_verbs_recipes_and_their_arguments(self):
        self.assertEqual(list(self.complete("pgbc sca")), ["scale"])
        self.assertEqual(self.complete("pgbc gre"), {"greet": "say hello"})
        self.assertEqual(self.complete("pgbc greet --to"), {"--to": "", "--tone": "how: kind or not"})
        self.assertEqual(list(self.complete("pgbc greet --tone ")), ["cold", "warm"])
        self.assertEqual(list(self.complete("pgbc greet --tone=w")), ["--tone=warm"])

    def test_the_first_word_is_no_file(self):
        self.assertNotIn("files/", self.complete("pgbc "))

    def test_files_where_a_file_is_wanted(self):
        self.assertEqual(list(self.complete("pgbc init --config fi")), ["files/"])
        self.assertEqual(list(self.complete("pgbc init --config=files/f")), ["--config=files/file.lua"])


class ZshTests(ShellCase):
    shell = "zsh"
    sourcing = ""

    def opened(self):
        """An interactive zsh in which the script is a file of $fpath, as its help says."""
        self.write("functions/_pgbc", self.script())
        self.write(
            ".zshrc",
            "fpath=($HOME/functions $fpath)\nautoload -U compinit\ncompinit -u -D\nsetopt auto_list no_list_beep\n"
            "zstyle ':completion:*' format ''\nunsetopt zle_bracketed_paste prompt_sp\nPS1='$ '\nbindkey -e\n" + self.sourcing,
        )
        return self.open("-i", prompt="$ ")

    def test_verbs_recipes_and_their_arguments(self):
        self.completed("pgbc sca", "pgbc scale ")
        self.completed("pgbc gre", "pgbc greet ")
        self.completed("pgbc greet --ton", "pgbc greet --tone ")
        self.completed("pgbc greet --tone w", "pgbc greet --tone warm ")
        self.completed("pgbc greet --tone=w", "pgbc greet --tone=warm ")

    def test_what_there_is_to_choose_from_is_listed_with_what_it_means(self):
        shell = self.opened()
        shell.type("pgbc greet --to\t")
        listed = visible(shell.sees("how: kind or not"))
        self.assertIn("--tone", listed)

    def test_files_where_a_file_is_wanted(self):
        self.completed("pgbc init --config fil", "pgbc init --config files/")

    def test_the_script_can_be_sourced_too(self):
        self.sourcing = "unfunction _pgbc; source $HOME/functions/_pgbc\n"
        self.completed("pgbc sca", "pgbc scale ")


class BashTests(ShellCase):
    shell = "bash"

    def opened(self):
        self.write("pgbc.bash", self.script())
        self.write(".bashrc", "PS1='$ '; bind 'set bell-style none'; source pgbc.bash\n")
        return self.open("--noprofile", "--rcfile", os.path.join(self.home, ".bashrc"), "-i", prompt="$ ")

    def test_verbs_recipes_their_arguments_and_files(self):
        self.completed("pgbc sca", "pgbc scale ")
        self.completed("pgbc gre", "pgbc greet ")
        self.completed("pgbc greet --tone w", "pgbc greet --tone warm ")
        self.completed("pgbc greet --tone=w", "pgbc greet --tone=warm ")
        self.completed("pgbc init --config fil", "pgbc init --config files/")


def visible(text):
    """The text without the sequences that move the cursor and colour it; a backspace takes back a letter."""
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|\x07|\r", "", text)
    while "\x08" in text:
        text = re.sub(r"[^\x08]?\x08", "", text, count=1)
    return text


if __name__ == "__main__":
    unittest.main()
