"""Benches: ours and a baseline by turns on the same machine, medians, one BENCH line each."""

import os
import statistics
import sys
import time
import traceback

CORES = sorted(os.sched_getaffinity(0))

# What was missed, as the last lines say it.
missed = []


def pinned(core):
    """The prefix that keeps a process on one core, counted from 0; nothing where there is only one core."""
    return ["taskset", "--cpu-list", str(CORES[core])] if core < len(CORES) > 1 else []


class Runs(list):
    """What several runs of the same thing gave."""

    @property
    def median(self):
        return statistics.median(self)

    @property
    def spread(self):
        return f"{min(self):.4g}–{max(self):.4g}"


def by_turns(*bodies, rounds=3):
    """Runs all bodies alternately, so that a slow moment of the machine hits each, and returns the Runs of each.

    Where a run gives several numbers, there are Runs of each number.
    """
    turns = [[body() for body in bodies] for _ in range(rounds)]
    return tuple(_runs(list(runs)) for runs in zip(*turns))


def _runs(runs):
    if isinstance(runs[0], tuple):
        return tuple(map(Runs, zip(*runs)))
    return Runs(runs)


def report(name, ours, baseline=None, limit=None, goal=None, higher_is_better=True, unit=""):
    """Prints a BENCH line of numbers or Runs. A ratio of 1 or more means that ours is better.

    A baseline is what something else does; a limit is what we have set ourselves, with the goal 1. A ratio below the
    goal is a miss, and the whole run fails for it, at its end.
    """
    ours, other = _as_runs(ours), _as_runs(baseline if limit is None else limit)
    if limit is not None and goal is None:
        goal = 1
    line = f"BENCH {name} ours={ours.median:.6g}"
    notes = [unit] if unit else []
    if other:
        ratio = ours.median / other.median if higher_is_better else other.median / ours.median
        line += f" {'baseline' if limit is None else 'limit'}={other.median:.6g} ratio={ratio:.2f}"
    if len(ours) > 1:
        notes.append(f"ours {ours.spread}" + (f", baseline {other.spread}" if len(other) > 1 else ""))
    if goal is not None:
        notes.append(_judged(name, ratio >= goal, f"goal {goal:g}", f"{ratio:.2f} instead of {goal:g}"))
    print(line + (notes and "  # " + "; ".join(notes) or ""), flush=True)


def report_difference(name, ours, baseline, most, unit=""):
    """Prints a BENCH line of times of which ours may be longer, by `most` at most."""
    ours, other = _as_runs(ours), _as_runs(baseline)
    more = ours.median - other.median
    verdict = _judged(name, more <= most, f"goal {most:g} more", f"{more:.0f} more instead of {most:g}")
    print(
        f"BENCH {name} ours={ours.median:.6g} baseline={other.median:.6g} ratio={other.median / ours.median:.2f}"
        f"  # {unit}; ours {ours.spread}, baseline {other.spread}; {more:+.0f}, {verdict}", flush=True)


def run_all(benches, *arguments):
    """Runs benches by their names. One that fails does not keep the others from running; the exit status tells."""
    start = time.monotonic()
    for name, bench in benches.items():
        try:
            bench(*arguments)
        except Exception as error:
            traceback.print_exc()
            missed.append(f"{name}: failed: {(str(error) or type(error).__name__).splitlines()[0]}")
    print(f"benches: {time.monotonic() - start:.0f} s", flush=True)
    end()


def end():
    """Ends with the status 1 and says why, if a goal was missed."""
    if missed:
        sys.exit("\n".join(f"MISSED {line}" for line in missed))


def _as_runs(value):
    if value is None:
        return Runs()
    return value if isinstance(value, Runs) else Runs([value])


def _judged(name, is_reached, goal, miss):
    if is_reached:
        return goal
    missed.append(f"{name}: {miss}")
    return f"{goal}, MISSED"
