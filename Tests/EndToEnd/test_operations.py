"""Operations: looked at, listed, waited for and cancelled, from any server; strangers see none."""

import threading

import grpc
import pytest
from cairn.v1 import operation_pb2

from harness import operations
from harness.operations import CANCELLED, DONE, RUNNING, Operations, reindexed
from harness.postgres import Session
from harness.project import new_project
from harness.refusals import refused
from harness.waiting import eventually

NOT_FOUND, INVALID = grpc.StatusCode.NOT_FOUND, grpc.StatusCode.INVALID_ARGUMENT
PRECONDITION = grpc.StatusCode.FAILED_PRECONDITION


def fill(contexts, count, size=10):
    """Contexts whose words take a while to be made."""
    for first in range(0, count, 500):
        contexts.BatchCreateContexts(atomic=True, requests=[
            {"context": {"title": f"Note {n}", "content": " ".join(f"word{n * size + k}" for k in range(size))}}
            for n in range(first, min(count, first + 500))])


@pytest.fixture
def waiting(contexts, module_database):
    """A reindex that cannot end: a transaction that it waits for stays open."""
    contexts.create("something")
    with Session(module_database) as session:
        session.execute("BEGIN")
        session.execute("SELECT pg_current_xact_id()")
        yield contexts.Reindex()
        session.execute("ROLLBACK")


def test_an_operation_is_found_under_its_id(contexts):
    begun = contexts.Reindex()
    assert (begun.kind, begun.subject, begun.state) == ("reindex", "", RUNNING) and begun.create_time.seconds > 0
    ours = operations.of(contexts)
    ended = ours.ended(begun)
    assert ended.state == DONE and ours.GetOperation(id=begun.id) == ended
    assert ours.list() == [ended]


def test_a_watch_ends_with_its_operation(contexts, waiting):
    ours = operations.of(contexts)
    seen, done = [], threading.Event()

    def watch():
        seen.extend(ours.watch(waiting))
        done.set()

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    eventually(lambda: seen or ours.GetOperation(id=waiting.id).state == RUNNING, "it is under way")
    assert not done.is_set()
    cancelled = ours.CancelOperation(id=waiting.id)
    assert done.wait(60)
    assert seen[0].state == RUNNING and seen[-1] == cancelled


def test_a_cancelled_operation_stays_so(contexts, waiting):
    ours = operations.of(contexts)
    cancelled = ours.CancelOperation(id=waiting.id)
    assert (cancelled.id, cancelled.state) == (waiting.id, CANCELLED)
    assert ours.CancelOperation(id=waiting.id) == cancelled == ours.GetOperation(id=waiting.id)
    assert list(ours.watch(waiting)) == [cancelled]
    again = contexts.Reindex()
    assert again.id != waiting.id and again.state == RUNNING
    assert ours.CancelOperation(id=again.id).state == CANCELLED


def test_cancelling_works_from_another_server_and_outlives_the_first(start_server, database):
    first = start_server("--database-url", database.url)
    second = start_server("--database-url", database.url)
    with first.channel() as channel, second.channel() as elsewhere:
        contexts = new_project(channel)
        fill(contexts, 3_000)
        begun = contexts.Reindex()
        stream = operations.of(contexts).watch(begun)
        for operation in stream:
            if operation.done >= 100:
                break
        there = Operations(elsewhere, contexts.project)
        cancelled = there.CancelOperation(id=begun.id)
        assert cancelled.state == CANCELLED and 100 <= cancelled.done < 3_000
        assert list(stream)[-1] == cancelled
        first.kill()
        # Who takes what is left over takes this one no more: a new operation is done, the old one stays.
        assert there.ended(contexts.elsewhere(elsewhere).Reindex()).state == DONE
        assert there.GetOperation(id=begun.id) == cancelled
    third = start_server("--database-url", database.url)
    with third.channel() as channel:
        assert Operations(channel, contexts.project).GetOperation(id=begun.id) == cancelled


def test_what_has_ended_cannot_be_cancelled(contexts):
    ended = reindexed(contexts)
    refusal = refused(
        operations.of(contexts).CancelOperation, id=ended.id, code=PRECONDITION, reason="OPERATION_ENDED")
    assert refusal.metadata == {"id": ended.id}
    assert refusal.resources == [("cairn.v1.Operation", ended.id)]


