import socket
import struct
import threading
import unittest
from types import SimpleNamespace
from unittest import mock

import support  # noqa: F401
import bouncer
import config
import console
import login
import logins
from login import Scram, Unavailable


def packet(kind, body):
    return kind + struct.pack("!i", len(body) + 4) + body


def request(number, rest=b""):
    return packet(b"R", struct.pack("!i", number) + rest)


class FakeServer:
    """Answers one connection: the script is a list of packets, each sent after something was received."""

    def __init__(self, *script):
        self.heard = []
        self.client, server = socket.socketpair()
        self.thread = threading.Thread(target=self.serve, args=(server, script), daemon=True)
        self.thread.start()

    def serve(self, server, script):
        with server:
            for answer in script:
                self.heard.append(server.recv(4096))
                server.sendall(answer)

    def asks(self, user="ann", password="secret"):
        with self.client:
            self.client.settimeout(5)
            return login.Login(self.client, user, password).is_right()


class LoggingIn(unittest.TestCase):
    def test_the_proof_is_that_of_the_standard(self):
        scram = Scram("pencil", nonce="rOprNGfwEbeRWgbNEkqO")
        scram.first = "n=user,r=rOprNGfwEbeRWgbNEkqO"
        answer = scram.proof("r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096")
        self.assertTrue(answer.endswith(b",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="), answer)

    def test_a_server_that_answers_with_another_nonce_is_not_believed(self):
        with self.assertRaises(ValueError):
            Scram("x", nonce="abc").proof("r=xyz,s=QQ==,i=1")

    def test_a_password_that_the_server_takes_is_right(self):
        self.assertTrue(FakeServer(request(3), request(0)).asks())

    def test_a_password_that_the_server_refuses_is_wrong(self):
        refused = packet(b"E", b"SFATAL\0C28P01\0Mpassword authentication failed\0\0")
        self.assertFalse(FakeServer(request(3), refused).asks())

    def test_a_server_that_is_shutting_down_says_nothing_about_the_password(self):
        stopping = packet(b"E", b"SFATAL\0C57P03\0Mthe database system is shutting down\0\0")
        with self.assertRaisesRegex(Unavailable, "shutting down"):
            FakeServer(stopping).asks()

    def test_a_server_that_closes_says_nothing_either(self):
        with self.assertRaises(Unavailable):
            FakeServer(request(3), b"").asks()

    def test_a_clear_password_is_sent_as_it_is(self):
        server = FakeServer(request(3), request(0))
        server.asks(password="pässword")
        self.assertTrue(server.heard[1].endswith("pässword\0".encode()))


class Asking(unittest.TestCase):
    def make(self, *problems):
        watches = [SimpleNamespace(node=support.node(id), problem=problem) for id, problem in enumerate(problems)]
        fleet = SimpleNamespace(watches=lambda: watches)
        return logins.Logins(fleet, SimpleNamespace(read=lambda: SimpleNamespace(primary=1)))

    def ask(self, made, answers):
        asked = []

        def is_right(address, *_):
            asked.append(int(address.rsplit(".", 1)[1]) - 20)
            if isinstance(answers[asked[-1]], Exception):
                raise answers[asked[-1]]
            return answers[asked[-1]]

        with mock.patch("logins.login.is_right", is_right), mock.patch("logins.log"), mock.patch("logins.BOUND", 0.01):
            return made.are_right("ann", "secret"), asked

    def test_the_primary_is_asked_first(self):
        self.assertEqual(self.ask(self.make(None, None, None), {1: True}), (True, [1]))

    def test_a_replica_is_asked_while_the_primary_is_away(self):
        self.assertEqual(self.ask(self.make(None, "gone", None), {0: False}), (False, [0]))

    def test_the_next_node_decides_when_one_cannot(self):
        self.assertEqual(self.ask(self.make(None, None), {1: Unavailable(), 0: True}), (True, [1, 0]))

    def test_nobody_is_let_in_when_no_node_can_say(self):
        self.assertFalse(self.ask(self.make("gone"), {})[0])


