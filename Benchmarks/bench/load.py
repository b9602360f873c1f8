"""Load on a gRPC server from h2load, which knows nothing of gRPC: so what it counts is checked here."""

import dataclasses
import re
import statistics
import struct
import subprocess
import tempfile

from . import pinned


@dataclasses.dataclass
class Load:
    """What one run of h2load did."""

    seconds: float
    requests: int
    body_bytes: int
    # The median of the times between a request and its answer, where that was asked for.
    microseconds: float | None = None

    @property
    def rate(self):
        return self.requests / self.seconds


UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}


def framed(message):
    """A message with gRPC's prefix of five bytes."""
    body = message.SerializeToString()
    return b"\0" + struct.pack(">I", len(body)) + body


def h2load(
        address, path, message, answer, requests=None, seconds=None, clients=10, streams=100, core=None,
        scheme="http", times=False):
    """Sends the same call again and again; with `times` it takes the time of each.

    Every answer must be an HTTP 200. A gRPC error is one, too, and h2load does not see its status; but it has no
    message. So a good `answer` is wanted: the bytes received prove that each call brought one of its size.
    """
    with tempfile.NamedTemporaryFile() as data, tempfile.NamedTemporaryFile("r") as log:
        data.write(framed(message))
        data.flush()
        amount = [f"--requests={requests}"] if requests else [f"--duration={seconds}"]
        run = subprocess.run(
            [*(pinned(core) if core is not None else []), "h2load", *amount, f"--clients={clients}",
             f"--max-concurrent-streams={streams}", f"--data={data.name}",
             *([f"--log-file={log.name}"] if times else []), "--header=content-type: application/grpc",
             "--header=te: trailers", "--header=grpc-timeout: 30S", f"{scheme}://{address}{path}"],
            capture_output=True, text=True, check=True)
        load = understand(run.stdout, answer)
        if times:
            # A line is the time of the start, the status and the microseconds it took.
            load.microseconds = statistics.median(int(line.split("\t")[2]) for line in log)
    return load


def understand(text, answer):
    """Reads h2load's report and refuses one with failures in it, or with other answers than `answer`."""
    counts = dict((name, int(number)) for number, name in re.findall(
        r"(\d+) (total|started|done|succeeded|failed|errored|timeout)", text.split("requests: ")[1].splitlines()[0]))
    # In a timed run the calls still open at the end are cut off; they count as nothing.
    if counts["failed"] or counts["errored"] or counts["timeout"] or counts["succeeded"] != counts["done"]:
        raise AssertionError(f"calls failed:\n{text}")
    number, unit = re.search(r"finished in ([\d.]+)(us|ms|s|m|h)\b", text).groups()
    body = re.search(r"\((\d+)\) data", text.split("traffic: ")[1].splitlines()[0])
    load = Load(float(number) * UNITS[unit], counts["succeeded"], int(body[1]))
    # Of calls that were cut off some bytes may have come.
    expected = len(framed(answer)) * load.requests
    if load.requests == 0 or not expected <= load.body_bytes <= expected * 1.05 + 1_000_000:
        raise AssertionError(f"{load.body_bytes} bytes of answers instead of {expected}: calls failed\n{text}")
    return load
