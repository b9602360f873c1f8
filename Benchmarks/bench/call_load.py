"""Load on a gRPC server from `call-load`, which sends other requests with every call and checks each answer."""

import array
import contextlib
import dataclasses
import json
import pathlib
import subprocess
import tempfile

from harness import CACHE

from .load import framed

PROGRAM = CACHE / "peers" / "call-load"
# In the place of this the load puts 16 characters that no other call has.
UNIQUE = "@" * 16


@dataclasses.dataclass
class Kind:
    """One kind of call: a method, and the requests of which every call takes one: at random, or `in_order`."""

    name: str
    path: str
    requests: list
    weight: int = 1


@dataclasses.dataclass
class Times:
    """How many calls of a kind there were, and the microseconds that they took."""

    calls: int
    p50: float
    p99: float
    max: float


@dataclasses.dataclass
class Note:
    """A call: the number of its kind, nanoseconds of its start and end, and the position of what it wrote."""

    kind: int
    start: int
    end: int
    position: int


class Run:
    """What one run did. Every call brought its message and the status 0."""

    def __init__(self, text, notes):
        known = json.loads(text)
        if known["failures"]:
            raise AssertionError(f"calls failed, by status: {known['failures']}")
        self.seconds = known["seconds"]
        self.cpu_seconds = known["cpu_seconds"]
        self.kinds = {name: Times(**times) for name, times in known["kinds"].items()}
        self.notes = notes

    @property
    def calls(self):
        return sum(times.calls for times in self.kinds.values())

    @property
    def rate(self):
        # A load that is busy all the time would measure itself.
        assert self.cpu_seconds < 0.9 * self.seconds, f"the load was busy for {self.cpu_seconds} of {self.seconds} s"
        return self.calls / self.seconds


class Load:
    """A run under way."""

    def __init__(self, address, *kinds, connections, calls=1, noted=False, **options):
        self._folder = tempfile.TemporaryDirectory(prefix="cairn-load.")
        folder = pathlib.Path(self._folder.name)
        self._log = folder / "log" if noted else None
        arguments = []
        for name, value in {"connections": connections, "calls": calls, "log": self._log, **options}.items():
            if value is not None:
                option = "--" + name.replace("_", "-")
                arguments += [option] if value is True else [option, str(value)]
        for number, kind in enumerate(kinds):
            file = folder / str(number)
            file.write_bytes(b"".join(map(framed, kind.requests)))
            arguments.append(f"{kind.name}={kind.weight}:{kind.path}:{file}")
        self._process = subprocess.Popen(
            [PROGRAM, address, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True)

    def await_ready(self):
        """Waits until every feed has begun."""
        line = self._process.stdout.readline()
        if line != "ready\n":
            raise AssertionError(f"{line}{self._process.communicate()[1]}")

    def end(self, changes=None):
        """Waits for the end of the run: of feeds when as many changes have come."""
        with self._folder:
            text, errors = self._process.communicate(None if changes is None else f"{changes}\n")
            if self._process.returncode != 0:
                raise AssertionError(errors.strip())
            return Run(text, _notes(self._log) if self._log else [])

    def kill(self):
        self._process.kill()
        self._process.communicate()
        self._folder.cleanup()


def _notes(file):
    numbers = array.array("q", file.read_bytes())
    return [Note(*numbers[at:at + 4]) for at in range(0, len(numbers), 4)]


def call_load(*arguments, **options):
    """A whole run."""
    return Load(*arguments, **options).end()


@contextlib.contextmanager
def beside(*arguments, **options):
    """A run under way while the body runs; killed when the body fails."""
    load = Load(*arguments, **options)
    try:
        yield load
    except BaseException:
        load.kill()
        raise


def percentile(values, share):
    """The value that this share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
