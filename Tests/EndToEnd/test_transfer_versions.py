"""Former versions go out with their contexts and become their history again."""

import random

import grpc
import pytest
from cairn.v1 import context_pb2, transfer_pb2

from harness.refusals import refusal, refused
from harness.transfer import NEW_IDS, OVERWRITE, SKIP, STOP, Import, export, kept, records

INVALID = grpc.StatusCode.INVALID_ARGUMENT
RECORD = transfer_pb2.TransferRecord


def write_history(contexts, count, writes, seed=1):
    """Contexts with histories of different lengths, deletions among them."""
    dice = random.Random(seed)
    for start in range(0, count, 500):
        contexts.BatchCreateContexts(requests=[
            {"context": {"id": f"{n:04}", "title": f"first {n}", "tags": ["old"]}}
            for n in range(start, min(start + 500, count))])
    for round in range(writes):
        chosen = sorted(dice.sample(range(count), max(1, count // (round + 2))))
        contexts.BatchUpdateContexts(requests=[
            {"context": {"id": f"{n:04}", "title": f"round {round}", "content": "x" * dice.randrange(200),
                         "metadata": {"round": round}}} for n in chosen])
    contexts.DeleteContext(id="0000")
    contexts.UndeleteContext(id="0000")
    contexts.DeleteContext(id="0001")


def out(contexts, **fields):
    return list(records(export(contexts, include_versions=True, show_deleted=True, **fields)))


def put_in(contexts, things, size=100, **options):
    running = Import(contexts, **options)
    for start in range(0, len(things), size):
        running.send(records=things[start:start + size])
    running.last = running.finish()
    return running


def history(contexts, id):
    """All versions of a context, the oldest first: their numbers, and what survives a transfer."""
    found, token = [], ""
    while True:
        page = contexts.ListContextVersions(id=id, page_token=token, page_size=1000)
        found += page.versions
        token = page.next_page_token
        if not token:
            return [(version.context.version, kept(version.context)) for version in reversed(found)]


def count_of(things, field):
    return sum(1 for record in things if record.HasField(field))


def test_x10_a_history_goes_out_and_in_again(contexts, other):
    write_history(contexts, 60, 12)
    things = out(contexts)
    last = put_in(other, things).last
    assert (last.stored, last.versions, last.failed, last.skipped) == (60, count_of(things, "context_version"), 0, 0)
    assert last.unfinished == 0 and last.versions > 60
    for n in range(60):
        assert history(other, f"{n:04}") == history(contexts, f"{n:04}"), n
    again = out(other)

    def plain(record):
        context = record.context if record.HasField("context") else record.context_version
        return record.WhichOneof("record"), context.version, kept(context)

    assert [plain(record) for record in again[1:-1]] == [plain(record) for record in things[1:-1]]


def test_x10_former_versions_stand_before_their_context_the_oldest_first(contexts):
    write_history(contexts, 30, 8)
    seen = {}
    for record in out(contexts):
        if record.HasField("context_version"):
            version = record.context_version
            seen.setdefault(version.id, []).append(version.version)
        elif record.HasField("context"):
            assert seen.get(record.context.id, []) == list(range(1, record.context.version))
    assert max(map(len, seen.values())) > 3


def test_x10_an_imported_history_is_a_change_of_now(contexts, other):
    first = contexts.create(id="a", title="one")
    contexts.update("a", title="two")
    before = other.create(id="before")
    put_in(other, out(contexts))
    found = other.GetContext(id="a")
    assert (found.version, found.title) == (2, "two") and found.position > before.position
    assert found.create_time == first.create_time
    refused(other.GetContext, id="a", as_of={"position": before.position}, reason="CONTEXT_NOT_FOUND")
    versions = other.ListContextVersions(id="a").versions
    assert [(v.kind, v.provenance.operation) for v in versions] == [
        (context_pb2.ContextChange.KIND_UPDATED, "cairn.v1.TransferService/ImportContexts"),
        (context_pb2.ContextChange.KIND_CREATED, "cairn.v1.TransferService/ImportContexts")]
    assert versions[1].provenance.time.ToNanoseconds() > first.create_time.ToNanoseconds()
    assert [other.GetContext(id="a", as_of={"position": v.context.position}).title for v in versions] == ["two", "one"]
    feed = other.watch(after_position=before.position).caught_up()
    assert [(c.old_version, c.context.version, c.context.title) for c in feed.changes] == [(0, 1, "one"), (1, 2, "two")]
    feed.close()
    # And it goes on from there.
    assert other.update("a", etag=found.etag, title="three").version == 3
    assert other.DiffContextVersions(id="a", from_version=1, to_version=3).fields[0].path == "title"


def test_x10_numbers_are_kept_where_the_oldest_versions_are_gone(contexts, other):
    things = [
        RECORD(context_version={"id": "a", "title": "four", "version": 4}),
        RECORD(context_version={"id": "a", "title": "six", "version": 6}),
        RECORD(context={"id": "a", "title": "seven", "version": 7}),
        RECORD(context={"id": "b", "title": "alone", "version": 7})]
    last = put_in(contexts, things).last
    assert (last.stored, last.versions) == (2, 2)
    assert [(number, context.title) for number, context in history(contexts, "a")] == [
        (4, "four"), (6, "six"), (7, "seven")]
    assert contexts.GetContext(id="a").version == 7
    assert contexts.GetContext(id="b").version == 1, "without a history versions are counted from here on"
    put_in(other, things, ignore_versions=True)
    assert [number for number, _ in history(other, "a")] == [1]


@pytest.mark.parametrize("mode", [SKIP, OVERWRITE])
def test_x10_contexts_that_were_there_keep_their_own_history(contexts, other, mode):
    contexts.create(id="a", title="theirs 1")
    contexts.update("a", title="theirs 2")
    contexts.create(id="b", title="b 1")
    contexts.update("b", title="b 2")
    other.create(id="a", title="mine")
    things = out(contexts)
    running = put_in(other, things, mode=mode)
    last = running.last
    assert (last.stored, last.versions, last.skipped) == (1, 1, 1 if mode == OVERWRITE else 2)
    titles = [context.title for _, context in history(other, "a")]
    assert titles == (["mine", "theirs 2"] if mode == OVERWRITE else ["mine"])
    assert [context.title for _, context in history(other, "b")] == ["b 1", "b 2"]
    # Once more: now all of it is there.
    last = put_in(other, things, mode=mode).last
    assert (last.stored, last.versions, last.overwritten) == (0, 0, 2 if mode == OVERWRITE else 0)


def test_x10_new_ids_take_their_history_along(contexts):
    contexts.create(id="a", title="one")
    contexts.update("a", title="two")
    last = put_in(contexts, out(contexts), mode=NEW_IDS).last
    assert (last.stored, last.versions) == (1, 1)
    [copy] = [id for id in contexts.ids() if id != "a"]
    assert [context.title for _, context in history(contexts, copy)] == ["one", "two"]


@pytest.mark.parametrize("seed", range(3))
def test_x10_an_import_of_a_history_goes_on_after_every_cut(contexts, other, seed):
    write_history(contexts, 40, 10, seed)
    things = out(contexts)
    dice = random.Random(seed)
    running = Import(other)
    done, cuts = 0, 0
    while True:
        upto = min(len(things), done + dice.randrange(1, 25))
        running.send(first_sequence=done + 1, records=things[done:upto])
        done = running.receive_until(upto).acknowledged
        if done == len(things):
            last = running.finish()
            break
        running.cut()
        cuts += 1
        running = Import(other, import_id=running.id)
        assert running.begun.acknowledged == done
        assert running.begun.unfinished == len(
            {r.context_version.id for r in things[:done] if r.HasField("context_version")}
            - {r.context.id for r in things[:done] if r.HasField("context")})
    assert cuts > 0 and (last.stored, last.versions, last.skipped, last.unfinished) == (
        40, count_of(things, "context_version"), 0, 0)
    for n in range(40):
        assert history(other, f"{n:04}") == history(contexts, f"{n:04}")


def test_x10_large_versions_in_large_numbers(contexts, other):
    """More versions than contexts on a page, and more bytes than a message: each still comes once, in order."""
    dice = random.Random(5)
    contexts.BatchCreateContexts(requests=[{"context": {"id": f"{n}", "title": "t"}} for n in range(8)])
    for n in range(40):
        contexts.update(f"{n % 3}", content=str(n) + "x" * dice.randrange(300_000))
    things = out(contexts)
    assert count_of(things, "context_version") == 40
    last = put_in(other, things, size=4).last
    assert (last.stored, last.versions) == (8, 40)
    for n in range(8):
        assert history(other, f"{n}") == history(contexts, f"{n}")


def test_x10_a_history_without_its_context_is_said_to_be_unfinished(contexts):
    running = put_in(contexts, [RECORD(context_version={"id": "a", "title": "one", "version": 1})])
    assert (running.last.versions, running.last.stored, running.last.unfinished) == (1, 0, 1)
    again = Import(contexts, import_id=running.id)
    again.send(records=[RECORD(context={"id": "a", "title": "two", "version": 2})])
    last = again.finish()
    assert (last.stored, last.unfinished) == (1, 0)
    assert [context.title for _, context in history(contexts, "a")] == ["one", "two"]


def test_x10_wrong_versions_are_reported(contexts):
    wrong = [
        RECORD(context_version={"title": "t", "version": 1}), RECORD(context_version={"id": "a", "title": "t"}),
        RECORD(context_version={"id": "a", "title": "", "version": 1}),
        RECORD(context={"id": "a", "title": "t", "version": -1})]
    running = put_in(contexts, wrong)
    assert sorted(running.failures) == [1, 2, 3, 4] and contexts.ids(show_deleted=True) == []
    for sequence, field in [(1, "context_version.id"), (2, "context_version.version"), (3, "context_version.title")]:
        assert field in running.failures[sequence].message
    with pytest.raises(grpc.RpcError) as caught:
        put_in(contexts, [RECORD(context_version={"id": "b", "title": "t", "version": 1}), *wrong], on_error=STOP)
    assert refusal(caught.value).code == INVALID and refusal(caught.value).metadata["sequence"] == "2"


def test_x10_asking_only_counts_versions_and_writes_nothing(contexts, other):
    write_history(contexts, 10, 4)
    things = out(contexts)
    last = put_in(other, things, validate_only=True).last
    assert (last.stored, last.versions, last.skipped) == (10, count_of(things, "context_version"), 0)
    assert other.ids(show_deleted=True) == []
