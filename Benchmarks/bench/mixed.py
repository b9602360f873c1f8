"""mixed: what agents do, all at once; how long each kind of call takes, and gets beside an import."""

import random
import time

from cairn.v1 import context_pb2, search_pb2, transfer_pb2, transfer_pb2_grpc
from google.protobuf import field_mask_pb2

from . import report, stored
from .call_load import Kind, beside, call_load, percentile

STORED = 20_000
CONNECTIONS = 16
SECONDS = 8
# Contexts of an import, and characters of each: 4 MB.
IMPORTED, LENGTH, IMPORTS = 1000, 4000, 3


def texts():
    dice = random.Random(1)
    return [stored.words(80, dice) for _ in range(STORED)]


def kinds(texts):
    """80 % gets, 10 % creates, 5 % updates, 5 % searches."""
    dice = random.Random(2)
    updates = [
        context_pb2.UpdateContextRequest(
            context=context_pb2.Context(id=str(stored.FIRST + dice.randrange(STORED)), content=stored.words(80, dice)),
            update_mask=field_mask_pb2.FieldMask(paths=["content"]))
        for _ in range(2000)]
    creates = [
        context_pb2.CreateContextRequest(context=stored.context(0, content=stored.words(80, dice)))
        for _ in range(2000)]
    # Two words that stand together somewhere.
    searches = [
        search_pb2.SearchRequest(
            query=" ".join(dice.sample(dice.choice(texts).split(), 2)), view=context_pb2.CONTEXT_VIEW_BASIC)
        for _ in range(500)]
    return [
        stored.get_kind(stored.ids(STORED), weight=80), Kind("create", stored.SERVICE + "CreateContext", creates, 10),
        Kind("update", stored.SERVICE + "UpdateContext", updates, 5),
        Kind("search", stored.SERVICE + "Search", searches, 5)]


def importing(channel, turn):
    """Imports 4 MB and returns when, in nanoseconds of the monotonic clock."""
    dice = random.Random(turn)
    records = [
        transfer_pb2.TransferRecord(context=stored.context(
            number, id=f"imported-{turn}-{number}", content=stored.words(LENGTH // 10, dice)))
        for number in range(IMPORTED)]
    requests = [transfer_pb2.ImportContextsRequest(records=records[at:at + 250]) for at in range(0, IMPORTED, 250)]
    start = time.monotonic_ns()
    *_, last = transfer_pb2_grpc.TransferServiceStub(channel).ImportContexts(iter(requests), timeout=60)
    assert last.done and last.stored == IMPORTED, last
    return start, time.monotonic_ns()


def run():
    contents = texts()
    calls = kinds(contents)
    with stored.serving(STORED, contents.__getitem__) as (server, _, _), server.channel() as channel:
        load = call_load(server.address, *calls, connections=CONNECTIONS, seconds=SECONDS)
        for name, times in load.kinds.items():
            report(f"mixed_{name}_p50", times.p50 / 1000, unit="ms")
            report(f"mixed_{name}_p99", times.p99 / 1000, unit="ms")
        report("mixed", load.rate, unit=f"calls/s of all kinds, {CONNECTIONS} connections with a call each")

        with beside(server.address, *calls, connections=CONNECTIONS, seconds=SECONDS, noted=True) as beside_imports:
            windows = [importing(channel, turn) for turn in range(IMPORTS)]
            notes = beside_imports.end().notes
        during = [
            note.end - note.start for note in notes
            if note.kind == 0 and any(note.start < end and note.end > start for start, end in windows)]
        assert len(during) > 100, f"only {len(during)} gets beside imports"
        report(
            "mixed_get_p99_import", percentile(during, 0.99) / 1e6, load.kinds["get"].p99 / 1000,
            higher_is_better=False, unit=f"ms beside imports of 4 MB, {len(during):,} gets; an import took"
            f" {sum(end - start for start, end in windows) / len(windows) / 1e6:,.0f} ms; the baseline is without")
