"""A connection to one PostgreSQL server that is kept open, and whose every use is bounded in time."""

import select
import threading
import time

import psycopg2
import psycopg2.extensions

from settings import SettingsError


class Unanswered(Exception):
    """The server did not answer within the bound: it hangs, or the network swallows what is sent."""


class Link:
    def __init__(self, address, port, user, secret):
        """`secret` is the password, or what answers the passwords to be tried one after the other."""
        self.parameters = {
            "host": address, "port": port, "user": user, "dbname": "postgres",
            "application_name": "pgbc_agent", "gssencmode": "disable",
        }
        self.passwords = secret if callable(secret) else lambda: [secret]
        self.connection = None
        self.prepared = set()  # statements that this connection knows
        self.ended_at = 0.0  # when an open connection was last found ended by the server
        self.lock = threading.Lock()

    def descriptor(self):
        """What becomes readable when the server ends the idle connection; None while there is none."""
        try:
            found = self.connection.fileno() if self.connection is not None else -1
        except psycopg2.Error:
            found = -1
        return found if found >= 0 else None

    def ask(self, sql, seconds, arguments=None):
        """The first row of the answer, or None without rows."""
        rows = self._answer(sql, seconds, arguments)[1]
        return rows[0] if rows else None

    def ask_prepared(self, name, sql, seconds):
        """The first row of a statement without arguments, which the server plans only once for each connection."""
        rows = self._answer(sql, seconds, None, name)[1]
        return rows[0] if rows else None

    def ask_all(self, sql, seconds, arguments=None):
        """All rows, as dictionaries by column name."""
        names, rows = self._answer(sql, seconds, arguments)
        return [dict(zip(names, row)) for row in rows]

    def _answer(self, sql, seconds, arguments, name=None):
        """Column names and rows. A connection found dead is opened again once.

        Raises Unanswered when `seconds` are over and psycopg2.Error for everything that the server or libpq reports.
        """
        deadline = time.monotonic() + seconds
        if not self.lock.acquire(timeout=seconds):
            raise Unanswered("another question to the same server is still open")
        try:
            if self.connection is not None:
                try:
                    return self._exchange(sql, arguments, deadline, name)
                except (psycopg2.OperationalError, psycopg2.InterfaceError):
                    self._drop()
                    self.ended_at = time.monotonic()
            return self._exchange(sql, arguments, deadline, name)
        except (Unanswered, psycopg2.OperationalError, psycopg2.InterfaceError):
            self._drop()
            raise
        finally:
            self.lock.release()

    def _drop(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None
            self.prepared.clear()

    def close(self):
        with self.lock:
            self._drop()

    def _exchange(self, sql, arguments, deadline, name=None):
        if self.connection is None:
            self._connect(deadline)
        cursor = self.connection.cursor()
        if name and name not in self.prepared:
            cursor.execute(f"PREPARE {name} AS {sql}")
            self._wait(deadline)
            self.prepared.add(name)
        cursor.execute(f"EXECUTE {name}" if name else sql, arguments)
        self._wait(deadline)
        if not cursor.description:
            return [], []
        return [column.name for column in cursor.description], cursor.fetchall()

    def _connect(self, deadline):
        try:
            *others, last = self.passwords()
        except (SettingsError, ValueError) as error:  # the file is just being replaced
            raise psycopg2.OperationalError(f"no password is known: {error}") from error
        for password in others:
            try:
                return self._log_in(password, deadline)
            except psycopg2.OperationalError:  # of a wrong password libpq has no code
                self._drop()
        self._log_in(last, deadline)

    def _log_in(self, password, deadline):
        self.connection = psycopg2.connect(async_=True, password=password, **self.parameters)
        self._wait(deadline)

    def _wait(self, deadline):
        """Drives the connection until it is ready."""
        while True:
            state = self.connection.poll()
            if state == psycopg2.extensions.POLL_OK:
                return
            left = deadline - time.monotonic()
            descriptor = self.connection.fileno()
            wanted = ([descriptor], []) if state == psycopg2.extensions.POLL_READ else ([], [descriptor])
            if left <= 0 or not any(select.select(*wanted, [], left)):
                raise Unanswered(f"{self.parameters['host']}:{self.parameters['port']} did not answer in time")
