"""A client that must not notice what others do to its server, and the server's memory meanwhile."""

import contextlib
import threading
import time

from cairn.echo.v1 import echo_pb2, echo_pb2_grpc

from . import SANITIZER
from .memory import forget_most, is_within, resident

MEGABYTE = 1 << 20


def echo(channel):
    """A call of the echo service."""
    stub, message = echo_pb2_grpc.EchoStub(channel), echo_pb2.EchoMessage(text="still here?")

    def call():
        assert stub.Unary(message, timeout=30) == message

    return call


class Bystander:
    """Calls a server again and again on a connection of its own.

    `calls` gives, for a channel, the function that makes one call: of the echo service unless told otherwise.
    """

    def __init__(self, server, calls=echo):
        self.server = server
        self.calls = calls
        self.latencies = []
        self.calls_begun = []
        self.error = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._call, daemon=True)

    def _call(self):
        try:
            with self.server.channel(("grpc.use_local_subchannel_pool", 1)) as channel:
                call = self.calls(channel)
                while not self._stop.wait(0.005) or len(self.latencies) < 30:
                    begun = time.monotonic()
                    call()
                    self.calls_begun.append(begun)
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

    The bounds on latency, in seconds, leave room for a debug build on a busy machine. They are not stretched: a
    bystander notices what it notices. Of programs with a sanitizer they are not asked.
    """
    bystander = Bystander(server)
    bystander.start()
    before = resident(server.process)
    forget_most(server.process)
    try:
        yield bystander
    finally:
        bystander.stop()
    grown = resident(server.process, "VmHWM") - before
    assert is_within(grown, megabytes * MEGABYTE), f"the server grew by {grown / MEGABYTE:.0f} MB"
    latencies = sorted(bystander.latencies)
    if SANITIZER is None:
        assert latencies[-1] < worst, latencies[-5:]
        assert latencies[len(latencies) // 2] < median, latencies
