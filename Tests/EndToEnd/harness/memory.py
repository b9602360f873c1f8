"""How much memory a process has, and whether that is within a bound."""

import pathlib

from . import SANITIZER


def resident(process, field="VmRSS"):
    """Bytes of a process in memory; `VmHWM` is the most there were."""
    for line in pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) * 1024
    raise AssertionError(f"the server is gone: no {field}")


def forget_most(process):
    """The most that a process had in memory is counted from now on."""
    pathlib.Path(f"/proc/{process.pid}/clear_refs").write_text("5")


def is_within(size, limit):
    """Whether `size` bytes are less than `limit`. Not asked of programs with a sanitizer: they keep a shadow of their
    memory, and for a while what they gave back, and so have as much as the sanitizer likes."""
    return SANITIZER is not None or size < limit
