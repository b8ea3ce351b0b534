"""Where this balancer's files are, and what is in them."""

import json
import time
from dataclasses import dataclass, field, replace
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
    taken: dict = field(default_factory=dict)  # changed secrets, by name, that are in force although the old one is still there

    @property
    def directory(self):
        return self.control / self.balancer

    def secret(self, name):
        """The secret that is in force: while it is being changed, the one before until the new one was taken."""
        old = self.secret_before(name)
        if not old:
            return self._read(name)
        new = self._new_or(name, old)
        return new if self.taken.get(name) == new else old

    def secrets(self, name):
        """That one, and then the other one while there are two: somebody else may have got further with the change."""
        known = self.secret(name)
        others = [self._new_or(name, known), self.secret_before(name)]
        return list(dict.fromkeys(secret for secret in (known, *others) if secret))

    def secret_new(self, name):
        """The one that it is changed to, or simply the secret."""
        return self._read(name)

    def secret_before(self, name):
        """What it is changed from; empty while it is not being changed."""
        try:
            return (self.control / "secrets" / f"{name}.before").read_text().strip("\n")
        except OSError:
            return ""

    def changing(self):
        """Names of secrets whose old ones are still there."""
        return sorted(path.name.removesuffix(".before") for path in (self.control / "secrets").glob("*.before"))

    def take(self, names):
        """From now on the new ones are in force."""
        self.taken.update({name: self._read(name) for name in names})

    def _new_or(self, name, other):
        try:
            return self._read(name)
        except SettingsError:
            return other

    def _read(self, name):
        try:
            found = (self.control / "secrets" / name).read_text().strip("\n")
        except OSError as error:
            raise SettingsError(f"secret {name}: {error}") from error
        if not found:  # the file is just being replaced
            raise SettingsError(f"secret {name}: it is empty")
        return found


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
