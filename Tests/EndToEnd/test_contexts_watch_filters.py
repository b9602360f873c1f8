"""Feeds with filters send exactly the changes that concern what they watch, also over cuts."""

import itertools
import random
import threading

import grpc
import pytest
from cairn.v1 import context_pb2
from google.protobuf import timestamp_pb2

from harness.project import new_project
from harness.refusals import refused
from harness.waiting import eventually

CHANGE = context_pb2.ContextChange
ENTERED, STAYED, LEFT = CHANGE.MEMBERSHIP_ENTERED, CHANGE.MEMBERSHIP_STAYED, CHANGE.MEMBERSHIP_LEFT
CREATED, UPDATED, DELETED, UNDELETED = range(1, 5)
EXPIRED, PURGED, RESTORED = range(5, 8)
TYPES = [context_pb2.CONTEXT_TYPE_NOTE, context_pb2.CONTEXT_TYPE_CODE, context_pb2.CONTEXT_TYPE_PLAN]
STATUSES = [context_pb2.CONTEXT_STATUS_DRAFT, context_pb2.CONTEXT_STATUS_ACTIVE]
TAGS, OWNERS, SESSIONS = ["red", "green", "a,b"], ["", "ann", "bob"], ["", "s1", "s2"]


def seen(watcher):
    return [(change.kind, change.context.id, change.membership) for change in watcher.changes]


def test_x13_a_context_is_seen_entering_and_leaving_the_filter(contexts):
    watcher = contexts.watch(filter={"tags": ["red"]}).caught_up()
    contexts.create(id="other", tags=["green"])
    contexts.create(id="x", tags=["red", "green"])
    contexts.update("x", title="two")
    contexts.update("x", ["tags"], tags=["green"])
    contexts.update("x", title="unseen")
    contexts.update("x", tags=["red"])
    contexts.DeleteContext(id="x")
    contexts.UndeleteContext(id="x")
    contexts.RestoreContextVersion(id="x", version=4)
    contexts.create(id="last", tags=["red"])
    watcher.wait_for_changes(8)
    assert seen(watcher) == [
        (CREATED, "x", ENTERED), (UPDATED, "x", STAYED), (UPDATED, "x", LEFT), (UPDATED, "x", ENTERED),
        (DELETED, "x", STAYED), (UNDELETED, "x", STAYED), (RESTORED, "x", LEFT), (CREATED, "last", ENTERED)]
    assert list(watcher.changes[2].context.tags) == ["green"], "the image is that after the change"
    watcher.close()
    assert_same_from_the_past(contexts, watcher, filter={"tags": ["red"]})


def assert_same_from_the_past(contexts, watcher, **fields):
    past = contexts.watch(after_position=0, **fields).caught_up()
    assert past.changes == watcher.changes
    past.close()


def test_x13_without_a_filter_there_is_no_membership(contexts):
    contexts.create(id="x")
    watcher = contexts.watch(after_position=0, ids=["x"], kinds=[CREATED]).caught_up()
    assert seen(watcher) == [(CREATED, "x", CHANGE.MEMBERSHIP_UNSPECIFIED)]
    watcher.close()


@pytest.mark.parametrize("kinds", [[CREATED], [UPDATED, RESTORED], [DELETED, UNDELETED], [PURGED]])
def test_x13_only_the_kinds_that_are_wanted(contexts, kinds):
    watcher = contexts.watch(kinds=kinds).caught_up()
    contexts.create(id="x")
    contexts.update("x", title="two")
    contexts.DeleteContext(id="x")
    contexts.UndeleteContext(id="x")
    contexts.RestoreContextVersion(id="x", version=1)
    history = [CREATED, UPDATED, DELETED, UNDELETED, RESTORED]
    expected = [kind for kind in history if kind in kinds]
    watcher.wait_for_changes(len(expected))
    assert [change.kind for change in watcher.changes] == expected
    watcher.close()
    assert_same_from_the_past(contexts, watcher, kinds=kinds)


def test_x13_expired_and_purged_are_kinds_of_their_own(start_server, database):
    server = start_server(
        "--database-url", database.url, "--context-sweep-interval", "100ms", "--context-retention", "1s")
    with server.channel() as channel:
        contexts = new_project(channel)
        watcher = contexts.watch(kinds=[EXPIRED, PURGED], filter={"owner": "ann"}).caught_up()
        contexts.create(id="x", owner="ann", expire_time={"seconds": 1})
        contexts.create(id="y", owner="bob", expire_time={"seconds": 1})
        eventually(
            lambda: {change.context.id for change in watcher.changes if change.kind == PURGED} == {"x", "y"},
            "both are purged", timeout=60)
        # Of what was purged nobody can tell whose it was.
        assert all(change.membership == CHANGE.MEMBERSHIP_UNSPECIFIED for change in watcher.changes
                   if change.kind == PURGED)
        assert [kind for kind, id, _ in seen(watcher) if id == "x"] == [EXPIRED, PURGED]
        watcher.close()


# Random histories against a model.


def matches(image, conditions):
    return image is not None and all(test(image, value) for value, test in conditions.values())


def random_conditions(dice, times):
    moment = timestamp_pb2.Timestamp()
    moment.FromNanoseconds(dice.choice(times))
    every = {
        "types": (dice.sample(TYPES, dice.randrange(1, 3)), lambda c, v: c.type in v),
        "statuses": (dice.sample(STATUSES, 1), lambda c, v: c.status in v),
        "tags": (dice.sample(TAGS, dice.randrange(1, 3)), lambda c, v: set(v) <= set(c.tags)),
        "owner": (dice.choice(OWNERS[1:]), lambda c, v: c.owner == v),
        "session": (dice.choice(SESSIONS[1:]), lambda c, v: c.session == v),
        "created_from": (moment, lambda c, v: c.create_time.ToNanoseconds() >= v.ToNanoseconds()),
        "updated_before": (moment, lambda c, v: c.update_time.ToNanoseconds() < v.ToNanoseconds()),
    }
    return {name: every[name] for name in dice.sample(sorted(every), dice.randrange(1, 3))}


