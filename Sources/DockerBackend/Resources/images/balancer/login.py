"""Whether a name and password are right: asked of PostgreSQL by logging in there, so that no role is copied."""

import base64
import hashlib
import hmac
import secrets
import socket
import struct
import unicodedata

OK, CLEAR, MD5, SASL, SASL_CONTINUE, SASL_FINAL = 0, 3, 5, 10, 11, 12
MECHANISM = b"SCRAM-SHA-256"
BAD_CREDENTIALS = "28"  # the class of SQLSTATE codes for a refused name or password


class Unavailable(Exception):
    """The server said nothing about the password: it does not answer, or it takes no connections now."""


def prepared(password):
    """The password as PostgreSQL hashes it. Plain ASCII stays as it is."""
    return password if password.isascii() else unicodedata.normalize("NFKC", password)


def digest(key, text):
    return hmac.digest(key, text, "sha256")


def verifier(password, salt=None, rounds=4096):
    """What PostgreSQL keeps of a password (RFC 5803), so that the password itself need not be sent."""
    salt = salt or secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", prepared(password).encode(), salt, rounds)
    stored, server = hashlib.sha256(digest(salted, b"Client Key")).digest(), digest(salted, b"Server Key")
    salt, stored, server = (base64.b64encode(part).decode() for part in (salt, stored, server))
    return f"SCRAM-SHA-256${rounds}:{salt}${stored}:{server}"


class Scram:
    """The client's side of SCRAM-SHA-256 (RFC 7677), without channel binding."""

    def __init__(self, password, nonce=None):
        self.password = prepared(password).encode()
        self.nonce = nonce or base64.b64encode(secrets.token_bytes(18)).decode()
        self.first = f"n=,r={self.nonce}"

    def begin(self):
        return f"n,,{self.first}".encode()

    def proof(self, server_first):
        """The client's last message, which proves that it knows the password; ValueError for a wrong server message."""
        parts = dict(part.split("=", 1) for part in server_first.split(","))
        if not parts.get("r", "").startswith(self.nonce):
            raise ValueError("the server answered with another nonce")
        salted = hashlib.pbkdf2_hmac("sha256", self.password, base64.b64decode(parts["s"]), int(parts["i"]))
        key = digest(salted, b"Client Key")
        bare = f"c=biws,r={parts['r']}"
        signed = ",".join((self.first, server_first, bare)).encode()
        signature = digest(hashlib.sha256(key).digest(), signed)
        proof = bytes(one ^ other for one, other in zip(key, signature))
        return f"{bare},p={base64.b64encode(proof).decode()}".encode()


class Login:
    """One attempt over one connection."""

    def __init__(self, connection, user, password):
        self.connection, self.reader = connection, connection.makefile("rb")
        self.user, self.password = user, password

    def is_right(self):
        """True or False as the server decides; Unavailable when it decides nothing."""
        name = self.user.encode()
        body = struct.pack("!i", 196608) + b"user\0" + name + b"\0database\0postgres\0application_name\0pgbc_login\0\0"
        self.connection.sendall(struct.pack("!i", len(body) + 4) + body)
        scram = Scram(self.password)
        while True:
            kind, payload = self._packet()
            if kind == b"E":
                return self._refused(payload)
            if kind != b"R":
                continue
            request, rest = struct.unpack_from("!i", payload)[0], payload[4:]
            if request == OK:
                return True
            self._answer(request, rest, scram)

    def _answer(self, request, rest, scram):
        if request == CLEAR:
            self._send(self.password.encode() + b"\0")
        elif request == MD5:
            inner = hashlib.md5(self.password.encode() + self.user.encode()).hexdigest().encode()
            self._send(b"md5" + hashlib.md5(inner + rest[:4]).hexdigest().encode() + b"\0")
        elif request == SASL and MECHANISM in rest.split(b"\0"):
            first = scram.begin()
            self._send(MECHANISM + b"\0" + struct.pack("!i", len(first)) + first)
        elif request == SASL_CONTINUE:
            self._send(scram.proof(rest.decode()))
        elif request != SASL_FINAL:
            raise Unavailable(f"the server asks for a login of kind {request}")

    def _refused(self, payload):
        parts = {part[:1]: part[1:].decode(errors="replace") for part in payload.split(b"\0") if part}
        if parts.get(b"C", "").startswith(BAD_CREDENTIALS):
            return False
        raise Unavailable(parts.get(b"M", "an error without a message"))

    def _send(self, body):
        self.connection.sendall(b"p" + struct.pack("!i", len(body) + 4) + body)

    def _packet(self):
        head = self.reader.read(5)
        if len(head) < 5:
            raise Unavailable("the server closed the connection")
        return head[:1], self.reader.read(struct.unpack("!i", head[1:])[0] - 4)


def is_right(address, port, user, password, seconds):
    """Asks one server, whose every answer may take `seconds`."""
    try:
        with socket.create_connection((address, port), seconds) as connection:
            return Login(connection, user, password).is_right()
    except (OSError, ValueError, KeyError, struct.error) as error:
        raise Unavailable(str(error)) from error
