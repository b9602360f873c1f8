"""Runs the benches named, or all, and fails at the end when one of them has missed its goal."""

import sys

from harness import stubs

stubs.build()

from . import (  # noqa: E402
    appends, codec, cold_start, creates, echo, feeds, footprint, gets, hot_row, idle, langgraph, mixed,
    run_all, session_feeds, session_size, streams)

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
    "gets": gets.run,
    "creates": creates.run,
    "appends": appends.run,
    "session_watch": session_feeds.watch,
    "session_live": session_feeds.live,
    "session_size": session_size.run,
    "langgraph": langgraph.run,
    "mixed": mixed.run,
    "feed_fanout": feeds.fanout,
    "feed_delay": feeds.delay,
    "hot_row": hot_row.run,
    "cold_start": cold_start.run,
    "footprint": footprint.run,
}


names = sys.argv[1:]
if unknown := [name for name in names if name not in BENCHES]:
    sys.exit(f"no bench is called {unknown[0]!r}; there are: {', '.join(BENCHES)}")
run_all({name: BENCHES[name] for name in names or BENCHES})
