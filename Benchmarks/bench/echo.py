"""unary_echo: our runtime against C++ gRPC, server and client on a core each."""

from cairn.echo.v1 import echo_pb2, echo_pb2_grpc

from harness import CACHE
from harness.server import Server

from . import by_turns, load, pinned, report

PEER = CACHE / "peers" / "echo"
PATH = "/cairn.echo.v1.Echo/Unary"
MESSAGE = echo_pb2.EchoMessage(text="world")


def measure(server):
    """Calls a second; an ordinary client checks the answer first."""
    with server.channel() as channel:
        assert echo_pb2_grpc.EchoStub(channel).Unary(MESSAGE, timeout=5) == MESSAGE
    return load.h2load(server.address, PATH, MESSAGE, answer=MESSAGE, seconds=4, core=1).rate


def run():
    ours = Server(program="EchoServer", command=(), prefix=pinned(0))
    peer = Server(program=PEER, command=(), prefix=pinned(0))

    def one(server):
        server.start()
        try:
            return measure(server)
        finally:
            server.kill()

    report("unary_echo", *by_turns(lambda: one(ours), lambda: one(peer), rounds=5), unit="calls/s")
