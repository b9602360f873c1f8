"""soak: mixed work for an hour; the server's memory and the times of calls, minute by minute.

    python -m bench.soak [--minutes N]
"""

import argparse
import statistics

from harness import stubs

stubs.build()

from harness.memory import resident  # noqa: E402

from . import end, mixed, report, stored  # noqa: E402
from .call_load import call_load  # noqa: E402

# Calls a second: some 100,000 contexts are created in an hour, so that the server and not the disk is filled.
PACE = 300
# Kilobytes that the server may grow by in a minute, on average of the minutes after the first tenth. Fewer minutes than
# these say nothing of it.
SLOPE, FEWEST = 64, 10


def slope(values):
    """By how much the values grow from one to the next, by least squares."""
    return statistics.linear_regression(range(len(values)), values).slope


def run(minutes):
    contents = mixed.texts()
    calls = mixed.kinds(contents)
    memory = []
    with stored.serving(mixed.STORED, contents.__getitem__) as (server, database, _):
        for minute in range(1, minutes + 1):
            done = call_load(server.address, *calls, connections=mixed.CONNECTIONS, seconds=60, pace=PACE)
            memory.append(resident(server.process) / 1024)
            times = ", ".join(
                f"{name} {times.p50 / 1000:.1f} and {times.p99 / 1000:.1f}" for name, times in done.kinds.items())
            print(
                f"soak: minute {minute}: {memory[-1] / 1024:.1f} MB resident, {stored.rows(database):,} contexts,"
                f" {done.calls:,} calls; p50 and p99 in ms: {times}", flush=True)
        assert server.stop() == 0
    steady = memory[len(memory) // 10:]
    if len(steady) >= FEWEST:
        report("soak_slope", max(slope(steady), 0.01), limit=SLOPE, higher_is_better=False, unit="KB of RSS a minute")
    else:
        print(f"soak: no slope of fewer than {FEWEST} minutes; {memory[0] / 1024:.1f} to {memory[-1] / 1024:.1f} MB")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="Benchmarks/run-long soak")
    parser.add_argument("--minutes", type=int, default=60, help="how long (default: 60)")
    run(parser.parse_args().minutes)
    end()
