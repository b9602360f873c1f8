"""Checkpoints of sessions: made by hand, by events, by themselves; found again, restored, held."""

import grpc
import pytest
from cairn.v1 import session_resource_pb2

from harness.refusals import refused
from harness.server import Server
from harness.sessions import BROKEN, CHECKPOINT, OUTCOME, WORKING, change, new_sessions, note, to

NOT_FOUND, INVALID, RANGE, PRECONDITION, ABORTED = (
    grpc.StatusCode.NOT_FOUND, grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.OUT_OF_RANGE,
    grpc.StatusCode.FAILED_PRECONDITION, grpc.StatusCode.ABORTED)
KIND = session_resource_pb2.SessionCheckpoint
HIGH, LOW = (getattr(session_resource_pb2, f"SEVERITY_{name}") for name in ("HIGH", "LOW"))
MODIFIED = session_resource_pb2.SessionEvent.TYPE_MODIFIED


@pytest.fixture
def sessions(channel):
    return new_sessions(channel)


def effect(*entities, severity=LOW, delta=None):
    impact = {"severity": severity} | ({} if delta is None else {"performance_delta": delta})
    return {"type": MODIFIED, "change": change(*entities), "impact": impact}


def checkpoints(sessions, session, **fields):
    found, token = [], ""
    while True:
        page = sessions.ListCheckpoints(session=session, page_token=token, **fields)
        found += page.checkpoints
        token = page.next_page_token
        if not token:
            return found


def test_a_checkpoint_sums_up_the_last_events(sessions):
    id = sessions.begin(agent="ann").id
    sessions.append(id, effect("old", severity=HIGH, delta=100))
    for number in range(18):
        sessions.append(id, effect(f"e{number}", delta=-0.5))
    sessions.append(id, effect("first", "second", severity=HIGH, delta=2))
    sessions.append(id, to(BROKEN))
    made = sessions.CreateCheckpoint(session=id, title="before lunch", agent="ann")
    assert made.outcome == OUTCOME.Value("SESSION_OUTCOME_BROKEN")
    # The oldest event is the 21st from the end.
    assert list(made.key_impacts) == ["first"] and made.performance_delta == -7
    assert (made.state, list(made.agents), made.agent, made.title) == (BROKEN, ["ann"], "ann", "before lunch")
    assert made.kind == KIND.KIND_MANUAL and made.id.startswith("cp-")
    session = sessions.GetSession(id=id)
    assert (session.checkpoint, session.position) == (made.id, made.position)
    assert sessions.GetCheckpoint(session=id, id=made.id) == made
    assert checkpoints(sessions, id) == [made]
    told = sessions.events(id)[-1]
    assert (told.type, told.checkpoint, told.sequence, told.outcome) == (
        CHECKPOINT, made.id, made.sequence, made.outcome)


def test_a_checkpoint_is_made_by_itself_after_so_many_events(sessions):
    id = sessions.begin(checkpoint_interval=10).id
    for number in range(25):
        # Some of them take the other way, since they change the state.
        sessions.append(id, to(WORKING if number % 4 else BROKEN) if number % 3 else note())
    made = checkpoints(sessions, id)
    assert [each.sequence for each in made] == [20, 10]
    assert all(each.kind == KIND.KIND_AUTOMATIC for each in made)
    assert sessions.sequences(id) == list(range(1, 26))
    never = sessions.begin().id
    for _ in range(25):
        sessions.append(never)
    assert checkpoints(sessions, never) == []


def test_a_batch_that_passes_the_interval_makes_one(sessions):
    id = sessions.begin(checkpoint_interval=10).id
    stream = sessions.stream()
    stream.send([note() for _ in range(35)], session=id)
    assert stream.rest().last_sequence == 35
    assert [each.sequence for each in checkpoints(sessions, id)] == [35]


def test_an_event_of_the_type_makes_one_and_tells_of_it(sessions):
    id = sessions.begin(agent="ann").id
    appended = sessions.append(id, {"type": CHECKPOINT, "agent": "ann"})
    [made] = checkpoints(sessions, id)
    assert (made.sequence, made.position, made.agent) == (appended.sequence, appended.position, "ann")
    assert sessions.events(id)[-1].checkpoint == made.id == sessions.GetSession(id=id).checkpoint


def test_a_checkpoint_neither_ends_nor_shortens_a_session(sessions):
    begun = sessions.begin(ttl={"seconds": 1000})
    sessions.CreateCheckpoint(session=begun.id)
    after = sessions.GetSession(id=begun.id)
    assert after.expire_time.ToNanoseconds() >= begun.expire_time.ToNanoseconds()
    assert sessions.append(begun.id).state == WORKING