class Configuration(unittest.TestCase):
    def test_the_pools_fit_what_pgpool_can_serve(self):
        self.assertIn("default_pool_size = 30\n", bouncer.render({}))
        self.assertIn("default_pool_size = 62\n", bouncer.render({"num_init_children": "64"}))
        self.assertIn("default_pool_size = 7\n", bouncer.render({"default_pool_size": "7"}))
        self.assertIn("default_pool_size = 1\n", bouncer.render({"num_init_children": "2"}))

    def test_what_holds_it_together_cannot_be_overridden(self):
        text = bouncer.render({"auth_type": "any", "pool_mode": "session", "max_client_conn": "50"})
        self.assertIn("auth_type = pam\n", text)
        self.assertIn("pool_mode = transaction\n", text)
        self.assertIn("max_client_conn = 50\n", text)
        self.assertIn("* = host=127.0.0.1 port=9997\n", text)

    def test_every_parameter_of_pgbouncer_is_kept_from_pgpool(self):
        self.assertEqual(set(bouncer.DEFAULTS), set(config.BOUNCER))
        text = config.render({"max_client_conn": "50"}, {}, {}, "secret")
        self.assertNotIn("max_client_conn", text)

    def test_pgpool_listens_on_loopback_only_when_pgbouncer_is_in_front(self):
        held, plain = (config.render({}, {}, {}, "secret", hold=hold) for hold in (True, False))
        self.assertIn("listen_addresses = '127.0.0.1'\n", held)
        self.assertIn("port = '9997'\n", held)
        self.assertIn("disable_load_balance_on_write = 'transaction'\n", held)
        self.assertIn("listen_addresses = '*'\n", plain)
        self.assertIn("port = '9999'\n", plain)
        self.assertIn("disable_load_balance_on_write = 'always'\n", plain)

    def test_a_node_that_is_drained_gets_no_new_sessions(self):
        text = config.render({}, {1: support.node(1)}, {}, "secret", drained={1})
        self.assertIn("backend_weight1 = 0\n", text)


class FakePgbouncer:
    """Listens on a unix socket and answers each command with the packets of `answers`."""

    def __init__(self, answers):
        self.answers = answers

    def connect(self, path):
        client, server = socket.socketpair()
        threading.Thread(target=self.serve, args=(server,), daemon=True).start()
        return client

    def serve(self, server):
        with server:
            server.recv(4096)
            server.sendall(request(0) + packet(b"S", b"server_version\x001\0") + packet(b"Z", b"I"))
            while head := server.recv(5):
                command = server.recv(struct.unpack("!i", head[1:])[0] - 4)[:-1].decode()
                server.sendall(self.answers.get(command, b""))


class Consoles(unittest.TestCase):
    def make(self, answers):
        made = console.Console("/nowhere", FakePgbouncer(answers).connect)
        self.addCleanup(made.close)
        return made

    def test_rows_come_by_column_name(self):
        named = b"".join(name + b"\0" + b"\0" * 18 for name in (b"database", b"waiting"))
        columns = packet(b"T", struct.pack("!h", 2) + named)
        row = packet(b"D", struct.pack("!hi", 2, 3) + b"abc" + struct.pack("!i", -1))
        made = self.make({"SHOW POOLS": columns + row + packet(b"C", b"SHOW\0") + packet(b"Z", b"I")})
        self.assertEqual(made.ask("SHOW POOLS", 5), [{"database": "abc", "waiting": None}])

    def test_a_refusal_is_told_from_silence(self):
        made = self.make({"PAUSE": packet(b"E", b"SERROR\0C08P01\0Malready paused\0\0") + packet(b"Z", b"I")})
        with self.assertRaisesRegex(console.ConsoleRefusal, "already paused"):
            made.ask("PAUSE", 5)
        with self.assertRaises(console.ConsoleError) as raised:
            made.ask("something else", 0.01)
        self.assertNotIsInstance(raised.exception, console.ConsoleRefusal)

    def test_a_command_may_be_sent_without_waiting_for_its_answer(self):
        made = self.make({})
        made.send("PAUSE")
        self.assertFalse(made.is_idle())


if __name__ == "__main__":
    unittest.main()
