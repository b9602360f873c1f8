"""One message there and one back: our runtime against C++ gRPC and Python, server and client on a core each."""

from cairn.echo.v1 import echo_pb2, echo_pb2_grpc

from . import by_turns, load, peers, report

PATH = "/cairn.echo.v1.Echo/Unary"
MESSAGE = echo_pb2.EchoMessage(text="world")
LARGE = echo_pb2.EchoMessage(text="x" * 4_000_000)


def calls(message=MESSAGE, scheme="http", **amount):
    """A load of unary calls; where it can, an ordinary client checks the answer first."""

    def run(server):
        if scheme == "http":
            with server.channel() as channel:
                assert echo_pb2_grpc.EchoStub(channel).Unary(message, timeout=20) == message
        done = load.h2load(server.address, PATH, message, answer=message, core=1, scheme=scheme, **amount)
        return done.rate, done.requests

    return run


def compare(name, ours, baseline, run, rounds, goal=None):
    """Reports the calls a second of two servers under the same load."""
    (rate, cpu), (baseline_rate, baseline_cpu) = by_turns(
        lambda: peers.measured(ours, run), lambda: peers.measured(baseline, run), rounds=rounds)
    report(
        name, rate, baseline_rate, goal=goal,
        unit=f"calls/s; {cpu.median:.1f} and {baseline_cpu.median:.1f} µs of CPU a call")


def unary_echo():
    compare("unary_echo", peers.ours(), peers.cpp(), calls(seconds=4), rounds=5, goal=3.5)


def unary_echo_python():
    compare("unary_echo_python", peers.ours(), peers.python(), calls(seconds=2), rounds=3)


def tls_unary():
    with peers.certificate_options() as options:
        compare(
            "tls_unary", peers.ours(*options), peers.cpp(*options), calls(scheme="https", seconds=3), rounds=3,
            goal=1.3)


def large_unary():
    run = calls(LARGE, requests=240, clients=4, streams=1)
    compare("large_unary", peers.ours(), peers.cpp(), run, rounds=3, goal=1)


def unary_latency():
    """Microseconds of a call, the median, with one call at a time on one connection."""

    def run(server):
        done = load.h2load(
            server.address, PATH, MESSAGE, answer=MESSAGE, core=1, seconds=2, clients=1, streams=1, times=True)
        return done.microseconds, done.requests

    (time, cpu), (baseline_time, baseline_cpu) = by_turns(
        lambda: peers.measured(peers.ours(), run), lambda: peers.measured(peers.cpp(), run), rounds=4)
    report(
        "unary_latency", time, baseline_time, goal=1, higher_is_better=False,
        unit=f"µs a call; {cpu.median:.1f} and {baseline_cpu.median:.1f} µs of CPU")