def test_an_operation_that_cannot_end_holds_up_none_of_another_project(contexts, other, waiting):
    fill(other, 300)
    theirs = operations.of(other)
    begun = other.Reindex()
    # At the end it waits for the same transaction as the first one.
    eventually(lambda: theirs.GetOperation(id=begun.id).done == 300, "it has had its turns")
    assert operations.of(contexts).GetOperation(id=waiting.id).state == RUNNING


def test_pages_of_operations_by_kind_and_state(contexts):
    ours = operations.of(contexts)
    made = []
    for _ in range(7):
        made.insert(0, reindexed(contexts))
    assert ours.list() == made
    for size in (1, 2, 3, 7, 8):
        pages = list(ours.pages(page_size=size))
        assert [operation for page in pages for operation in page] == made
        assert [len(page) for page in pages[:-1]] == [size] * (len(pages) - 1) and pages[-1]
    assert ours.list(kinds=["reindex", "nothing"], states=[DONE, CANCELLED]) == made
    assert ours.list(kinds=["nothing"]) == ours.list(states=[RUNNING]) == []


def test_what_begins_between_two_pages_is_on_none_of_them(contexts):
    ours = operations.of(contexts)
    made = [reindexed(contexts) for _ in range(4)][::-1]
    first = ours.ListOperations(page_size=2)
    reindexed(contexts)
    second = ours.ListOperations(page_size=2, page_token=first.next_page_token)
    assert list(first.operations) + list(second.operations) == made and not second.next_page_token


def test_strangers_see_nothing(contexts, other, waiting):
    theirs = operations.of(other)
    said = {
        refused(call, id=waiting.id, code=NOT_FOUND, reason="OPERATION_NOT_FOUND").message
        for call in (theirs.GetOperation, theirs.CancelOperation, lambda **fields: list(theirs.WatchOperation(**fields)))}
    absent = refused(theirs.GetOperation, id="absent", code=NOT_FOUND, reason="OPERATION_NOT_FOUND")
    assert said == {absent.message.replace("absent", waiting.id)}
    assert theirs.list() == []
    assert operations.of(contexts).GetOperation(id=waiting.id).state == RUNNING


def test_page_tokens_of_others_and_damaged_ones_are_refused(contexts, other):
    ours = operations.of(contexts)
    for _ in range(3):
        reindexed(contexts)
        reindexed(other)
    token = ours.ListOperations(page_size=1).next_page_token
    contexts.create("a")
    contexts.create("b")
    wrong = [
        (operations.of(other), {"page_token": token}),
        (ours, {"page_token": token, "kinds": ["reindex"]}),
        (ours, {"page_token": token, "states": [DONE]}),
        (ours, {"page_token": contexts.ListContexts(page_size=1).next_page_token}),
        (ours, {"page_token": token[:-1]}), (ours, {"page_token": "x" + token[1:]}), (ours, {"page_token": "nonsense"}),
        (ours, {"page_token": "A" * 9_000}), (ours, {"page_token": "\0"}),
    ]
    for client, fields in wrong:
        refusal = refused(client.ListOperations, **fields, code=INVALID, reason="PAGE_TOKEN_INVALID")
        assert list(refusal.fields) == ["page_token"]
    assert len(ours.ListOperations(page_size=2, page_token=token).operations) == 2, "the page size may change"


def test_wrong_fields_are_named(contexts):
    ours = operations.of(contexts)
    for call in (ours.GetOperation, ours.CancelOperation, lambda **fields: list(ours.WatchOperation(**fields))):
        for id in ("", "x" * 129, "a\nb", "\0"):
            assert list(refused(call, id=id, code=INVALID, reason="FIELD_INVALID").fields) == ["id"]
    refusal = refused(
        ours.ListOperations, kinds=["", "x" * 129], states=[0, 99], page_size=-1, code=INVALID,
        reason="FIELD_INVALID")
    assert set(refusal.fields) == {"kinds[0]", "kinds[1]", "states[0]", "states[1]", "page_size"}
    refusal = refused(
        ours.ListOperations, kinds=["k"] * 33, states=[operation_pb2.Operation.STATE_DONE] * 9, code=INVALID)
    assert set(refusal.fields) == {"kinds", "states"}


def test_a_project_that_is_not_there_has_no_operations(channel):
    nowhere = Operations(channel, "no-such-project")
    for call, fields in (
            (nowhere.GetOperation, {"id": "x"}), (nowhere.CancelOperation, {"id": "x"}), (nowhere.ListOperations, {})):
        refused(call, **fields, code=NOT_FOUND, reason="PROJECT_NOT_FOUND")
