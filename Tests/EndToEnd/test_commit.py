"""Writes of several kinds in one transaction: all of them at one position, or none, with the errors of each."""

import threading

import grpc
import pytest
from cairn.v1 import change_pb2, change_pb2_grpc, relationship_pb2
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from harness.refusals import refused
from harness.server import Server
from harness.sessions import BROKEN, Sessions, new_sessions, note, to

INVALID, NOT_FOUND, EXISTS, ABORTED = (
    grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.NOT_FOUND, grpc.StatusCode.ALREADY_EXISTS,
    grpc.StatusCode.ABORTED)
DERIVED_FROM = relationship_pb2.RELATIONSHIP_KIND_DERIVED_FROM


@pytest.fixture
def project(channel):
    """A project with a session that `ann` takes part in."""
    project = new_sessions(channel)
    project.begin("s", agent="ann")
    return project


def create(id="", title="a title", **fields):
    return {"create_context": {"context": {"id": id, "title": title, **fields}}}


def relate(source, target):
    return {"relate_contexts": {"source": source, "target": target, "kind": DERIVED_FROM}}


def append(*events, session="s", **fields):
    return {"append_events": {"session": session, "events": events or [note()], **fields}}


def events(project, session="s"):
    return [event for page in project.pages(session) for event in page.events]


def nothing_is_there(project):
    assert list(project.ListContexts().contexts) == []
    assert list(project.ListRelationships().relationships) == []
    assert events(project) == [] and project.GetSession(id="s").version == 1


def test_an_agent_writes_down_what_it_found_and_says_so(project):
    project.CreateContext(context={"id": "old", "title": "before"})
    project.CreateContext(context={"id": "gone", "title": "wrong"})
    done = project.Commit(writes=[
        create("finding", "what was found", content="a text of some length"),
        relate("finding", "old"),
        {"update_context": {"context": {"id": "old", "title": "after"}}},
        {"delete_context": {"id": "gone"}},
        append(note(agent="ann"), to(BROKEN) | {"agent": "ann"}),
    ])
    found, relationship, updated, deleted, appended = done.results
    assert (found.context.id, found.context.version, found.context.content) == ("finding", 1, "")
    assert (relationship.relationship.source, relationship.relationship.version) == ("finding", 1)
    assert (updated.context.title, updated.context.version) == ("after", 2)
    assert deleted.context.HasField("delete_time")
    assert (appended.appended.sequence, appended.appended.state) == (2, BROKEN)
    assert {
        found.context.position, relationship.relationship.position, updated.context.position,
        deleted.context.position, appended.appended.position, project.GetSession(id="s").position,
        *(event.position for event in events(project))} == {done.position}
    assert project.GetContext(id="finding").content == "a text of some length"
    assert [hit.context.id for hit in project.Search(query="found length").hits] == ["finding"]
    assert done.journal_id == project.ListContexts().journal_id


@pytest.mark.parametrize("spoiled, code, reason", [
    (create("taken"), EXISTS, "CONTEXT_EXISTS"),
    (relate("new", "missing"), NOT_FOUND, "CONTEXT_NOT_FOUND"),
    ({"update_context": {"context": {"id": "missing", "title": "x"}}}, NOT_FOUND, "CONTEXT_NOT_FOUND"),
    ({"update_context": {"context": {"id": "taken", "title": "x", "etag": "1"}}}, ABORTED, "ETAG_MISMATCH"),
    ({"delete_context": {"id": "missing"}}, NOT_FOUND, "CONTEXT_NOT_FOUND"),
    (append(session="missing"), NOT_FOUND, "SESSION_NOT_FOUND"),
    (append(expected_last_sequence=7), ABORTED, "SESSION_HEAD_MISMATCH"),
    (append(note(agent="bob")), grpc.StatusCode.FAILED_PRECONDITION, "NOT_A_MEMBER"),
], ids=lambda value: value if isinstance(value, str) else None)
def test_one_write_that_fails_undoes_all(project, spoiled, code, reason):
    project.CreateContext(context={"id": "taken", "title": "x"})
    before = project.GetContext(id="taken")
    whole = [create("new"), create("other"), relate("new", "other")]
    if "append_events" not in spoiled:
        whole.append(append())
    refused(lambda: project.Commit(writes=[*whole, spoiled]), code=code, reason=reason)
    assert project.GetContext(id="taken") == before
    project.DeleteContext(id="taken")
    nothing_is_there(project)
    # Without it they are made.
    assert len(project.Commit(writes=whole).results) == len(whole)


def test_everything_that_stands_against_it_is_said_at_once(project):
    with pytest.raises(grpc.RpcError) as caught:
        project.Commit(writes=[
            create("a"), {"delete_context": {"id": "missing"}}, relate("a", "nowhere"), append(session="none")])
    [failure] = [
        failure for detail in rpc_status.from_call(caught.value).details
        if detail.Unpack(failure := error_details_pb2.PreconditionFailure())]
    assert [violation.type for violation in failure.violations] == [
        "CONTEXT_NOT_FOUND", "CONTEXT_NOT_FOUND", "SESSION_NOT_FOUND"]
    nothing_is_there(project)


def test_the_index_is_that_of_the_write(project):
    error = refused(lambda: project.Commit(writes=[append(), create("a"), relate("a", "nowhere")]))
    assert error.metadata["index"] == "2"


