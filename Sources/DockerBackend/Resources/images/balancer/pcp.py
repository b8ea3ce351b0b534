"""A client of pgpool's PCP port.

One short connection per exchange: pgpool waits for open PCP connections after a failover, so that a lasting one would
hold it up. Answers of PCP prove nothing (it acknowledges what it then refuses): callers look at the state afterwards.
"""

import hashlib
import socket
import struct
from dataclasses import dataclass

HEALTH_FIELDS = ("node_id", "hostname", "port", "status", "role", "last_status_change", "total_count",
                 "success_count", "fail_count", "skip_count", "retry_count", "average_retry_count", "max_retry_count",
                 "max_duration", "min_duration", "average_duration", "last_health_check",
                 "last_successful_health_check", "last_skip_health_check", "last_failed_health_check")
PROCESS_FIELDS = ("pid", "start_time", "client_connections", "pool", "backend", "database", "username",
                  "backend_connected_at", "client_connected_at", "client_disconnected_at", "client_idle", "major",
                  "minor", "uses", "backend_pid", "connected", "status")


class PCPError(Exception):
    """The PCP port could not be reached, or answered with an error."""


@dataclass(frozen=True)
class PoolNode:
    """A backend as pgpool sees it. `status` is up, down, waiting, unused or quarantine; `role` primary or standby."""

    status: str
    role: str
    health: dict


def md5(text, salt):
    return hashlib.md5(text + salt).hexdigest().encode()


def split_strings(payload):
    """The zero-terminated strings of a packet's payload."""
    return [part.decode(errors="replace") for part in payload.split(b"\0")[:-1]]


def error_text(payload):
    """Message and detail of an error packet: fields of one letter and a zero-terminated text."""
    fields = {part[:1]: part[1:] for part in split_strings(payload) if part}
    return ": ".join(fields[key] for key in "MD" if key in fields) or "PCP error without a message"


class PCP:
    def __init__(self, secret, host="127.0.0.1", port=9898, user="pgbc", timeout=2.0):
        self.address, self.user, self.secret, self.timeout = (host, port), user.encode(), secret.encode(), timeout

    def __enter__(self):
        try:
            self.socket = socket.create_connection(self.address, self.timeout)
            self.reader = self.socket.makefile("rb")
            self._authenticate()
        except OSError as error:
            self._close()
            raise PCPError(f"PCP on {self.address[0]}:{self.address[1]}: {error}") from error
        except PCPError:
            self._close()
            raise
        return self

    def __exit__(self, *_):
        try:
            self._send(b"X")
        except OSError:
            pass
        self._close()

    def _close(self):
        if getattr(self, "socket", None):
            self.socket.close()

    def _send(self, kind, payload=b""):
        self.socket.sendall(kind + struct.pack("!i", len(payload) + 4) + payload)

    def _receive(self):
        """The next packet's kind and payload; raises PCPError for an error packet and skips notices."""
        while True:
            head = self.reader.read(5)
            if len(head) < 5:
                raise PCPError("pgpool closed the PCP connection")
            kind, length = head[:1], struct.unpack("!i", head[1:])[0]
            payload = self.reader.read(length - 4)
            if kind == b"E":
                raise PCPError(error_text(payload))
            if kind != b"N":
                return kind, payload

    def _call(self, kind, payload=b""):
        try:
            self._send(kind, payload)
            return self._receive()[1]
        except OSError as error:
            raise PCPError(f"PCP command {kind.decode()}: {error}") from error

    def _authenticate(self):
        salt = self._call(b"M")[:4]
        inner = md5(hashlib.md5(self.secret).hexdigest().encode(), self.user)
        self._call(b"R", self.user + b"\0" + md5(inner, salt) + b"\0")

    def node_count(self):
        return int(split_strings(self._call(b"L"))[1])

    def nodes(self):
        """All backends by id, out of pgpool's shared memory: no backend is contacted."""
        found = {}
        for id in range(self.node_count()):
            health = dict(zip(HEALTH_FIELDS, split_strings(self._call(b"H", b"%d\0" % id))[1:]))
            found[id] = PoolNode(health["status"], health["role"], health)
        return found

    def processes(self):
        """One entry per pooled connection slot, with the fields of PROCESS_FIELDS."""
        try:
            self._send(b"P", b"0\0")
            rows = []
            while True:
                strings = split_strings(self._receive()[1])
                if strings[0] == "CommandComplete":
                    return rows
                if strings[0] == "ProcessInfo":
                    rows.append(dict(zip(PROCESS_FIELDS, strings[1:])))
        except OSError as error:
            raise PCPError(f"PCP process list: {error}") from error

    def attach(self, id):
        self._call(b"C", b"%d\0" % id)

    def detach(self, id):
        self._call(b"D", b"%d\0" % id)

    def name_primary(self, id):
        """Makes pgpool take `id` for the primary. It promotes nothing and marks all other backends down."""
        # pgpool's own client counts the zero after the blank but not the option; the server reads blank, zero, option.
        self.socket.sendall(b"J" + struct.pack("!i", len(b"%d \0n" % id) + 4) + b"%d \0n" % id)
        self._receive()
