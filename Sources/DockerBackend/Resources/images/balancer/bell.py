"""The bells at which nodes wait for a change on the control volume, instead of sleeping."""

import contextlib
import glob
import os
from pathlib import Path


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