@pytest.mark.parametrize("writes, field", [
    ([], "writes"),
    ([{}], "writes[0].write"),
    ([create("a"), {"create_context": {}}], "writes[1].create_context.context"),
    ([{"create_context": {"context": {"title": "x"}, "request_id": "r"}}], "writes[0].create_context.request_id"),
    ([relate("a", "a")], "writes[0].relate_contexts.target"),
    ([append(session="")], "writes[0].append_events.session"),
    ([{"append_events": {"session": "s"}}], "writes[0].append_events.events"),
    ([append(project="p")], "writes[0].append_events.project"),
    ([append(session=f"s{n}") for n in range(17)], "writes"),
], ids=lambda value: value if isinstance(value, str) else None)
def test_wrong_requests_name_the_field(project, writes, field):
    error = refused(lambda: project.Commit(writes=writes), code=INVALID)
    assert field in error.fields, error
    nothing_is_there(project)


@pytest.mark.parametrize("twice", [create("a"), relate("a", "b"), append()], ids=["context", "relationship", "log"])
def test_nothing_is_written_twice(project, twice):
    refused(lambda: project.Commit(writes=[twice, twice]), code=INVALID, reason="DUPLICATE_IN_BATCH")
    nothing_is_there(project)


def test_a_repetition_gets_the_same_answer(project):
    writes = [create(), append(), create("b", content="long"), relate("b", "c"), create("c")]
    first = project.Commit(writes=writes, request_id="r")
    project.append("s")
    project.UpdateContext(context={"id": "b", "title": "later"})
    assert project.Commit(writes=writes, request_id="r") == first
    assert len(events(project)) == 2
    refused(
        lambda: project.Commit(writes=writes[:1], request_id="r"), code=INVALID, reason="REQUEST_ID_REUSED")


def test_who_only_asks_writes_nothing(project):
    writes = [create("a"), create("b"), relate("a", "b"), append(to(BROKEN))]
    told = project.Commit(writes=writes, validate_only=True)
    assert told.position == 0 and len(told.results) == 4
    assert told.results[3].appended.state == BROKEN
    nothing_is_there(project)
    refused(lambda: project.Commit(writes=[create("a"), append(session="x")], validate_only=True), code=NOT_FOUND)
    assert project.Commit(writes=writes).position > 0


def test_what_is_deleted_with_it_cannot_be_related(project):
    project.CreateContext(context={"id": "a", "title": "x"})
    refused(
        lambda: project.Commit(writes=[{"delete_context": {"id": "a"}}, create("b"), relate("b", "a")]),
        reason="CONTEXT_DELETED")


def test_the_limits_hold(project):
    for number in range(16):
        project.begin(f"l{number}")
    several = [append(session=f"l{number}") for number in reversed(range(16))]
    done = project.Commit(writes=several + [create(f"c{n}") for n in range(1000 - 16)], timeout=120)
    assert len(done.results) == 1000 and all(result.appended.sequence == 1 for result in done.results[:16])
    refused(lambda: project.Commit(writes=[create() for _ in range(1001)]), code=INVALID)


def test_many_who_commit_to_the_same_logs_do_not_block_each_other(module_database, project):
    """From two servers, in opposite orders, beside plain appends: each gets its turn, and no number is missing."""
    other = Server("--database-url", module_database.url).start()
    try:
        project.begin("t")
        failures = []
        with other.channel() as second:
            peers = [project, Sessions(second, project.project)]

            def work(number):
                try:
                    for turn in range(10):
                        logs = [append(session="s"), append(session="t")]
                        peers[number % 2].Commit(
                            writes=[create(f"{number}-{turn}")] + (logs if number % 4 < 2 else logs[::-1]))
                        peers[number % 2].append("s")
                except grpc.RpcError as error:
                    failures.append(error)

            threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        assert failures == []
        assert [event.sequence for event in events(project, "s")] == list(range(1, 161))
        assert [event.sequence for event in events(project, "t")] == list(range(1, 81))
    finally:
        assert other.stop() == 0, other.text


def test_a_lost_lease_commits_nothing(module_database, project):
    module_database.query(
        "INSERT INTO lease (project_id, lease_id, epoch, holder, until) VALUES"
        f" ('{project.project}', 'l', 2, 'ann', now() + interval '1 h')")
    stale = Sessions(project.channel, project.project, lease="l", lease_epoch="1")
    refused(lambda: stale.Commit(writes=[create("a"), append()]), code=ABORTED, reason="LEASE_LOST")
    nothing_is_there(project)
    current = Sessions(project.channel, project.project, lease="l", lease_epoch="2")
    assert current.Commit(writes=[create("a"), append()]).position > 0


def test_a_feed_of_all_kinds_has_it_in_one_piece(project):
    done = project.Commit(writes=[create("a"), append(to(BROKEN)), create("b"), relate("a", "b")])
    call = change_pb2_grpc.ChangeServiceStub(project.channel).WatchChanges(
        change_pb2.WatchChangesRequest(after_position=done.position - 1), metadata=project.metadata, timeout=60)
    found = []
    for event in call:
        if event.HasField("caught_up"):
            call.cancel()
            break
        if event.HasField("change"):
            found.append((event.change.position, event.change.ordinal, event.change.resource_kind))
    kinds = ["context", "context", "relationship", "session"]
    assert found == [(done.position, ordinal, kind) for ordinal, kind in enumerate(kinds)]