def random_write(contexts, dice, ids, n):
    fields = {
        "type": dice.choice(TYPES), "status": dice.choice(STATUSES), "owner": dice.choice(OWNERS),
        "session": dice.choice(SESSIONS), "tags": dice.sample(TAGS, dice.randrange(3)), "content": "x" * n}
    if dice.random() < 0.4 or not ids:
        ids.append(contexts.create(**fields).id)
    elif dice.random() < 0.2:
        contexts.BatchCreateContexts(requests=[{"context": {"title": "t", **fields}} for _ in range(5)])
    elif dice.random() < 0.1:
        id = dice.choice(ids)
        contexts.DeleteContext(id=id)
        contexts.UndeleteContext(id=id)
    else:
        names = dice.sample(sorted(fields), 2)
        contexts.update(dice.choice(ids), names, **{name: fields[name] for name in names})


@pytest.fixture(scope="module")
def history(channel):
    """A project with a history, and all its changes in order."""
    contexts, dice, ids = new_project(channel), random.Random(3), []
    for n in range(250):
        random_write(contexts, dice, ids, n)
    watcher = contexts.watch(after_position=0).caught_up()
    watcher.close()
    return contexts, watcher.changes


@pytest.mark.parametrize("seed", range(25))
def test_x13_every_filter_sends_what_a_model_says(history, seed):
    contexts, changes = history
    dice = random.Random(seed)
    conditions = random_conditions(dice, [change.provenance.time.ToNanoseconds() for change in changes])
    kinds = dice.choice([[], [CREATED, UPDATED], [UPDATED]])
    expected = model(changes, conditions, kinds)
    watcher = contexts.watch(
        after_position=0, kinds=kinds, filter={name: value for name, (value, _) in conditions.items()},
        view=dice.choice([context_pb2.CONTEXT_VIEW_BASIC, context_pb2.CONTEXT_VIEW_FULL])).caught_up()
    assert [(*change_key(change), change.membership) for change in watcher.changes] == expected
    assert max(change.position for change in changes) <= last_mark(watcher), "marks move on without changes"
    watcher.close()


def change_key(change):
    return change.position, change.ordinal


def last_mark(watcher):
    return max(
        getattr(event, kind).position for event in watcher.events
        if (kind := event.WhichOneof("event")) in ("caught_up", "checkpoint"))


def model(changes, conditions, kinds):
    images, expected = {}, []
    for change in changes:
        before, after = matches(images.get(change.context.id), conditions), matches(change.context, conditions)
        images[change.context.id] = change.context
        if (before or after) and (not kinds or change.kind in kinds):
            expected.append((*change_key(change), STAYED if before and after else ENTERED if after else LEFT))
    return expected


def test_x13_a_filtered_feed_goes_on_over_cuts_with_nothing_missed_and_nothing_twice(contexts, server):
    dice, enough, done = random.Random(9), threading.Event(), threading.Event()
    conditions = {"tags": (["red"], lambda c, v: set(v) <= set(c.tags))}

    def write():
        ids, mine = [], random.Random(10)
        with server.channel() as channel:
            for n in itertools.takewhile(lambda n: n < 200 or not enough.is_set(), range(5_000)):
                random_write(contexts.elsewhere(channel), mine, ids, n)
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    found, cursor, cuts = [], (0, None), -1
    while True:
        last = done.is_set()
        start = {"after_position": cursor[0]} | ({} if cursor[1] is None else {"after_ordinal": cursor[1]})
        with server.channel() as channel:
            watcher = contexts.elsewhere(channel).watch(filter={"tags": ["red"]}, **start)
            if last:
                watcher.caught_up()
            else:
                wanted = dice.randrange(1, 15)
                eventually(lambda: len(watcher.changes) >= wanted or done.is_set(), "some changes", timeout=60)
            watcher.close()
        found += [(*change_key(change), change.membership) for change in watcher.changes]
        cursor = watcher.cursor or cursor
        cuts += 1
        if cuts > 5:
            enough.set()
        if last:
            break
    writer.join()
    everything = contexts.watch(after_position=0).caught_up()
    everything.close()
    assert cuts > 5 and found == model(everything.changes, conditions, [])


def test_x13_large_contents_that_nobody_wants_do_not_hold_the_others_up(contexts):
    for n in range(6):
        contexts.create(id=f"big{n}", content="x" * 1_000_000)
        contexts.create(id=f"small{n}", tags=["red"], content=str(n))
    watcher = contexts.watch(after_position=0, filter={"tags": ["red"]}).caught_up()
    assert [change.context.content for change in watcher.changes] == [str(n) for n in range(6)]
    watcher.close()


@pytest.mark.parametrize("fields, wrong", [
    ({"kinds": [0]}, ["kinds[0]"]), ({"kinds": [1, 99]}, ["kinds[1]"]), ({"kinds": [1] * 17}, ["kinds"]),
    ({"filter": {"types": [0], "tags": [""], "owner": "a\0"}}, ["filter.types[0]", "filter.tags[0]", "filter.owner"]),
])
def test_x13_a_wrong_filter_is_refused(contexts, fields, wrong):
    refusal = refused(
        list, contexts.WatchContexts(**fields), code=grpc.StatusCode.INVALID_ARGUMENT, reason="FIELD_INVALID")
    assert list(refusal.fields) == wrong
