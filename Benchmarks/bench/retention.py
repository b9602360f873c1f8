"""retention: contexts that are updated for ever; what the database grows to when history is kept for some seconds.

    python -m bench.retention [--updates N]
"""

import argparse

from harness import stubs

stubs.build()

from cairn.v1 import context_pb2, project_pb2, project_pb2_grpc  # noqa: E402
from google.protobuf import field_mask_pb2  # noqa: E402

from . import Runs, end, report, stored  # noqa: E402
from .call_load import Kind, call_load  # noqa: E402

STORED = 1_000
WRITERS = 32
# Seconds for which history is kept, and those after which the size is looked at.
RETENTION, STEP = 10, 20
# An hour's retention has its partitions pruned every minute, this one as much more often.
OPTIONS = ("--history-prune-interval", "1s")
# How much larger than after the first fifth the database may be at the end.
GROWTH = 1.5


def run(updates):
    update = Kind("update", stored.SERVICE + "UpdateContext", [context_pb2.UpdateContextRequest(
        context=context_pb2.Context(id=id, title=f"Note {number}", content=f"{number} {stored.TEXT}"),
        update_mask=field_mask_pb2.FieldMask(paths=["title", "content"]))
        for number in range(3) for id in stored.ids(STORED)])
    with stored.serving(STORED, options=OPTIONS) as (server, database, _):
        keep(server)
        done, sizes, rates = 0, [], Runs()
        while done < updates:
            load = call_load(server.address, update, connections=WRITERS, seconds=STEP)
            done += load.calls
            rates.append(load.rate)
            sizes.append(int(database.value("SELECT pg_database_size(current_database())")) / 1e6)
            print(f"retention: {done:,} updates, {sizes[-1]:.0f} MB, {load.rate:,.0f} a second", flush=True)
    early = sizes[len(sizes) // 5]
    report(
        "retention_disk", sizes[-1], limit=GROWTH * early, higher_is_better=False,
        unit=f"MB after {done:,} updates of {STORED:,} contexts, {RETENTION} s kept; {early:.0f} MB after a fifth")
    report("retention_rate", rates, unit="updates/s")


def keep(server):
    project = project_pb2.Project(id="default")
    project.history_retention.seconds = RETENTION
    with server.channel() as channel:
        project_pb2_grpc.ProjectServiceStub(channel).UpdateProject(project_pb2.UpdateProjectRequest(
            project=project, update_mask=field_mask_pb2.FieldMask(paths=["history_retention"])))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="Benchmarks/run-long retention")
    parser.add_argument("--updates", type=int, default=1_000_000, help="how many (default: 1,000,000)")
    run(parser.parse_args().updates)
    end()
