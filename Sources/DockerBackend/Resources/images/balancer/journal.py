"""The agent's log on stderr, with the time in UTC, and the logs of its children.

A thread of its own writes: the engine that reads stderr may be slow, and nothing that clients wait for must wait for it.
"""

import atexit
import os
import queue
import threading
import time
from datetime import datetime, timezone

KEPT = 20000  # lines that may wait to be written; more are dropped
LAST_BOUND = 1.0

_lines = queue.Queue(KEPT)
_start = threading.Lock()
_writer = None


def now_text():
    return datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]


def log(message):
    emit(f"{now_text()}: pgbc: {message}\n".encode())


def emit(line):
    """Passes a line on as it is."""
    global _writer
    if _writer is None:
        with _start:
            if _writer is None:
                _writer = threading.Thread(target=_write, name="log", daemon=True)
                _writer.start()
                atexit.register(drain)
    try:
        _lines.put_nowait(line)
    except queue.Full:
        pass


def drain(seconds=LAST_BOUND):
    """Waits until what was said is written, for `seconds` at most."""
    deadline = time.monotonic() + seconds
    while _lines.unfinished_tasks and time.monotonic() < deadline:
        time.sleep(0.005)


def _write():
    while True:
        line = _lines.get()
        try:
            while line:
                line = line[os.write(2, line):]
        except OSError:
            pass
        finally:
            _lines.task_done()
