"""Runs a command and ends it when it has said nothing for too long: tests that hang end, and say which they were.

    watchdog.py SECONDS COMMAND [ARGUMENT…]

SECONDS is stretched by CAIRN_TEST_SLOWNESS. What the command says goes to standard output, both its outputs in their
order. Tests run one after the other, so its last lines name the one that hangs. The exit status is the command's, or
124 when it was ended: then all processes of its group are, first with SIGABRT, for which Swift says where each thread
is, then with SIGKILL.
"""

import os
import select
import signal
import subprocess
import sys


def run(seconds, command):
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
    # Ctrl-C reaches this process only: the command is in a session of its own.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: os.killpg(process.pid, number))
    if copy(process.stdout, seconds):
        return process.wait()
    say(f"\nwatchdog: nothing was said for {seconds:g} s: the test begun last hangs. Its threads:\n".encode())
    for number, patience in ((signal.SIGABRT, 30), (signal.SIGKILL, 5)):
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            break
        copy(process.stdout, patience)
    process.wait()
    return 124


def copy(pipe, seconds):
    """Copies what comes until the end; False when nothing came for so long."""
    while select.select([pipe], [], [], seconds)[0]:
        chunk = os.read(pipe.fileno(), 1 << 16)
        if not chunk:
            return True
        say(chunk)
    return False


def say(chunk):
    sys.stdout.buffer.write(chunk)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    slowness = float(os.environ.get("CAIRN_TEST_SLOWNESS", "1"))
    sys.exit(run(float(sys.argv[1]) * slowness, sys.argv[2:]))
