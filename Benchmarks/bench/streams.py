"""stream_messages: many small messages on one bidirectional stream, our runtime against C++ gRPC."""

import subprocess
import tempfile

from harness import CACHE

from . import by_turns, load, peers, pinned, report
from .echo import MESSAGE

PATH = "/cairn.echo.v1.Echo/Bidirectional"
MESSAGES = 1_000_000


def conversation(server):
    """Messages a second. The client checks that all come back, and must not be what is measured."""
    with tempfile.NamedTemporaryFile() as data:
        data.write(load.framed(MESSAGE))
        data.flush()
        run = subprocess.run(
            [*pinned(1), CACHE / "peers" / "stream-load", str(server.port), PATH, data.name, str(MESSAGES)],
            capture_output=True, text=True, check=True)
    seconds, client_cpu = map(float, run.stdout.split())
    assert client_cpu < 0.8 * seconds, f"the client was busy for {client_cpu:.1f} of {seconds:.1f} s"
    return MESSAGES / seconds, MESSAGES


def stream_messages():
    (rate, cpu), (baseline_rate, baseline_cpu) = by_turns(
        lambda: peers.measured(peers.ours(), conversation), lambda: peers.measured(peers.cpp(), conversation))
    report(
        "stream_messages", rate, baseline_rate, goal=1.5,
        unit=f"messages/s; {cpu.median:.2f} and {baseline_cpu.median:.2f} µs of CPU a message")
