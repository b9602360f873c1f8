"""Runs the benches named, or all."""

import sys

from harness import stubs

stubs.build()

from . import codec, contexts, echo, footprint, idle, streams  # noqa: E402

BENCHES = {
    "codec": codec.run,
    "echo": echo.unary_echo,
    "python": echo.unary_echo_python,
    "tls": echo.tls_unary,
    "latency": echo.unary_latency,
    "large": echo.large_unary,
    "stream_messages": streams.stream_messages,
    "connections": idle.connections,
    "streams": idle.streams,
    "contexts": contexts.run,
    "footprint": footprint.run,
}

names = sys.argv[1:] or list(BENCHES)
if unknown := [name for name in names if name not in BENCHES]:
    sys.exit(f"no bench is called {unknown[0]!r}; there are: {', '.join(BENCHES)}")
for name in names:
    BENCHES[name]()
