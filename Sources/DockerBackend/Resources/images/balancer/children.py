"""Child processes of PID 1: short commands, and the reaping of orphans that the kernel hands to us."""

import os
import subprocess
import threading

_lock = threading.Lock()


def run(command, seconds, **options):
    """Runs a command to its end; answers what went wrong, or None. `options` are those of subprocess."""
    with _lock:
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, **options)
        except (OSError, subprocess.TimeoutExpired) as error:
            return str(error)
    return None if done.returncode == 0 else (done.stderr.strip() or f"exit status {done.returncode}")


def output(command, seconds):
    """What a command prints, on stdout or stderr; empty when it cannot be run."""
    with _lock:
        try:
            done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=seconds)
        except (OSError, subprocess.TimeoutExpired):
            return ""
    return done.stdout


def reap(keep):
    """Takes the exit status of ended children, up to one of `keep`, which its owner waits for."""
    if not _lock.acquire(blocking=False):
        return
    try:
        while True:
            ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            if ended is None or ended.si_pid in keep:
                return
            os.waitpid(ended.si_pid, 0)
    except ChildProcessError:
        pass
    finally:
        _lock.release()
