"""Time travel: reads as of a position or a time show what a model of the history says was there."""

import random

import grpc
import pytest
from cairn.v1 import context_pb2
from google.protobuf import timestamp_pb2

from harness.project import new_project
from harness.refusals import refused

INVALID, NOT_FOUND = grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.NOT_FOUND
OUT_OF_RANGE = grpc.StatusCode.OUT_OF_RANGE
BASIC = context_pb2.CONTEXT_VIEW_BASIC
TYPES = [context_pb2.CONTEXT_TYPE_NOTE, context_pb2.CONTEXT_TYPE_CODE, context_pb2.CONTEXT_TYPE_PLAN]
STATUSES = [context_pb2.CONTEXT_STATUS_DRAFT, context_pb2.CONTEXT_STATUS_ACTIVE]
TAGS, OWNERS, SESSIONS = ["red", "green", "a,b"], ["", "ann", "bob"], ["", "s1", "s2"]


def at_position(position):
    return {"position": position}


def at_time(nanoseconds):
    time = timestamp_pb2.Timestamp()
    time.FromNanoseconds(nanoseconds)
    return {"time": time}


class History:
    """Every image that a write left, in the order of positions."""

    def __init__(self):
        self.images = []

    def note(self, *images):
        self.images += images

    def state(self, position):
        """By id, the last image at or below the position."""
        return {image.id: image for image in self.images if image.position <= position}

    def position_at(self, nanoseconds):
        return max((image.position for image in self.images if image.update_time.ToNanoseconds() <= nanoseconds), default=0)

    def moments(self, dice, count):
        """Random moments: what to ask for, and the position that it means."""
        last = self.images[-1].position
        times = [image.update_time.ToNanoseconds() for image in self.images]
        for _ in range(count):
            if dice.random() < 0.5:
                position = dice.choice([0, last, dice.randrange(last + 1), dice.choice(self.images).position])
                yield at_position(position), position
            else:
                time = dice.choice(times) + dice.choice([-1_000, -1, 0, 1, 999])
                time = min(time, times[-1])
                yield at_time(time), self.position_at(time)


def random_fields(dice):
    fields = {
        "title": f"title {dice.randrange(1000)}", "content": "x" * dice.randrange(40), "type": dice.choice(TYPES),
        "status": dice.choice(STATUSES), "owner": dice.choice(OWNERS), "session": dice.choice(SESSIONS),
        "tags": dice.sample(TAGS, dice.randrange(3)), "metadata": {"n": dice.randrange(9)}}
    return fields


def write_history(contexts, writes, seed):
    """A random history; returns what the server said that each write left."""
    dice, history = random.Random(seed), History()
    live, gone = [], []
    for n in range(writes):
        kind = dice.random()
        if kind < 0.3 or not live:
            image = contexts.create(id=dice.choice(["", f"c{n:04}"]), **random_fields(dice))
            live.append(image.id)
        elif kind < 0.4:
            made = contexts.BatchCreateContexts(
                requests=[{"context": {"id": f"b{n:04}-{k}", **random_fields(dice)}} for k in range(3)]).results
            image = None
            for result in made:
                live.append(result.context.id)
                history.note(contexts.GetContext(id=result.context.id))
        elif kind < 0.8:
            fields = random_fields(dice)
            names = dice.sample(sorted(fields), dice.randrange(1, 4))
            image = contexts.update(dice.choice(live), names, **{name: fields[name] for name in names})
        elif kind < 0.92 or not gone:
            image = contexts.DeleteContext(id=live.pop(dice.randrange(len(live))))
            gone.append(image.id)
        else:
            image = contexts.UndeleteContext(id=gone.pop(dice.randrange(len(gone))))
            live.append(image.id)
        if image is not None:
            history.note(image)
    return history


@pytest.fixture(scope="module")
def past(channel):
    contexts = new_project(channel)
    return contexts, write_history(contexts, 400, seed=11)


def basic(context):
    result = context_pb2.Context()
    result.CopyFrom(context)
    result.content, result.data = "", b""
    return result


