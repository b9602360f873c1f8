"""Runs the large benches named, or all, on a kept database of `--contexts` contexts."""

import argparse

from harness import stubs

stubs.build()

from bench import run_all  # noqa: E402

from . import data, graph, hot_paths, search, transfer  # noqa: E402

# Each takes the kept database's Data. What writes much works on a copy of it.
BENCHES = {"search": search.run, "graph": graph.run, "hot_paths": hot_paths.run, "transfer": transfer.run}

parser = argparse.ArgumentParser(prog="Benchmarks/run-large")
parser.add_argument("--contexts", type=int, default=1_000_000, help="how many contexts (default: 1,000,000)")
parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHES)} (default: all)")
options = parser.parse_args()
if unknown := [name for name in options.names if name not in BENCHES]:
    parser.error(f"no bench is called {unknown[0]!r}; there are: {', '.join(BENCHES)}")
with data.kept(options.contexts) as kept:
    run_all({name: BENCHES[name] for name in options.names or BENCHES}, kept)
