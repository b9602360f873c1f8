"""Nothing sleeps to wait: what a test waits for is asked again until it holds or time is up."""

import time

from . import SLOWNESS


def eventually(condition, what, timeout=20.0, interval=0.02):
    """The first true value of `condition()`; an assertion that names `what` when it does not come in time."""
    timeout *= SLOWNESS
    deadline = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {timeout:g} s: {what}")
        time.sleep(interval)