def test_get_as_of_any_moment_equals_the_model(past):
    contexts, history = past
    dice = random.Random(1)
    ids = sorted({image.id for image in history.images})
    for moment, position in history.moments(dice, 150):
        state, id = history.state(position), dice.choice(ids)
        image = state.get(id)
        if image is None:
            refused(contexts.GetContext, id=id, as_of=moment, code=NOT_FOUND, reason="CONTEXT_NOT_FOUND")
            continue
        assert contexts.GetContext(id=id, as_of=moment, show_deleted=True) == image
        assert contexts.GetContext(id=id, as_of=moment, show_deleted=True, view=BASIC) == basic(image)
        if image.HasField("delete_time"):
            refused(contexts.GetContext, id=id, as_of=moment, code=NOT_FOUND, reason="CONTEXT_DELETED")
        else:
            assert contexts.GetContext(id=id, as_of=moment) == image


def test_batch_get_as_of_any_moment_equals_the_model(past):
    contexts, history = past
    dice = random.Random(2)
    ids = sorted({image.id for image in history.images})
    for moment, position in history.moments(dice, 30):
        wanted = dice.choices(ids, k=20) + ["nobody"]
        state = history.state(position)
        results = contexts.BatchGetContexts(ids=wanted, as_of=moment).results
        for id, result in zip(wanted, results):
            if id in state and not state[id].HasField("delete_time"):
                assert result.context == state[id]
            else:
                assert result.error.code == NOT_FOUND.value[0]


@pytest.mark.parametrize("seed", range(60))
def test_lists_as_of_any_moment_equal_the_model(past, seed):
    contexts, history = past
    dice = random.Random(seed)
    moment, position = next(history.moments(dice, 1))
    times = [image.update_time.ToNanoseconds() for image in history.images]
    bound = timestamp_pb2.Timestamp()
    bound.FromNanoseconds(dice.choice(times))
    conditions = {
        "types": (dice.sample(TYPES, dice.randrange(1, 3)), lambda c, v: c.type in v),
        "statuses": (dice.sample(STATUSES, 1), lambda c, v: c.status in v),
        "tags": (dice.sample(TAGS, dice.randrange(1, 3)), lambda c, v: set(v) <= set(c.tags)),
        "owner": (dice.choice(OWNERS[1:]), lambda c, v: c.owner == v),
        "session": (dice.choice(SESSIONS[1:]), lambda c, v: c.session == v),
        "created_from": (bound, lambda c, v: c.create_time.ToNanoseconds() >= v.ToNanoseconds()),
        "created_before": (bound, lambda c, v: c.create_time.ToNanoseconds() < v.ToNanoseconds()),
        "updated_from": (bound, lambda c, v: c.update_time.ToNanoseconds() >= v.ToNanoseconds()),
        "updated_before": (bound, lambda c, v: c.update_time.ToNanoseconds() < v.ToNanoseconds()),
    }
    chosen = dice.sample(sorted(conditions), dice.randrange(0, 3))
    show_deleted = dice.random() < 0.5
    key = dice.choice(["create_time", "update_time", "id"])
    descending = dice.random() < 0.5
    view = dice.choice([BASIC, context_pb2.CONTEXT_VIEW_FULL])
    expected = sorted(
        (image if view != BASIC else basic(image) for image in history.state(position).values()
         if (show_deleted or not image.HasField("delete_time"))
         and all(conditions[name][1](image, conditions[name][0]) for name in chosen)),
        key=lambda c: (0 if key == "id" else getattr(c, key).ToNanoseconds(), c.id), reverse=descending)
    listed = contexts.list(
        filter={name: conditions[name][0] for name in chosen}, order_by=key + (" desc" if descending else ""),
        show_deleted=show_deleted, page_size=dice.choice([3, 50, 1000]), view=view, as_of=moment)
    assert listed == expected


def test_pages_stay_with_the_moment_of_the_first(contexts):
    ids = [contexts.create(id=f"c{n}").id for n in range(9)]
    last = contexts.GetContext(id="c8")
    time = {"time": last.update_time}
    seen = []
    for page in contexts.pages(page_size=2, order_by="id", as_of=time):
        seen += [(context.id, context.title) for context in page]
        for id in ids:
            contexts.update(id, title="later")
        contexts.create()
    assert seen == [(id, "a title") for id in ids]
    token = contexts.ListContexts(page_size=2, as_of=time).next_page_token
    for other in ({}, {"as_of": at_position(last.position)}):
        refused(
            contexts.ListContexts, page_size=2, page_token=token, **other, code=INVALID, reason="PAGE_TOKEN_INVALID")


