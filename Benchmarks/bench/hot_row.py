"""hot_row: many writers of one row; how many writes that row takes, and how long reads of other rows take meanwhile."""

from cairn.v1 import context_pb2
from google.protobuf import field_mask_pb2

from . import by_turns, report, stored
from .call_load import Kind, beside, call_load

STORED = 10_000
WRITERS, READERS = 32, 8
# Reads a second of all readers: few enough that an idle server is idle.
PACE = 400
SECONDS = 4


def run():
    update = Kind("update", stored.SERVICE + "UpdateContext", [context_pb2.UpdateContextRequest(
        context=context_pb2.Context(id=str(stored.FIRST), title=f"Note {number}"),
        update_mask=field_mask_pb2.FieldMask(paths=["title"])) for number in range(100)])
    with stored.serving(STORED) as (server, _, _):
        others = stored.get_kind(stored.ids(STORED, leave_out=1))

        def read():
            return call_load(server.address, others, connections=READERS, seconds=SECONDS, pace=PACE)

        def beside_writers():
            with beside(server.address, update, connections=WRITERS, seconds=SECONDS) as writers:
                return read().kinds["get"].p99 / 1000, writers.end().rate

        (busy, rate), idle = by_turns(beside_writers, lambda: read().kinds["get"].p99 / 1000)
        report("hot_row", rate, unit=f"updates/s of one row, {WRITERS} writers")
        report(
            "hot_row_reads_p99", busy, idle, goal=0.5, higher_is_better=False,
            unit=f"ms, {PACE} reads/s of other rows; the baseline is without writers")
