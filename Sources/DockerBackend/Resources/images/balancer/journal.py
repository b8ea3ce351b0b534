"""The agent's log lines, one per event on stderr, with the time in UTC."""

import sys
import threading
from datetime import datetime, timezone

_lock = threading.Lock()


def now_text():
    return datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]


def log(message):
    line = f"{now_text()}: pgbc: {message}\n"
    with _lock:
        sys.stderr.write(line)
        sys.stderr.flush()
