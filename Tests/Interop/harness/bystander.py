"""A client that must not notice what others do to its server, and the server's memory meanwhile."""

import contextlib
import pathlib
import threading
import time

from cairn.echo.v1 import echo_pb2, echo_pb2_grpc

MEGABYTE = 1 << 20


def resident(process, field="VmRSS"):
    """Bytes of a process in memory; `VmHWM` is the most there were."""
    for line in pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) * 1024
    raise AssertionError(f"the server is gone: no {field}")


class Bystander:
    """Calls the echo service again and again on a connection of its own."""

    def __init__(self, server):
        self.server = server
        self.latencies = []
        self.error = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._call, daemon=True)

    def _call(self):
        message = echo_pb2.EchoMessage(text="still here?")
        try:
            with self.server.channel(("grpc.use_local_subchannel_pool", 1)) as channel:
                stub = echo_pb2_grpc.EchoStub(channel)
                while not self._stop.wait(0.005) or len(self.latencies) < 30:
                    begun = time.monotonic()
                    assert stub.Unary(message, timeout=30) == message
                    self.latencies.append(time.monotonic() - begun)
        except Exception as error:
            self.error = error

    def start(self):
        self._thread.start()

    def stop(self):
        self._stop.set()
        self._thread.join(40)
        assert self.error is None, self.error


@contextlib.contextmanager
def undisturbed(server, megabytes, worst=2.0, median=0.25):
    """Nobody else waits longer, and the server grows by no more, while the body does its worst.

    The bounds on latency, in seconds, leave room for a debug build on a busy machine.
    """
    bystander = Bystander(server)
    bystander.start()
    before = resident(server.process)
    pathlib.Path(f"/proc/{server.process.pid}/clear_refs").write_text("5")  # The most is counted from now on.
    try:
        yield bystander
    finally:
        bystander.stop()
    grown = (resident(server.process, "VmHWM") - before) / MEGABYTE
    assert grown < megabytes, f"the server grew by {grown:.0f} MB"
    latencies = sorted(bystander.latencies)
    assert latencies[-1] < worst and latencies[len(latencies) // 2] < median, latencies[-5:]
