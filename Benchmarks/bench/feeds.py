"""feed_fanout: one writer and a thousand watchers. feed_delay: a small write's change beside large writes."""

import random

from cairn.v1 import context_pb2

from . import by_turns, report, stored
from .call_load import Kind, beside, call_load, percentile

WATCHERS, CONNECTIONS = 1_000, 10
SECONDS = 3
# Writes a second of the writer whose changes are timed.
PACE = 20
BATCH, LENGTH = 1000, 4000


def watch_kind(**fields):
    return Kind("watch", stored.SERVICE + "WatchContexts", [context_pb2.WatchContextsRequest(**fields)])


def watching(server, watchers, connections, **fields):
    return beside(
        server.address, watch_kind(**fields), connections=connections, calls=watchers // connections, watch=True,
        position=stored.CHANGE_POSITION, noted=True)


def delays(writes, changes):
    """Milliseconds from the acknowledgement of a write to each delivery of its change."""
    acknowledged = {note.position: note.end for note in writes.notes}
    return [(note.end - acknowledged[note.position]) / 1e6 for note in changes.notes if note.position in acknowledged]


def fanout():
    with stored.serving(1000) as (server, _, _):
        def writing(**options):
            return call_load(
                server.address, stored.create_kind(), connections=1, seconds=SECONDS, position=stored.POSITION,
                noted=True, **options)

        def watched(**options):
            """What the writer did, and the watchers: every change came to each of them."""
            with watching(server, WATCHERS, CONNECTIONS) as watchers:
                watchers.await_ready()
                writes = writing(**options)
                return writes, watchers.end(changes=WATCHERS * writes.calls)

        alone, beside_watchers = by_turns(lambda: writing().rate, lambda: watched()[0].rate)
        report(
            "feed_fanout_rate", beside_watchers, alone, goal=0.8,
            unit=f"creates/s of one writer, {WATCHERS:,} watchers")
        paced, changes = watched(pace=PACE)
        times = delays(paced, changes)
        assert len(times) == WATCHERS * paced.calls, f"{len(times):,} changes of {paced.calls} writes"
        unit = f"ms to a watcher, {PACE} creates/s"
        report("feed_fanout_p50", percentile(times, 0.5), unit=unit)
        report("feed_fanout_p99", percentile(times, 0.99), unit=unit)


def batch_kind():
    dice = random.Random(1)
    batches = [
        context_pb2.BatchCreateContextsRequest(atomic=True, requests=[
            context_pb2.CreateContextRequest(context=stored.context(0, content=stored.words(LENGTH // 10, dice)))
            for _ in range(BATCH)])
        for _ in range(2)]
    return Kind("batch", stored.SERVICE + "BatchCreateContexts", batches)


def delay():
    with stored.serving(1000) as (server, _, _):
        with watching(server, 1, 1, filter=context_pb2.ContextFilter(owner="small")) as watcher:
            watcher.await_ready()
            with beside(server.address, batch_kind(), connections=1, seconds=10) as batches:
                writes = call_load(
                    server.address, stored.create_kind(owner="small"), connections=4, seconds=10, pace=PACE,
                    position=stored.POSITION, noted=True)
                large = batches.end()
            changes = watcher.end(changes=writes.calls)
        times = delays(writes, changes)
        assert len(times) == writes.calls
        report(
            "feed_delay_p99", percentile(times, 0.99), limit=250, higher_is_better=False,
            unit=f"ms from the acknowledgement, {writes.calls} creates beside {large.calls} batches of 4 MB;"
            f" p50 {percentile(times, 0.5):.0f} ms")
