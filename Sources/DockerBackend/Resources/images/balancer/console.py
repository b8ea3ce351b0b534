"""PgBouncer's admin console, over its unix socket.

PgBouncer lets in, without a password, only who has the same user id as itself; the agent is root. So a short helper of
that user connects and hands the open socket over.
"""

import pwd
import socket
import struct
import sys
import time

import children

USER = "postgres"
DIAL_BOUND = 3.0
GLANCE = 0.002
HELPER = """
import socket, sys
with socket.socket(socket.AF_UNIX) as console, socket.socket(fileno=int(sys.argv[1])) as owner:
    console.settimeout(1)
    console.connect(sys.argv[2])
    socket.send_fds(owner, [b"!"], [console.fileno()])
"""


class ConsoleError(Exception):
    """The console could not be reached, refused a command, or did not answer within the bound."""


class ConsoleRefusal(ConsoleError):
    """PgBouncer understood the command and refused it."""


def dial(path):
    """A socket connected to `path` by a process of PgBouncer's user."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.settimeout(DIAL_BOUND)
        problem = children.run(
            [sys.executable, "-E", "-S", "-c", HELPER, str(theirs.fileno()), str(path)], DIAL_BOUND,
            pass_fds=(theirs.fileno(),), user=pwd.getpwnam(USER).pw_uid)
        if problem:
            raise ConsoleError(f"console {path}: {problem.splitlines()[-1]}")
        try:
            descriptors = socket.recv_fds(ours, 1, 1)[1]
        except OSError as error:
            raise ConsoleError(f"console {path}: {error}") from error
    if not descriptors:
        raise ConsoleError(f"console {path}: no connection was handed over")
    return socket.socket(fileno=descriptors[0])


def fields(payload):
    """The columns of a data row, as text."""
    count, = struct.unpack_from("!h", payload)
    at, found = 2, []
    for _ in range(count):
        length, = struct.unpack_from("!i", payload, at)
        at += 4
        found.append(payload[at:at + length].decode(errors="replace") if length >= 0 else None)
        at += max(length, 0)
    return found


def names(payload):
    """The column names of a row description."""
    count, = struct.unpack_from("!h", payload)
    at, found = 2, []
    for _ in range(count):
        end = payload.index(b"\0", at)
        found.append(payload[at:end].decode())
        at = end + 19
    return found


class Console:
    """One connection. Not for two threads at once."""

    def __init__(self, path, connect=dial):
        self.socket = connect(path)
        self.buffer = b""
        body = struct.pack("!i", 196608) + b"user\0pgbouncer\0database\0pgbouncer\0\0"
        try:
            self._send(struct.pack("!i", len(body) + 4) + body)
            self._answer(time.monotonic() + DIAL_BOUND)
        except ConsoleError:
            self.close()
            raise

    def ask(self, command, seconds):
        """Rows as dictionaries; ConsoleError when the answer is not complete within `seconds`."""
        self.send(command)
        return self._answer(time.monotonic() + seconds)

    def send(self, command):
        """Sends a command whose answer nobody waits for; `is_idle` tells when it has come."""
        text = command.encode() + b"\0"
        self._send(b"Q" + struct.pack("!i", len(text) + 4) + text)

    def is_idle(self):
        """True once the command that `send` sent has been answered, however."""
        try:
            self._answer(time.monotonic() + GLANCE)
            return True
        except ConsoleRefusal:
            return True
        except ConsoleError:
            return False

    def close(self):
        self.socket.close()

    def _send(self, packet):
        try:
            self.socket.settimeout(DIAL_BOUND)
            self.socket.sendall(packet)
        except OSError as error:
            raise ConsoleError(f"console: {error}") from error

    def _answer(self, deadline):
        columns, rows, refusal = [], [], None
        while True:
            kind, payload = self._packet(deadline)
            if kind == b"T":
                columns = names(payload)
            elif kind == b"D":
                rows.append(dict(zip(columns, fields(payload))))
            elif kind == b"E":
                parts = {part[:1]: part[1:].decode(errors="replace") for part in payload.split(b"\0") if part}
                refusal = parts.get(b"M", "refused")
            elif kind == b"Z":
                if refusal:
                    raise ConsoleRefusal(refusal)
                return rows

    def _packet(self, deadline):
        head = self._bytes(5, deadline)
        length, = struct.unpack("!i", head[1:])
        return head[:1], self._bytes(length - 4, deadline)

    def _bytes(self, count, deadline):
        while len(self.buffer) < count:
            left = deadline - time.monotonic()
            if left <= 0:
                raise ConsoleError("console: no answer in time")
            try:
                self.socket.settimeout(left)
                more = self.socket.recv(65536)
            except OSError as error:
                raise ConsoleError(f"console: {error or 'no answer in time'}") from error
            if not more:
                raise ConsoleError("console: PgBouncer closed the connection")
            self.buffer += more
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken
