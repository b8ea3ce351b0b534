"""Whether a PostgreSQL server answers at all, without logging in: the first byte of the protocol tells."""

import socket
import struct

ACCEPTING, STARTING, REFUSED, SILENT = "accepting", "starting", "refused", "silent"

CANNOT_CONNECT_NOW = "57P03"


def verdict(answer):
    """What the first bytes of a server's answer to a start-up packet mean."""
    if answer[:1] == b"R":
        return ACCEPTING
    if answer[:1] != b"E":
        return REFUSED
    codes = [field[1:] for field in answer[5:].split(b"\0") if field[:1] == b"C"]
    return STARTING if CANNOT_CONNECT_NOW.encode() in codes else ACCEPTING


def knock(address, port, seconds, connect=None):
    """ACCEPTING, STARTING (or stopping), REFUSED (nobody listens) or SILENT (no answer within `seconds`).

    `connect` bounds the first step alone: a machine that is there opens a connection at once, however busy or hung its programs are.
    """
    body = struct.pack("!i", 196608) + b"user\0pgbc_monitor\0database\0postgres\0\0"
    try:
        with socket.create_connection((address, port), connect or seconds) as connection:
            connection.settimeout(seconds)
            connection.sendall(struct.pack("!i", len(body) + 4) + body)
            return verdict(connection.recv(1024))
    except TimeoutError:
        return SILENT
    except OSError:
        return REFUSED
