"""Where this balancer's files are, and what is in them."""

import json
import time
from dataclasses import dataclass, replace
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
    hold: bool = False
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


def parameters_of(document):
    return {str(name): str(value) for name, value in document.get("parameters", {}).items()}


def parse(text):
    try:
        document = json.loads(text)
        return Settings(document["cluster"], document["balancer"], parameters_of(document),
                        document.get("hold", False) is True)
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise SettingsError(f"{SETTINGS}: {error!r}") from error


def overlaid(made, text):
    """The settings with which the container was made, and over them what parameters.json says now."""
    try:
        document = json.loads(text)
        return replace(made, parameters=parameters_of(document), hold=document.get("hold", made.hold) is True)
    except (ValueError, AttributeError, TypeError) as error:
        raise SettingsError(f"parameters.json: {error!r}") from error


def load():
    try:
        made = parse(SETTINGS.read_text())
    except OSError as error:
        raise SettingsError(f"{SETTINGS}: {error}; pgbc uploads it before the balancer starts") from error
    try:
        text = (made.directory / "parameters.json").read_text()
    except OSError:
        return made
    return overlaid(made, text)


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
