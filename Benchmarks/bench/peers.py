"""The echo servers that are compared, each on the first core, and what a run costs them."""

import contextlib
import os
import pathlib
import sys
import tempfile

from harness import CACHE, ROOT
from harness.certificates import Authority
from harness.server import Server

from . import pinned

CPP = CACHE / "peers" / "echo"
TICKS = os.sysconf("SC_CLK_TCK")


def ours(*options):
    return Server(*options, program="EchoServer", command=(), prefix=pinned(0))


def cpp(*options):
    return Server(*options, program=CPP, command=(), prefix=pinned(0))


def python():
    script = ROOT / "Benchmarks" / "peers" / "echo.py"
    return Server(program=pathlib.Path(sys.executable), command=(script,), prefix=pinned(0))


@contextlib.contextmanager
def certificate_options():
    """The options that make either server speak TLS."""
    with tempfile.TemporaryDirectory() as folder:
        pair = Authority(folder).issue("server")
        yield ["--tls-cert", pair.certificate, "--tls-key", pair.key]


def cpu_seconds(server):
    """What the server's process has used so far."""
    fields = pathlib.Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def measured(server, load):
    """Starts `server`, runs `load`, which gives a rate or a time and a number of calls, and ends it.

    Returns the former, and the server's CPU time for one call in microseconds: that stands a disturbed machine
    better than the rate does.
    """
    server.start()
    try:
        before = cpu_seconds(server)
        result, calls = load(server)
        return result, (cpu_seconds(server) - before) / calls * 1e6
    finally:
        server.kill()