def test_checkpoints_are_there_after_a_restart(database):
    with_options = ("--database-url", database.url)
    first = Server(*with_options).start()
    with first.channel() as channel:
        sessions = new_sessions(channel)
        id = sessions.begin().id
        made = [sessions.CreateCheckpoint(session=id, title=str(number)) for number in range(3)]
    first.kill()
    second = Server(*with_options).start()
    with second.channel() as channel:
        assert checkpoints(sessions.elsewhere(channel), id) == made[::-1]
    second.stop()


def test_a_session_comes_back_to_a_checkpoint(sessions):
    id = sessions.begin(agent="ann", title="one", metadata={"k": 0}).id
    made = sessions.CreateCheckpoint(session=id)
    then = sessions.GetSession(id=id)
    sessions.append(id, to(BROKEN))
    sessions.JoinSession(id=id, agent="bob")
    sessions.UpdateSession(session={"id": id, "title": "two"}, update_mask={"paths": ["title", "metadata"]})
    asked = sessions.RestoreCheckpoint(session=id, id=made.id, validate_only=True)
    assert sessions.GetSession(id=id).title == "two" and asked.title == "one"
    now = sessions.RestoreCheckpoint(session=id, id=made.id, agent="ann")
    assert (now.title, now.metadata, list(now.agents), now.state) == (
        then.title, then.metadata, list(then.agents), then.state)
    assert sessions.GetSession(id=id) == now
    told = sessions.events(id)[-1]
    assert told.type == session_resource_pb2.SessionEvent.TYPE_RESTORED
    assert (told.checkpoint, told.agent) == (made.id, "ann")


def test_a_failure_is_kept_apart(sessions):
    id = sessions.begin().id
    sessions.CreateCheckpoint(session=id)
    failure = sessions.CreateCheckpoint(session=id, kind=KIND.KIND_FAILURE, title="it broke")
    assert checkpoints(sessions, id, kinds=[KIND.KIND_FAILURE]) == [failure]
    assert len(checkpoints(sessions, id, page_size=1)) == 2


def test_watchers_hear_of_checkpoints(sessions):
    id = sessions.begin(checkpoint_interval=2).id
    with sessions.watch(ids=[id], kinds=[11], after_position=0) as feed, sessions.follow(id, after_sequence=0) as log:
        made = sessions.CreateCheckpoint(session=id)
        sessions.append(id)
        [first, second] = feed.next_changes(2)
        assert first.session.checkpoint == made.id and first.position == made.position
        assert second.session.checkpoint == checkpoints(sessions, id)[0].id
        assert log.next_changes(1)[0].checkpoint == made.id


def test_a_repeated_request_makes_no_second_one(sessions):
    id = sessions.begin().id
    first = sessions.CreateCheckpoint(session=id, request_id="r")
    sessions.CreateCheckpoint(session=id)
    assert sessions.CreateCheckpoint(session=id, request_id="r") == first
    assert len(checkpoints(sessions, id)) == 2


def test_who_only_asks_makes_none(sessions):
    id = sessions.begin().id
    asked = sessions.CreateCheckpoint(session=id, validate_only=True)
    assert (asked.id, asked.position, asked.sequence) == ("", 0, 1)
    assert checkpoints(sessions, id) == [] and sessions.GetSession(id=id).checkpoint == ""


def test_what_stands_against_it(sessions):
    id = sessions.begin(agent="ann").id
    made = sessions.CreateCheckpoint(session=id)
    other = sessions.begin().id
    refused(sessions.CreateCheckpoint, session="none", code=NOT_FOUND, reason="SESSION_NOT_FOUND")
    refused(sessions.CreateCheckpoint, session=id, agent="bob", code=PRECONDITION, reason="NOT_A_MEMBER")
    refused(sessions.GetCheckpoint, session=other, id=made.id, code=NOT_FOUND, reason="CHECKPOINT_NOT_FOUND")
    refused(sessions.RestoreCheckpoint, session=other, id=made.id, code=NOT_FOUND, reason="CHECKPOINT_NOT_FOUND")
    refused(sessions.RestoreCheckpoint, session=id, id=made.id, etag="1", code=ABORTED, reason="ETAG_MISMATCH")
    refused(sessions.ListCheckpoints, session="none", code=NOT_FOUND, reason="SESSION_NOT_FOUND")
    wrong = refused(sessions.CreateCheckpoint, session="", title="x" * 1025, kind=99, agent="\n", code=INVALID)
    assert set(wrong.fields) == {"session", "title", "kind", "agent"}
    refused(sessions.CreateCheckpoint, session=id, kind=KIND.KIND_AUTOMATIC, code=INVALID, reason="FIELD_INVALID")
    sessions.EndSession(id=id)
    refused(sessions.CreateCheckpoint, session=id, code=PRECONDITION, reason="SESSION_ENDED")
    refused(sessions.RestoreCheckpoint, session=id, id=made.id, code=PRECONDITION, reason="SESSION_ENDED")
    assert sessions.GetCheckpoint(session=id, id=made.id) == made
