"""Where this balancer's files are, and what is in them."""

import json
import time
from dataclasses import dataclass
from pathlib import Path

CONTROL = Path("/pgbc/control")
SETTINGS = Path("/pgbc/balancer.json")


class SettingsError(Exception):
    """A file that pgbc should have written is missing or unreadable."""


@dataclass(frozen=True)
class Settings:
    cluster: str
    balancer: str
    parameters: dict
    control: Path = CONTROL

    @property
    def directory(self):
        return self.control / self.balancer

    def secret(self, name):
        path = self.control / "secrets" / name
        try:
            return path.read_text().strip("\n")
        except OSError as error:
            raise SettingsError(f"secret {name}: {error}") from error


def parse(text):
    try:
        document = json.loads(text)
        parameters = {str(name): str(value) for name, value in document.get("parameters", {}).items()}
        return Settings(document["cluster"], document["balancer"], parameters)
    except (ValueError, KeyError, AttributeError) as error:
        raise SettingsError(f"{SETTINGS}: {error!r}") from error


def load():
    try:
        return parse(SETTINGS.read_text())
    except OSError as error:
        raise SettingsError(f"{SETTINGS}: {error}; pgbc uploads it before the balancer starts") from error


def wait_for(what, seconds, look, pause=0.02, meanwhile=lambda: None):
    """The first true answer of `look`; raises SettingsError naming `what` after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        answer = look()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise SettingsError(f"waited {seconds:g} s for {what}")
        meanwhile()
        time.sleep(pause)
