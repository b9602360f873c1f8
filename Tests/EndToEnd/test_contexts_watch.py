"""A watcher sees each change once and in order, and goes on after a cut wherever it was."""

import random
import threading

import grpc
import pytest
from cairn.v1 import context_pb2

from harness.project import new_project
from harness.refusals import refused
from harness.waiting import eventually

CHANGE = context_pb2.ContextChange
OUT_OF_RANGE = grpc.StatusCode.OUT_OF_RANGE


def history(watcher):
    return [(change.kind, change.context.id, change.context.version) for change in watcher.changes]


def write_all_kinds(contexts):
    """One change of each kind; returns what a watcher must see."""
    contexts.create(id="x", title="one", content="c1")
    contexts.update("x", title="two")
    contexts.DeleteContext(id="x")
    contexts.UndeleteContext(id="x")
    return [
        (CHANGE.KIND_CREATED, "x", 1), (CHANGE.KIND_UPDATED, "x", 2), (CHANGE.KIND_DELETED, "x", 3),
        (CHANGE.KIND_UNDELETED, "x", 4)]


def test_x13_live_changes_of_every_kind_arrive_in_order(contexts):
    watcher = contexts.watch().caught_up()
    expected = write_all_kinds(contexts)
    watcher.wait_for_changes(4)
    assert history(watcher) == expected
    assert [change.old_version for change in watcher.changes] == [0, 1, 2, 3]
    assert [change.context.title for change in watcher.changes] == ["one", "two", "two", "two"]
    assert [change.context.HasField("delete_time") for change in watcher.changes] == [False, False, True, False]
    assert watcher.changes[-1].context == contexts.GetContext(id="x")
    watcher.close()


def test_x13_the_past_arrives_with_the_images_of_its_time(contexts):
    expected = write_all_kinds(contexts)
    contexts.update("x", title="three", content="c2")
    watcher = contexts.watch(after_position=0).caught_up()
    assert history(watcher) == expected + [(CHANGE.KIND_UPDATED, "x", 5)]
    assert [change.context.title for change in watcher.changes] == ["one", "two", "two", "two", "three"]
    assert [change.context.content for change in watcher.changes] == ["c1"] * 4 + ["c2"]
    positions = [change.position for change in watcher.changes]
    assert positions == sorted(set(positions))
    assert [change.context.position for change in watcher.changes] == positions
    watcher.close()
    basic = contexts.watch(after_position=0, view=context_pb2.CONTEXT_VIEW_BASIC).caught_up()
    assert {change.context.content for change in basic.changes} == {""}
    basic.close()


def test_x13_named_contexts_only(contexts):
    contexts.create(id="a")
    watcher = contexts.watch(ids=["a", "later"], after_position=0).caught_up()
    contexts.create(id="b")
    contexts.create(id="later")
    contexts.update("b", title="new")
    contexts.update("a", title="new")
    watcher.wait_for_changes(3)
    assert [id for _, id, _ in history(watcher)] == ["a", "later", "a"]
    watcher.close()


def test_x13_changes_say_who_made_them(channel):
    plain = new_project(channel)
    acting = type(plain)(
        channel, plain.project, agent="agent-1", session="session-1", task="task-1")
    created = acting.create()
    watcher = plain.watch(after_position=0).caught_up()
    provenance = watcher.changes[0].provenance
    assert (provenance.agent, provenance.session, provenance.task) == ("agent-1", "session-1", "task-1")
    assert provenance.operation == "cairn.v1.ContextService/CreateContext"
    assert provenance.principal
    assert provenance.time == created.create_time
    watcher.close()


def test_x13_a_batch_shares_a_position_and_is_ordered_within(contexts):
    contexts.BatchCreateContexts(requests=[{"context": {"id": f"c{n}", "title": "t"}} for n in range(10)])
    watcher = contexts.watch(after_position=0).caught_up()
    assert [change.context.id for change in watcher.changes] == [f"c{n}" for n in range(10)]
    assert len({change.position for change in watcher.changes}) == 1
    ordinals = [change.ordinal for change in watcher.changes]
    assert ordinals == list(range(ordinals[0], ordinals[0] + 10))
    middle = watcher.changes[4]
    watcher.close()
    rest = contexts.watch(after_position=middle.position, after_ordinal=middle.ordinal).caught_up()
    assert [change.context.id for change in rest.changes] == [f"c{n}" for n in range(5, 10)]
    rest.close()
    after = contexts.watch(after_position=middle.position).caught_up()
    assert after.changes == []
    after.close()