def test_a_write_is_seen_as_of_itself_at_once_also_by_another_server(contexts, server, start_server):
    other = start_server(*server.arguments[4:])
    with other.channel() as channel:
        elsewhere = contexts.elsewhere(channel)
        for n in range(20):
            written = contexts.create(title=f"n{n}")
            assert elsewhere.GetContext(id=written.id, as_of=at_position(written.position)) == written
            assert contexts.GetContext(id=written.id, as_of={"time": written.update_time}) == written
            refused(elsewhere.GetContext, id=written.id, as_of=at_position(written.position - 1), code=NOT_FOUND)


def test_the_beginning_is_empty(contexts):
    context = contexts.create()
    for moment in (at_position(0), {"time": {"seconds": 1_000_000_000}}):
        assert contexts.list(as_of=moment, show_deleted=True) == []
        refused(contexts.GetContext, id=context.id, as_of=moment, code=NOT_FOUND, reason="CONTEXT_NOT_FOUND")


def test_moments_that_cannot_be_are_out_of_range(contexts):
    written = contexts.create()
    for call in (
            lambda **moment: contexts.GetContext(id=written.id, **moment), contexts.ListContexts,
            lambda **moment: contexts.BatchGetContexts(ids=[written.id], **moment)):
        refusal = refused(
            call, as_of=at_position(written.position + 1_000_000), code=OUT_OF_RANGE, reason="POSITION_IN_FUTURE")
        assert int(refusal.metadata["newest"]) >= written.position
        refusal = refused(
            call, as_of={"time": {"seconds": written.update_time.seconds + 3600}}, code=OUT_OF_RANGE,
            reason="POSITION_IN_FUTURE")
        assert refusal.metadata["now"].endswith("Z")
        refused(
            call, as_of={"position": written.position, "journal_id": "00000000-0000-0000-0000-000000000000"},
            code=OUT_OF_RANGE, reason="POSITION_FOREIGN")


def test_every_read_refuses_moments_of_the_future_and_before_the_retention(start_server, database):
    server = start_server("--database-url", database.url)
    with server.channel() as channel:
        contexts = new_project(channel)
        written = [contexts.create(id=f"{n}") for n in range(4)]
        # As if all up to the second one had been pruned.
        horizon = written[1].position
        database.query(
            f"UPDATE journal SET pruned_position = {horizon}, pruned_time ="
            f" (SELECT max(at) FROM change WHERE position <= {horizon})")
        reads = [
            lambda **moment: contexts.GetContext(id="3", **moment),
            contexts.ListContexts,
            lambda **moment: contexts.BatchGetContexts(ids=["3"], **moment),
            lambda **moment: contexts.Search(query="title", **moment),
            contexts.Recall,
            lambda **moment: contexts.ListRelationships(context="3", **moment),
            lambda **moment: list(contexts.Traverse(start=["3"], **moment)),
            lambda **moment: contexts.FindPaths(source="2", target="3", **moment),
            lambda **moment: list(contexts.ExportContexts(**moment)),
        ]
        last = written[3]
        for read in reads:
            read(as_of=at_position(last.position))
            for moment, reason in [
                    (at_position(last.position + 1_000_000), "POSITION_IN_FUTURE"),
                    ({"time": {"seconds": last.update_time.seconds + 3600}}, "POSITION_IN_FUTURE"),
                    (at_position(horizon - 1), "POSITION_PRUNED"), ({"time": {"seconds": 1_000}}, "POSITION_PRUNED")]:
                refusal = refused(read, as_of=moment, code=OUT_OF_RANGE, reason=reason)
                assert "newest" in refusal.metadata or refusal.metadata["oldest"] == str(horizon)


@pytest.mark.parametrize("moment, wrong", [
    ({}, "as_of"), ({"journal_id": "x"}, "as_of"), (at_position(-1), "as_of.position"),
    ({"time": {"seconds": 10**15}}, "as_of.time"), ({"time": {"nanos": -1}}, "as_of.time"),
])
def test_a_wrong_moment_is_refused(contexts, moment, wrong):
    refusal = refused(contexts.GetContext, id="", as_of=moment, code=INVALID, reason="FIELD_INVALID")
    assert list(refusal.fields) == ["id", wrong]
    refusal = refused(contexts.ListContexts, as_of=moment, code=INVALID, reason="FIELD_INVALID")
    assert list(refusal.fields) == [wrong]
