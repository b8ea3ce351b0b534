import hashlib
import socket
import struct
import threading
import unittest

import support  # noqa: F401
import knock
from pcp import PCP, PCPError, error_text, split_strings


class Server:
    """Serves one connection with `serve(connection)` on a loopback port."""

    def __init__(self, serve):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.run, args=(serve,), daemon=True)
        self.thread.start()

    def run(self, serve):
        connection, _ = self.listener.accept()
        with connection:
            serve(connection)

    def close(self):
        self.listener.close()
        self.thread.join(5)


def packet(kind, payload=b""):
    return kind + struct.pack("!i", len(payload) + 4) + payload


def read_packet(stream):
    kind, length = stream.read(1), struct.unpack("!i", stream.read(4))[0]
    return kind, stream.read(length - 4)


class PCPClient(unittest.TestCase):
    def serve(self, answers):
        """A PCP server that checks the log-in and then gives the answers in order; keeps what it was sent."""
        self.received = []

        def session(connection):
            stream = connection.makefile("rb")
            read_packet(stream)
            connection.sendall(packet(b"m", b"SALT"))
            self.received.append(read_packet(stream))
            connection.sendall(packet(b"r", b"AuthenticationOK\0"))
            for answer in answers:
                self.received.append(read_packet(stream))
                connection.sendall(answer)
            stream.read(5)

        server = Server(session)
        self.addCleanup(server.close)
        return PCP("secret", port=server.port)

    def test_the_password_is_sent_only_as_a_salted_digest(self):
        with self.serve([]):
            pass
        stored = hashlib.md5(b"secret").hexdigest().encode()
        inner = hashlib.md5(stored + b"pgbc").hexdigest().encode()
        wanted = hashlib.md5(inner + b"SALT").hexdigest().encode()
        self.assertEqual(self.received, [(b"R", b"pgbc\0" + wanted + b"\0")])

    def test_nodes_come_with_status_and_role(self):
        first = b"\0".join([b"CommandComplete", b"0", b"10.0.0.20", b"5432", b"up", b"primary"]) + b"\0"
        second = b"\0".join([b"CommandComplete", b"1", b"10.0.0.21", b"5432", b"down", b"standby"]) + b"\0"
        with self.serve([packet(b"l", b"CommandComplete\x002\0"), packet(b"h", first), packet(b"h", second)]) as pcp:
            nodes = pcp.nodes()
        found = [(node.status, node.role) for node in nodes.values()]
        self.assertEqual(found, [("up", "primary"), ("down", "standby")])

    def test_an_error_packet_is_raised_with_its_message(self):
        with self.serve([packet(b"E", b"SERROR\0Minvalid node\0Dnode 9\0")]) as pcp:
            with self.assertRaisesRegex(PCPError, "invalid node: node 9"):
                pcp.attach(9)

    def test_a_closed_connection_is_an_error_and_not_an_endless_wait(self):
        with self.serve([]) as pcp:
            with self.assertRaisesRegex(PCPError, "closed the PCP connection"):
                pcp.node_count()

    def test_the_primary_is_named_with_the_option_that_promotes_nothing(self):
        with self.serve([packet(b"d", b"CommandComplete\0")]) as pcp:
            pcp.name_primary(12)
        self.assertEqual(self.received[1], (b"J", b"12 \0n"))

    def test_texts_are_taken_apart(self):
        self.assertEqual(split_strings(b"a\0\0b\0"), ["a", "", "b"])
        self.assertEqual(error_text(b"SERROR\0"), "PCP error without a message")


class Knocking(unittest.TestCase):
    def verdict_of(self, answer):
        def session(connection):
            connection.recv(1024)
            connection.sendall(answer)

        server = Server(session)
        self.addCleanup(server.close)
        return knock.knock("127.0.0.1", server.port, 2.0)

    def test_a_request_for_a_password_means_accepting(self):
        self.assertEqual(self.verdict_of(packet(b"R", b"\0\0\0\x0a")), knock.ACCEPTING)

    def test_a_server_that_starts_or_stops_says_so(self):
        self.assertEqual(self.verdict_of(packet(b"E", b"SFATAL\0C57P03\0Mstarting up\0\0")), knock.STARTING)

    def test_any_other_refusal_still_means_a_living_server(self):
        self.assertEqual(self.verdict_of(packet(b"E", b"SFATAL\0C53300\0Mtoo many\0\0")), knock.ACCEPTING)

    def test_a_port_where_nobody_listens_refuses(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
        self.assertEqual(knock.knock("127.0.0.1", port, 2.0), knock.REFUSED)

    def test_a_server_that_never_answers_is_silent(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            self.assertEqual(knock.knock("127.0.0.1", server.getsockname()[1], 0.05), knock.SILENT)


if __name__ == "__main__":
    unittest.main()