def test_x13_caught_up_and_checkpoints_are_places_to_go_on_from(contexts):
    contexts.create(id="a")
    watcher = contexts.watch(after_position=0).caught_up()
    kinds = [event.WhichOneof("event") for event in watcher.events]
    assert kinds.index("change") < kinds.index("caught_up")
    caught_up = next(event.caught_up.position for event in watcher.events if event.HasField("caught_up"))
    assert caught_up >= watcher.changes[0].position
    contexts.create(id="b")
    eventually(
        lambda: any(event.checkpoint.position > caught_up for event in watcher.events), "a checkpoint after the change")
    watcher.close()
    resumed = contexts.watch(after_position=caught_up, journal_id=watcher.journal).caught_up()
    assert [change.context.id for change in resumed.changes] == ["b"]
    resumed.close()


def test_x13_nothing_missed_and_nothing_twice_over_many_cuts(contexts, server):
    """Writers write, single and in batches; a watcher is cut at random again and again."""
    writers, each, enough_cuts = 4, 40, 6
    written = []
    lock = threading.Lock()
    enough = threading.Event()

    def write(writer):
        with server.channel() as channel:
            mine = contexts.elsewhere(channel)
            for n in range(50 * each):
                if n >= each and enough.is_set():
                    break
                if n % 4 == 0:
                    batch = mine.BatchCreateContexts(
                        requests=[{"context": {"title": f"{writer}/{n}/{k}"}} for k in range(7)])
                    made = [(r.context.position, r.context.id, r.context.version) for r in batch.results]
                else:
                    context = mine.create(title=f"{writer}/{n}")
                    made = [(context.position, context.id, 1)]
                    if n % 3 == 0:
                        context = mine.update(context.id, title="updated")
                        made.append((context.position, context.id, 2))
                with lock:
                    written.extend(made)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(writers)]
    for thread in threads:
        thread.start()
    seen, cursor, cuts = [], (0, None), 0
    dice = random.Random(4)
    while True:
        start = {"after_position": cursor[0]} | ({} if cursor[1] is None else {"after_ordinal": cursor[1]})
        with server.channel() as channel:
            watcher = contexts.elsewhere(channel).watch(**start)
            done = not any(thread.is_alive() for thread in threads)
            if done:
                eventually(
                    lambda: len(seen) + len(watcher.changes) >= len(written) or watcher.error, "the rest of the feed")
                watcher.caught_up()
            else:
                wanted = dice.randrange(1, 12)
                eventually(
                    lambda: len(watcher.changes) >= wanted or not any(t.is_alive() for t in threads), "some changes")
            watcher.close()
        seen += [(change.position, change.context.id, change.context.version) for change in watcher.changes]
        cursor = watcher.cursor or cursor
        cuts += 1
        if cuts == enough_cuts:
            enough.set()
        if done:
            break
    assert cuts > enough_cuts
    assert sorted(seen) == sorted(written), "each change once"
    assert [row[0] for row in seen] == sorted(row[0] for row in seen), "in order"


def test_x13_positions_that_cannot_be_are_out_of_range(contexts):
    now = contexts.create().position
    refusal = refused(list, contexts.WatchContexts(after_position=now + 1_000_000), code=OUT_OF_RANGE)
    assert refusal.reason == "POSITION_IN_FUTURE"
    refusal = refused(
        list, contexts.WatchContexts(after_position=1, journal_id="00000000-0000-0000-0000-000000000000"),
        code=OUT_OF_RANGE)
    assert refusal.reason == "POSITION_FOREIGN"


@pytest.mark.parametrize("fields, wrong", [
    ({"after_position": -1}, ["after_position"]),
    ({"after_position": 1, "after_ordinal": -1}, ["after_ordinal"]),
    ({"after_ordinal": 1}, ["after_ordinal"]),
    ({"ids": [""]}, ["ids[0]"]),
    ({"ids": [str(n) for n in range(1001)]}, ["ids"]),
    ({"view": 9}, ["view"]),
])
def test_x13_a_wrong_start_is_refused(contexts, fields, wrong):
    refusal = refused(
        list, contexts.WatchContexts(**fields), code=grpc.StatusCode.INVALID_ARGUMENT, reason="FIELD_INVALID")
    assert list(refusal.fields) == wrong


def test_x13_large_images_keep_each_message_small(contexts):
    for n in range(5):
        contexts.create(id=f"big{n}", content="x" * 1_000_000)
    watcher = contexts.watch(after_position=0).caught_up()
    assert [len(change.context.content) for change in watcher.changes] == [1_000_000] * 5
    watcher.close()
