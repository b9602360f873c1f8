"""Clients that ask for much and read little: what the server holds for them is bounded, and given back."""

from harness.memory import is_within, resident
from harness.project import new_project
from harness.waiting import eventually

MIB = 1 << 20
READERS = 50


def test_watchers_that_do_not_read_hold_little_and_give_it_back(own_server):
    with own_server.channel() as channel:
        writer = new_project(channel)
        for i in range(20):
            writer.create(id=f"{i}", content="x" * (MIB - 16))
        before = resident(own_server.process)
    with own_server.channel(("grpc.max_receive_message_length", -1)) as channel:
        project = writer.elsewhere(channel)
        watches = [project.WatchContexts(after_position=0) for _ in range(READERS)]
        for watch in watches:
            assert next(watch).change.context.id == "0"
        held = resident(own_server.process) - before
        assert is_within(held, READERS * 6 * MIB), f"{held / MIB / READERS:.1f} MiB for each reader"
        for watch in watches:
            watch.cancel()
    eventually(
        lambda: is_within(resident(own_server.process) - before, 64 * MIB), "the memory is given back")


def test_contents_of_every_size_arrive_whole_and_in_order(own_server):
    sizes = [0, MIB - 16, 10, 200_000, 200_000, 1, 300_000, 0, MIB - 16, MIB - 16, 5, 100_000] * 2
    with own_server.channel() as channel:
        project = new_project(channel)
        for i, size in enumerate(sizes):
            project.create(id=f"{i}", content="y" * size)
        watcher = project.watch(after_position=0).caught_up()
        assert [(change.context.id, len(change.context.content)) for change in watcher.changes] == [
            (f"{i}", size) for i, size in enumerate(sizes)]
        watcher.close()
