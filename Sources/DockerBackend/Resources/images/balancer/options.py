"""What the cluster promises its writers: the file `options` of the balancer's directory."""

from dataclasses import dataclass

WAIT, DEGRADE = "wait", "degrade"


@dataclass(frozen=True)
class Options:
    sync: int = 0  # replicas that must have a write before it is acknowledged
    when_short: str = WAIT


def parse(text):
    """The options in lines of `KEY VALUE`; None while the last line is not yet `end`."""
    lines = [line.split() for line in text.splitlines() if line.strip()]
    if not lines or lines[-1] != ["end"]:
        return None
    given = {fields[0]: fields[1] for fields in lines[:-1] if len(fields) == 2}
    sync, short = given.get("sync", "0"), given.get("when_short", WAIT)
    return Options(int(sync) if sync.isdigit() else 0, short if short in (WAIT, DEGRADE) else WAIT)


def is_lowered(directory, record):
    """True when the recorded primary has acknowledged writes that fewer replicas have than `sync` asks for."""
    try:
        return (directory / "degraded").read_text().split() == [str(record.term), str(record.primary)]
    except OSError:
        return False


class OptionsFile:
    """`options` of the balancer's directory. The engine replaces a file by removing it first, so what was read last stays in force while it
    is missing or not whole."""

    def __init__(self, directory):
        self.path = directory / "options"
        self.known = None

    def read(self):
        """What is promised; None where the file is there and was never seen whole."""
        try:
            text = self.path.read_text()
        except OSError:
            return self.known or Options()
        self.known = parse(text) or self.known
        return self.known
