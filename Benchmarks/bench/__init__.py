"""Benches: ours and a baseline by turns on the same machine, medians, one BENCH line each."""

import os
import statistics

CORES = sorted(os.sched_getaffinity(0))


def pinned(core):
    """The prefix that keeps a process on one core, counted from 0; nothing where there is only one core."""
    return ["taskset", "--cpu-list", str(CORES[core])] if core < len(CORES) > 1 else []


def by_turns(ours, baseline, rounds=3):
    """Runs both alternately, so that a slow moment of the machine hits both, and returns the medians.

    Where a run gives several numbers, each has its own median.
    """
    pairs = [(ours(), baseline()) for _ in range(rounds)]
    return tuple(map(_median, zip(*pairs)))


def _median(runs):
    if isinstance(runs[0], tuple):
        return tuple(statistics.median(numbers) for numbers in zip(*runs))
    return statistics.median(runs)


def report(name, ours, baseline, higher_is_better=True, unit=""):
    """Prints a BENCH line. A ratio of 1 or more means that ours is better."""
    ratio = ours / baseline if higher_is_better else baseline / ours
    print(f"BENCH {name} ours={ours:.6g} baseline={baseline:.6g} ratio={ratio:.2f}{unit and '  # ' + unit}", flush=True)
