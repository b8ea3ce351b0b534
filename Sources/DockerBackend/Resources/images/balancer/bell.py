"""The bells at which nodes wait for a change on the control volume, instead of sleeping."""

import contextlib
import errno
import glob
import os
from pathlib import Path


def is_heard(directory, id):
    """False when nobody is at the bell of node `id`: its container does not run. True too where there is no bell."""
    try:
        os.close(os.open(Path(directory) / f"bell.{id}", os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC))
        return True
    except OSError as error:
        return error.errno != errno.ENXIO


def ring(directory, ids=None):
    """Wakes the nodes that wait at their bells: all of them without `ids`. A node that does not wait is no error."""
    paths = [Path(directory) / f"bell.{id}" for id in ids] if ids is not None else glob.glob(f"{directory}/bell.*")
    for path in paths:
        with contextlib.suppress(OSError):
            descriptor = os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            try:
                os.write(descriptor, b"\n")
            finally:
                os.close(descriptor)
