"""The life of a session: begun, joined, left, changed, expired, ended, deleted, and found meanwhile."""

import time
import uuid

import grpc
import pytest
from cairn.v1 import session_resource_pb2
from google.protobuf import json_format

from harness import SLOWNESS
from harness.refusals import refusal, refused
from harness.server import Server
from harness.sessions import (
    BROKEN, COMPLETED, COORDINATING, END, FOREVER, HANDOFF, OUTCOME, START, WORKING, change, new_sessions, note, to)
from harness.waiting import eventually

INVALID, NOT_FOUND, EXISTS, ABORTED, PRECONDITION = (
    grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.NOT_FOUND, grpc.StatusCode.ALREADY_EXISTS,
    grpc.StatusCode.ABORTED, grpc.StatusCode.FAILED_PRECONDITION)
NOWHERE = {"code": NOT_FOUND, "reason": "SESSION_NOT_FOUND"}
SECOND = 1_000_000_000


@pytest.fixture(scope="module")
def server(module_database):
    """Sessions that expire stay as they are while these tests look at them."""
    running = Server("--database-url", module_database.url, "--session-sweep-interval", "1h").start()
    yield running
    status = running.stop()
    assert status == 0, running.text


@pytest.fixture
def sessions(channel):
    return new_sessions(channel)


def nanoseconds(time):
    return time.ToNanoseconds()


def lifetime(session):
    """For how long a session lives after its last event, or after its creation, in nanoseconds."""
    since = session.last_event_time if session.HasField("last_event_time") else session.create_time
    return nanoseconds(session.expire_time) - nanoseconds(since)


def expire(sessions, database, id):
    """Lets the time of a session be over."""
    database.query(
        "UPDATE session_head SET expire_time = now() - interval '1 second', look_time = now() - interval '1 second'"
        f" WHERE project_id = '{sessions.project}' AND session_id = '{id}'")


# Beginning


def test_s1_a_session_has_an_id_an_agent_a_state_and_an_hour(sessions):
    made = sessions.begin(agent="ann")
    kind, _, rest = made.id.partition("-")
    assert kind == "sess" and uuid.UUID(rest).version == 7
    assert list(made.agents) == ["ann"] and made.state == WORKING and made.outcome == 0
    assert made.ttl.seconds == 3600 and lifetime(made) == 3600 * SECOND
    assert (made.version, made.last_sequence, made.max_events) == (1, 0, 1_000_000)
    assert made.etag and made.position > 0 and made.create_time == made.update_time
    for field in ("last_event_time", "end_time", "delete_time"):
        assert not made.HasField(field)
    assert sessions.GetSession(id=made.id) == made
    assert sessions.events(made.id) == []


def test_s1_the_agent_is_that_of_the_metadata_or_nobody(sessions):
    assert list(sessions.acting(agent="bob").begin().agents) == ["bob"]
    assert list(sessions.acting(agent="bob").begin(agent="ann").agents) == ["ann"]
    assert list(sessions.begin().agents) == []


def test_s2_initial_entities_make_an_event_of_the_servers_own(sessions):
    made = sessions.begin(agent="ann", entities=["b", "a"])
    assert list(made.entities) == ["b", "a"] and made.last_sequence == 1
    event, = sessions.events(made.id)
    assert (event.session, event.sequence, event.type, event.agent) == (made.id, 1, START, "ann")
    assert event.change.operation == event.change.OPERATION_INITIAL and list(event.change.entities) == ["b", "a"]
    assert event.provenance.operation == "cairn.v1.SessionService/CreateSession"
    assert event.position == made.position and event.provenance.time == made.last_event_time
    assert sessions.append(made.id).sequence == 2


def test_s3_metadata_comes_back_as_it_was(sessions):
    metadata = {
        "map": {"deep": {"list": [1, "two", None, [], {}]}}, "zero": 0, "no": False, "empty": "", "Grüße": "👩‍👩‍👧", "pi": 3.25}
    id = sessions.begin(metadata=metadata).id
    assert json_format.MessageToDict(sessions.GetSession(id=id).metadata) == metadata


def test_s4_the_own_ttl_is_kept(sessions):
    made = sessions.begin(ttl={"seconds": 120})
    assert made.ttl.seconds == 120 and lifetime(made) == 120 * SECOND
    answer = sessions.append(made.id)
    assert nanoseconds(answer.expire_time) - nanoseconds(answer.time) == 120 * SECOND
    after = sessions.GetSession(id=made.id)
    assert after.expire_time == answer.expire_time and after.last_event_time == answer.time
    assert nanoseconds(answer.expire_time) > nanoseconds(made.expire_time)


def test_s4_a_session_may_live_for_ever(sessions):
    made = sessions.begin(ttl=FOREVER)
    assert made.HasField("ttl") and made.ttl.seconds == 0 and not made.HasField("expire_time")
    assert not sessions.append(made.id).HasField("expire_time")
    assert sessions.GetSession(id=made.id) == sessions.list(active=True)[0]


def test_what_a_client_gives_is_kept_and_what_is_the_servers_is_not_taken(sessions):
    made = sessions.begin(
        id="s", title="Repair", owner="eve", max_events=7, state=COMPLETED, agents=["mallory"], version=9, etag="x",
        position=5, last_sequence=4, outcome=1, recent_events=[{"name": "x"}])
    assert (made.id, made.title, made.owner, made.max_events) == ("s", "Repair", "eve", 7)
    assert (made.state, list(made.agents), made.version, made.last_sequence, made.outcome) == (WORKING, [], 1, 0, 0)
    assert not made.recent_events


@pytest.mark.parametrize("fields, wrong", [
    ({"id": "-"}, "session.id"), ({"id": "a\nb"}, "session.id"), ({"id": "x" * 129}, "session.id"),
    ({"title": "x" * 1025}, "session.title"), ({"owner": "x" * 129}, "session.owner"), ({"owner": "\0"}, "session.owner"),
    ({"entities": ["a", "a"]}, "session.entities[1]"), ({"entities": [""]}, "session.entities[0]"),
    ({"entities": ["x" * 513]}, "session.entities[0]"), ({"entities": [str(n) for n in range(1001)]}, "session.entities"),
    ({"ttl": {"seconds": -1}}, "session.ttl"), ({"ttl": {"nanos": 999_999_999}}, "session.ttl"),
    ({"ttl": {"seconds": 3650 * 86_400 + 1}}, "session.ttl"), ({"max_events": -1}, "session.max_events"),
    ({"checkpoint_interval": -1}, "session.checkpoint_interval"),
    ({"checkpoint_interval": 1_000_001}, "session.checkpoint_interval"),
    ({"max_events": 1_000_000_001}, "session.max_events"), ({"metadata": {"k": "x" * 65_536}}, "session.metadata"),
    ({"parent": "x" * 129}, "session.parent"), ({"agent": "x" * 129}, "agent"), ({"agent": "a\tb"}, "agent"),
    ({"request_id": "x" * 200}, "request_id"),
])
def test_wrong_fields_are_named(sessions, fields, wrong):
    said = refused(sessions.begin, **fields, code=INVALID, reason="FIELD_INVALID")
    assert list(said.fields) == [wrong]
    assert sessions.list() == []


def test_all_wrong_fields_are_named_at_once(sessions):
    said = refused(
        sessions.begin, id="-", title="x" * 1025, owner="\n", entities=["", "a", "a"], ttl={"seconds": -1}, max_events=-1,
        agent="x" * 129, code=INVALID, reason="FIELD_INVALID")
    assert sorted(said.fields) == [
        "agent", "session.entities[0]", "session.entities[2]", "session.id", "session.max_events", "session.owner",
        "session.title", "session.ttl"]


def test_a_session_is_a_part_of_one_that_is_there(sessions, module_database):
    refused(sessions.begin, parent="none", code=NOT_FOUND, reason="SESSION_NOT_FOUND")
    refused(sessions.begin, id="own", parent="own", code=NOT_FOUND, reason="SESSION_NOT_FOUND")
    parent = sessions.begin(id="parent")
    for child in ("one", "two"):
        assert sessions.begin(id=child, parent="parent").parent == "parent"
    assert sorted(sessions.ids(parent="parent")) == ["one", "two"]
    refused(
        sessions.UpdateSession, session={"id": "parent", "parent": "one"}, update_mask={"paths": ["parent"]}, code=INVALID,
        reason="FIELD_MASK_INVALID")
    expire(sessions, module_database, "parent")
    assert sessions.begin(id="three", parent="parent").parent == parent.id
    sessions.DeleteSession(id="parent")
    refused(sessions.begin, id="four", parent="parent", code=NOT_FOUND, reason="SESSION_DELETED")
    assert len(sessions.list()) == 3


# Changing


def test_s7_a_part_is_changed_and_the_rest_stays(sessions):
    made = sessions.begin(id="s", agent="ann", title="old", metadata={"a": 1, "b": 2})
    sessions.append("s", to(BROKEN))
    before = sessions.GetSession(id="s")
    changed = sessions.UpdateSession(
        session={"id": "s", "metadata": {"a": 3}, "title": "not this"}, update_mask={"paths": ["metadata"]})
    assert json_format.MessageToDict(changed.metadata) == {"a": 3}
    assert (changed.title, changed.state, list(changed.agents)) == ("old", BROKEN, ["ann"])
    assert changed.version == before.version + 1 and changed.create_time == made.create_time
    assert nanoseconds(changed.update_time) > nanoseconds(before.update_time)
    assert (changed.expire_time, changed.last_sequence) == (before.expire_time, before.last_sequence)
    assert changed == sessions.GetSession(id="s")

    refused(
        sessions.UpdateSession, session={"id": "s", "title": "new", "etag": made.etag}, code=ABORTED,
        reason="ETAG_MISMATCH")
    one = sessions.UpdateSession(
        session={"id": "s", "metadata": {"c": 4}, "etag": changed.etag}, update_mask={"paths": ["metadata.c"]})
    assert json_format.MessageToDict(one.metadata) == {"a": 3, "c": 4}
    cleared = sessions.UpdateSession(session={"id": "s"}, update_mask={"paths": ["title", "metadata"]})
    assert cleared.title == "" and not cleared.HasField("metadata")
    named = sessions.UpdateSession(session={"id": "s", "owner": "eve", "max_events": 70})
    assert (named.owner, named.max_events, named.state) == ("eve", 70, BROKEN)
    assert sessions.UpdateSession(session={"id": "s", "title": "all"}, update_mask={"paths": ["*"]}).owner == ""


@pytest.mark.parametrize("path", ["ttl", "state", "agents", "entities", "id", "version", "nope", "", "metadata.", "title.x"])
def test_s7_what_cannot_be_changed_is_refused(sessions, path):
    sessions.begin(id="s")
    refused(
        sessions.UpdateSession, session={"id": "s"}, update_mask={"paths": [path]}, code=INVALID,
        reason="FIELD_MASK_INVALID")


def test_an_update_with_the_same_values_is_a_version_as_of_a_context(sessions, contexts):
    """Whoever writes is in the history, also with what was there: so it is with both."""
    sessions.begin(id="s", title="one", metadata={"k": 1})
    context = contexts.create("one", metadata={"k": 1})
    for version in (2, 3):
        changed = sessions.UpdateSession(session={"id": "s", "title": "one", "metadata": {"k": 1}})
        assert (changed.version, changed.title, dict(changed.metadata)) == (version, "one", {"k": 1})
        assert contexts.update(context.id, title="one", metadata={"k": 1}).version == version
    assert sessions.GetSession(id="s") == changed


def test_what_does_not_exist_cannot_be_changed(sessions):
    for call, fields in [
            (sessions.GetSession, {"id": "none"}), (sessions.UpdateSession, {"session": {"id": "none", "title": "t"}}),
            (sessions.JoinSession, {"id": "none", "agent": "a"}), (sessions.LeaveSession, {"id": "none", "agent": "a"}),
            (sessions.EndSession, {"id": "none"}), (sessions.SetSessionTtl, {"id": "none", "ttl": {"seconds": 9}}),
            (sessions.DeleteSession, {"id": "none"}), (sessions.AppendEvent, {"session": "none", "event": note()}),
            (sessions.ListEvents, {"session": "none"}),
            (sessions.RecordCodeChange, {"session": "none", "change": change()}),
            (sessions.RecordTestResult, {"session": "none", "entities": ["e"]})]:
        said = refused(call, **fields, **NOWHERE)
        assert said.metadata == {"id": "none"} and said.resources == [("cairn.v1.Session", "none")], fields


def test_s8_a_deleted_session_is_gone_with_its_log_and_its_id_stays_taken(sessions):
    made = sessions.begin(id="s", agent="ann", entities=["e"])
    sessions.append("s")
    refused(sessions.DeleteSession, id="s", etag="0", code=ABORTED, reason="ETAG_MISMATCH")
    deleted = sessions.DeleteSession(id="s", etag=made.etag)
    assert deleted.HasField("delete_time") and deleted.version == made.version + 1
    gone = {"code": NOT_FOUND, "reason": "SESSION_DELETED"}
    for call, fields in [
            (sessions.GetSession, {"id": "s"}), (sessions.ListEvents, {"session": "s"}),
            (sessions.AppendEvent, {"session": "s", "event": note()}), (sessions.JoinSession, {"id": "s", "agent": "bob"}),
            (sessions.LeaveSession, {"id": "s", "agent": "ann"}), (sessions.EndSession, {"id": "s"}),
            (sessions.SetSessionTtl, {"id": "s", "ttl": {"seconds": 9}}),
            (sessions.UpdateSession, {"session": {"id": "s", "title": "t"}}), (sessions.DeleteSession, {"id": "s"})]:
        assert refused(call, **fields, **gone).metadata == {"id": "s"}
    refused(sessions.begin, id="s", code=EXISTS, reason="SESSION_EXISTS")
    for _ in range(2):
        assert sessions.DeleteSession(id="s", allow_missing=True, etag="0", request_id="r") == deleted
    assert sessions.DeleteSession(id="none", allow_missing=True) == session_resource_pb2.Session(id="none")
    assert sessions.ids() == [] and [session.id for session in sessions.list(show_deleted=True)] == ["s"]
    assert sessions.GetSession(id="s", show_deleted=True) == deleted


# Joining and leaving


def test_s19_joining_twice_is_joining_once(sessions):
    sessions.begin(id="s", agent="ann")
    joined = sessions.JoinSession(id="s", agent="bob")
    assert list(joined.agents) == ["ann", "bob"] and (joined.version, joined.last_sequence) == (2, 1)
    again = sessions.JoinSession(id="s", agent="bob")
    assert (list(again.agents), again.version, again.last_sequence) == (["ann", "bob"], 2, 1)
    event, = sessions.events("s")
    assert (event.type, event.handoff.agent, event.handoff.kind) == (HANDOFF, "bob", event.handoff.KIND_JOINED)
    assert event.agent == "bob"
    assert list(sessions.acting(agent="cal").JoinSession(id="s").agents) == ["ann", "bob", "cal"]
    refused(sessions.JoinSession, id="s", code=INVALID, reason="FIELD_INVALID")
    left = sessions.LeaveSession(id="s", agent="ann", reason="lunch")
    assert list(left.agents) == ["bob", "cal"]
    last = sessions.events("s")[-1]
    assert (last.handoff.agent, last.handoff.kind, last.handoff.reason) == ("ann", last.handoff.KIND_LEFT, "lunch")
    said = refused(sessions.LeaveSession, id="s", agent="ann", code=PRECONDITION, reason="NOT_A_MEMBER")
    assert said.metadata == {"id": "s", "agent": "ann"}


def test_agents_that_unicode_calls_equal_are_two(sessions):
    composed, decomposed = "\u00e9", "e\u0301"
    for id in (composed, decomposed):
        sessions.begin(id=id, agent=composed)
        sessions.JoinSession(id=id, agent=decomposed)
    assert sorted(sessions.ids()) == sorted([composed, decomposed])
    for id in (composed, decomposed):
        # In the order of their bytes: 65 cc 81 comes before c3 a9.
        assert list(sessions.GetSession(id=id).agents) == [decomposed, composed]
        assert sessions.append(id, note(agent=decomposed)).sequence == 2
        left = sessions.LeaveSession(id=id, agent=composed)
        assert list(left.agents) == [decomposed]
        refused(sessions.append, id, note(agent=composed), code=PRECONDITION, reason="NOT_A_MEMBER")
    assert len(sessions.begin(entities=[composed, decomposed]).entities) == 2
    assert sorted(sessions.ids(agent=decomposed)) == sorted([composed, decomposed])
    assert sessions.ids(agent=composed) == []


def test_a_session_has_a_thousand_agents_at_most(sessions):
    sessions.begin(id="s", agent="first")
    for number in range(999):
        full = sessions.JoinSession(id="s", agent=f"a{number:04}")
    assert len(full.agents) == 1000
    said = refused(sessions.JoinSession, id="s", agent="one-more", code=PRECONDITION, reason="SESSION_FULL")
    assert said.metadata == {"id": "s", "limit": "1000"}
    assert sessions.JoinSession(id="s", agent="a0500").last_sequence == 999
    sessions.LeaveSession(id="s", agent="first")
    assert len(sessions.JoinSession(id="s", agent="one-more").agents) == 1000


def test_s20_when_the_last_agent_leaves_the_grace_time_begins(sessions):
    sessions.begin(id="s", agent="ann")
    sessions.JoinSession(id="s", agent="bob")
    first = sessions.LeaveSession(id="s", agent="ann")
    assert lifetime(first) == 3600 * SECOND
    last = sessions.LeaveSession(id="s", agent="bob")
    assert list(last.agents) == [] and lifetime(last) == 300 * SECOND
    assert sessions.events("s")[-1].handoff.kind == 2
    assert sessions.ids(active=True) == ["s"]

    # What would have been over before that is over then.
    sessions.begin(id="short", agent="ann", ttl={"seconds": 30})
    before = sessions.append("short")
    left = sessions.LeaveSession(id="short", agent="ann")
    assert left.expire_time == before.expire_time
    # What lives for ever does so without agents, too.
    sessions.begin(id="forever", agent="ann", ttl=FOREVER)
    assert not sessions.LeaveSession(id="forever", agent="ann").HasField("expire_time")


def test_s21_who_comes_back_in_time_brings_the_ttl_back(sessions):
    sessions.begin(id="s", agent="ann", ttl={"seconds": 7200})
    assert lifetime(sessions.LeaveSession(id="s", agent="ann")) == 300 * SECOND
    back = sessions.JoinSession(id="s", agent="ann")
    assert lifetime(back) == 7200 * SECOND and back.ttl.seconds == 7200
    assert sessions.GetSession(id="s") == back


# The state


@pytest.mark.parametrize("through, target", [
    ([], BROKEN), ([], COORDINATING), ([BROKEN], WORKING), ([BROKEN], COORDINATING), ([COORDINATING], WORKING),
    ([COORDINATING], BROKEN)])
def test_s13_the_states_that_a_session_can_be_led_to(sessions, through, target):
    sessions.begin(id="s")
    for state in through:
        sessions.append("s", to(state))
    before = sessions.GetSession(id="s")
    answer = sessions.append("s", to(target))
    after = sessions.GetSession(id="s")
    assert answer.state == after.state == target and after.version == before.version + 1
    assert sessions.events("s")[-1].transition.from_state == before.state
    # The same again is no change.
    assert sessions.append("s", to(target)).state == target
    assert sessions.GetSession(id="s").version == after.version


def test_s13_an_event_that_is_wrong_about_the_state_is_refused(sessions):
    sessions.begin(id="s")
    said = refused(
        sessions.append, "s", to(WORKING, from_state=BROKEN), code=PRECONDITION, reason="SESSION_STATE_MISMATCH")
    assert said.metadata["id"] == "s" and "WORKING" in said.metadata["state"].upper()
    assert sessions.append("s", to(BROKEN, from_state=WORKING)).sequence == 1
    for state in (0, COMPLETED, 77):
        said = refused(sessions.append, "s", to(state), code=INVALID, reason="FIELD_INVALID")
        assert list(said.fields) == ["event.transition.to_state"]
    assert sessions.GetSession(id="s").last_sequence == 1


@pytest.mark.parametrize("outcome, stored", [(0, 4), (1, 1), (2, 2), (3, 3), (4, 4)])
def test_s38_a_session_ends_once_and_for_all(sessions, outcome, stored):
    sessions.begin(id="s", agent="ann")
    sessions.append("s", to(BROKEN))
    made = sessions.GetSession(id="s")
    refused(sessions.EndSession, id="s", etag="0", code=ABORTED, reason="ETAG_MISMATCH")
    refused(sessions.EndSession, id="s", agent="bob", code=PRECONDITION, reason="NOT_A_MEMBER")
    ended = sessions.EndSession(id="s", outcome=outcome, etag=made.etag, agent="ann")
    assert (ended.state, ended.outcome, ended.version) == (COMPLETED, stored, made.version + 1)
    event = sessions.events("s")[-1]
    assert (event.type, event.outcome, event.agent, event.sequence) == (END, stored, "ann", 2)
    assert ended.end_time == event.provenance.time
    assert list(ended.agents) == ["ann"] and sessions.GetSession(id="s") == ended
    over = {"code": PRECONDITION, "reason": "SESSION_ENDED"}
    for call, fields in [
            (sessions.AppendEvent, {"session": "s", "event": note()}), (sessions.JoinSession, {"id": "s", "agent": "bob"}),
            (sessions.LeaveSession, {"id": "s", "agent": "ann"}), (sessions.EndSession, {"id": "s"}),
            (sessions.SetSessionTtl, {"id": "s", "ttl": {"seconds": 9}}),
            (sessions.UpdateSession, {"session": {"id": "s", "title": "t"}})]:
        assert refused(call, **fields, **over).metadata == {"id": "s"}
    assert sessions.ids(active=True) == [] and sessions.ids(states=[COMPLETED]) == ["s"]
    assert sessions.DeleteSession(id="s").HasField("delete_time")


@pytest.mark.parametrize("outcome", [5, 9])
def test_s38_nobody_ends_a_session_as_expired(sessions, outcome):
    sessions.begin(id="s")
    said = refused(sessions.EndSession, id="s", outcome=outcome, code=INVALID, reason="FIELD_INVALID")
    assert list(said.fields) == ["outcome"]


# Expiry


def test_s17_a_ttl_is_set_and_passes(sessions):
    sessions.begin(id="s")
    made = sessions.GetSession(id="s")
    set_ = sessions.SetSessionTtl(id="s", ttl={"seconds": 1})
    assert set_.ttl.seconds == 1 and set_.version == made.version + 1
    assert nanoseconds(set_.expire_time) - nanoseconds(set_.update_time) == SECOND
    assert set_.last_sequence == 0
    eventually(lambda: sessions.ids(active=True) == [], "the session is not active any more")
    refused(sessions.append, "s", code=PRECONDITION, reason="SESSION_EXPIRED")
    sessions.begin(id="t")
    assert not sessions.SetSessionTtl(id="t", ttl=FOREVER).HasField("expire_time")
    for wrong in ({"seconds": -1}, {"nanos": 1}, {"seconds": 3650 * 86_400 + 1}, None):
        said = refused(sessions.SetSessionTtl, id="t", ttl=wrong, code=INVALID, reason="FIELD_INVALID")
        assert list(said.fields) == ["ttl"]


def test_s18_an_expired_session_can_be_read_and_nothing_else(sessions, module_database):
    sessions.begin(id="s", agent="ann", entities=["e"])
    sessions.append("s")
    expire(sessions, module_database, "s")
    session = sessions.GetSession(id="s", recent_events=5)
    assert session.state == WORKING and not session.HasField("end_time") and len(session.recent_events) == 2
    assert sessions.sequences("s") == [1, 2]
    assert sessions.ids(active=True) == [] and sessions.ids() == ["s"]
    expired = {"code": PRECONDITION, "reason": "SESSION_EXPIRED"}
    for call, fields in [
            (sessions.AppendEvent, {"session": "s", "event": note()}), (sessions.JoinSession, {"id": "s", "agent": "bob"}),
            (sessions.LeaveSession, {"id": "s", "agent": "ann"}), (sessions.EndSession, {"id": "s"}),
            (sessions.SetSessionTtl, {"id": "s", "ttl": {"seconds": 9}}),
            (sessions.RecordTestResult, {"session": "s", "entities": ["e"]}),
            (sessions.UpdateSession, {"session": {"id": "s", "title": "t"}})]:
        said = refused(call, **fields, **expired)
        assert said.metadata == {"id": "s", "expire_time": json_format.MessageToDict(session)["expireTime"]}
    assert sessions.GetSession(id="s").last_sequence == 2
    assert sessions.DeleteSession(id="s").HasField("delete_time")


def test_s40_the_sweep_ends_what_has_expired_and_nothing_else(start_server, database):
    server = start_server("--database-url", database.url, "--session-sweep-interval", "100ms", "--session-grace", "1s")
    with server.channel() as channel:
        sessions = new_sessions(channel)
        watcher = sessions.watch().caught_up()
        sessions.begin(id="expires", agent="ann", ttl={"seconds": 1})
        sessions.begin(id="deserted", agent="ann")
        sessions.begin(id="lives", agent="ann")
        sessions.begin(id="forever", ttl=FOREVER)
        last = sessions.append("expires")
        sessions.LeaveSession(id="deserted", agent="ann")
        eventually(lambda: sorted(sessions.ids(states=[COMPLETED])) == ["deserted", "expires"], "two are ended")
        ended = sessions.GetSession(id="expires")
        assert ended.outcome == OUTCOME.Value("SESSION_OUTCOME_EXPIRED")
        assert nanoseconds(ended.end_time) >= nanoseconds(last.expire_time)
        event = sessions.events("expires")[-1]
        assert (event.sequence, event.type, event.outcome, event.agent) == (last.sequence + 1, END, ended.outcome, "")
        assert event.provenance.principal == "cairn"
        refused(sessions.append, "expires", code=PRECONDITION, reason="SESSION_ENDED")
        eventually(
            lambda: sorted(each.session.id for each in watcher.changes if each.kind == each.KIND_EXPIRED)
            == ["deserted", "expires"], "the feed tells of both")
        watcher.close()
        # Another sweep comes by: one of a session that expires later has been there.
        sessions.begin(id="later", ttl={"seconds": 1})
        eventually(lambda: "later" in sessions.ids(states=[COMPLETED]), "the sweep goes on")
        assert sorted(sessions.ids(active=True)) == ["forever", "lives"]
        assert [each.type for each in sessions.events("expires")].count(END) == 1


# Finding


def test_s35_pages_of_active_sessions_repeat_nothing(own_server, start_server, database):
    with own_server.channel() as channel:
        sessions = new_sessions(channel)
        made = [sessions.begin(title=str(number)).id for number in range(250)]
        for id in made[::50]:
            sessions.EndSession(id=id)
    assert own_server.stop() == 0
    with start_server("--database-url", database.url).channel() as channel:
        sessions = sessions.elsewhere(channel)
        pages, token = [], ""
        while True:
            page = sessions.ListSessions(filter={"active": True}, page_size=100, page_token=token)
            pages.append([session.id for session in page.sessions])
            # What comes in between is newer than all pages.
            sessions.begin(title="later")
            token = page.next_page_token
            if not token:
                break
        assert [len(page) for page in pages] == [100, 100, 45]
        left = [id for number, id in enumerate(made) if number % 50]
        assert [id for page in pages for id in page] == left[::-1], "the newest first"


def test_s36_the_sessions_of_an_agent_are_found_fast(sessions):
    for number in range(1000):
        sessions.begin(id=f"s{number}", agent="wanted" if number in (3, 500, 998) else f"agent-{number % 7}")
    assert sessions.ids(agent="wanted") == ["s998", "s500", "s3"]
    times = []
    for _ in range(9):
        begun = time.monotonic()
        sessions.ListSessions(filter={"agent": "wanted"})
        times.append(time.monotonic() - begun)
    assert sorted(times)[4] < 0.05 * SLOWNESS, times


def test_each_filter_narrows_the_list(sessions, module_database):
    sessions.begin(id="a", agent="ann", entities=["e1", "e2"], owner="eve")
    between = sessions.begin(id="b", agent="bob", entities=["e1"], parent="a").create_time
    sessions.begin(id="c", agent="ann", parent="a")
    sessions.append("b", to(BROKEN))
    sessions.append("c", {"type": 1, "change": change("e3", "e2")})
    sessions.EndSession(id="a")
    for filter, wanted in [
            ({}, "cba"), ({"agent": "ann"}, "ca"), ({"states": [BROKEN, COMPLETED]}, "ba"), ({"entity": "e1"}, "ba"),
            ({"entity": "e2"}, "ca"), ({"entity": "e3"}, "c"), ({"entity": "none"}, ""), ({"active": True}, "cb"),
            ({"parent": "a"}, "cb"), ({"owner": "eve"}, "a"), ({"created_from": between}, "cb"),
            ({"created_before": between}, "a"), ({"created_from": between, "agent": "ann"}, "c"),
            ({"entity": "e2", "active": True}, "c"), ({"agent": "ann", "states": [WORKING]}, "c"),
            ({"agent": "nobody"}, ""), ({"entity": "e1", "agent": "bob", "parent": "a", "states": [BROKEN]}, "b")]:
        assert "".join(sessions.ids(**filter)) == wanted, filter
        assert "".join(session.id for session in sessions.list(page_size=1, **filter)) == wanted, filter
    expire(sessions, module_database, "c")
    assert sessions.ids(active=True) == ["b"]
    # Who has left takes no part, and what was deleted is not there.
    sessions.LeaveSession(id="b", agent="bob")
    assert sessions.ids(agent="bob") == []
    sessions.DeleteSession(id="b")
    assert sessions.ids(parent="a") == ["c"] and sessions.ids(entity="e1") == ["a"]


@pytest.mark.parametrize("filter, wrong", [
    ({"agent": "x" * 129}, "filter.agent"), ({"states": [99]}, "filter.states[0]"), ({"states": [0]}, "filter.states[0]"),
    ({"states": [1] * 17}, "filter.states"), ({"entity": "x" * 513}, "filter.entity"), ({"owner": "\n"}, "filter.owner"),
    ({"parent": "x" * 129}, "filter.parent"), ({"created_from": {"nanos": -1}}, "filter.created_from"),
])
def test_wrong_filters_are_named(sessions, filter, wrong):
    said = refused(sessions.ListSessions, filter=filter, code=INVALID, reason="FIELD_INVALID")
    assert list(said.fields) == [wrong]


def test_page_tokens_are_good_for_their_list_alone(sessions, channel):
    for _ in range(3):
        sessions.begin(agent="ann")
    token = sessions.ListSessions(page_size=1).next_page_token
    assert len(sessions.ListSessions(page_size=5, page_token=token).sessions) == 2
    stranger = new_sessions(channel)
    middle = len(token) // 2
    for caller, fields in [
            (sessions, {"page_token": "forged"}), (sessions, {"page_token": token[:-2]}),
            (sessions, {"page_token": token[:middle] + ("A" if token[middle] != "A" else "B") + token[middle + 1:]}),
            (sessions, {"page_token": token, "filter": {"agent": "ann"}}),
            (sessions, {"page_token": token, "show_deleted": True}), (stranger, {"page_token": token})]:
        refused(caller.ListSessions, **fields, code=INVALID, reason="PAGE_TOKEN_INVALID")


# The past


def test_a_session_is_read_as_it_was(sessions):
    made = sessions.begin(id="s", agent="ann", title="one")
    broken = sessions.append("s", to(BROKEN))
    joined = sessions.JoinSession(id="s", agent="bob")
    sessions.UpdateSession(session={"id": "s", "title": "two"})
    ended = sessions.EndSession(id="s")

    def past(position):
        return sessions.GetSession(id="s", as_of={"position": position})

    assert (past(made.position).title, past(made.position).state, list(past(made.position).agents)) == (
        "one", WORKING, ["ann"])
    assert (past(broken.position).state, past(broken.position).version) == (BROKEN, 2)
    assert list(past(joined.position).agents) == ["ann", "bob"]
    assert past(ended.position).state == COMPLETED
    assert not past(broken.position).HasField("expire_time")
    refused(past, made.position - 1, **NOWHERE)
    refused(past, ended.position + 1_000_000, code=grpc.StatusCode.OUT_OF_RANGE, reason="POSITION_IN_FUTURE")
    by_time = sessions.GetSession(id="s", as_of={"time": joined.update_time})
    assert by_time.version == joined.version
    said = refused(
        sessions.GetSession, id="s", as_of={"position": made.position}, recent_events=1, code=INVALID,
        reason="FIELD_INVALID")
    assert list(said.fields) == ["recent_events"]
    sessions.DeleteSession(id="s")
    assert past(ended.position).title == "two"


def test_the_past_knows_how_far_the_log_was(sessions):
    made = sessions.begin(id="s", entities=["e"])
    appended = [sessions.append("s") for _ in range(3)]
    last = sessions.stream().send([note()] * 5, "s").rest()

    def past(**moment):
        session = sessions.GetSession(id="s", as_of=moment)
        return session.last_sequence, session.last_event_time

    assert past(position=made.position) == (1, made.create_time)
    for answer in appended:
        assert past(position=answer.position) == past(time=answer.time) == (answer.sequence, answer.time)
    assert past(position=last.position)[0] == 9
    assert sessions.GetSession(id="s", as_of={"position": last.position}).version == 1


# What every write has


# One request of every kind of write of a session `s` with the agent `ann`.
WRITES = {
    "CreateSession": {"session": {"id": "new", "entities": ["e"]}, "agent": "ann"},
    "UpdateSession": {"session": {"id": "s", "title": "changed"}},
    "JoinSession": {"id": "s", "agent": "bob"},
    "LeaveSession": {"id": "s", "agent": "ann"},
    "SetSessionTtl": {"id": "s", "ttl": {"seconds": 9000}},
    "EndSession": {"id": "s"},
    "DeleteSession": {"id": "s"},
    "AppendEvent": {"session": "s", "event": to(BROKEN)},
    "AppendMessage": {"session": "s", "message": {"role": 2, "content": "hello"}},
    "RecordCodeChange": {"session": "s", "change": change("x")},
    "RecordTestResult": {"session": "s", "entities": ["x"], "passed": False},
    "CreateCheckpoint": {"session": "s"},
}


@pytest.fixture
def session(sessions):
    sessions.begin(id="s", agent="ann", entities=["e"])
    return sessions


def everything(sessions):
    """All sessions and logs of a project."""
    found = sessions.list(show_deleted=True)
    return found, {each.id: sessions.events(each.id) for each in found if not each.HasField("delete_time")}


@pytest.mark.parametrize("method", WRITES)
def test_a_request_that_is_repeated_is_done_once(session, method):
    call, request = getattr(session, method), WRITES[method]
    first = call(**request, request_id="r")
    after = everything(session)
    assert call(**request, request_id="r") == first
    assert everything(session) == after
    other = {
        "UpdateSession": {"session": {"id": "s", "title": "other"}}, "SetSessionTtl": {"id": "s", "ttl": {"seconds": 1}},
        "DeleteSession": {"id": "s", "allow_missing": True}, "AppendEvent": {"session": "s", "event": note()},
    }.get(method, {**request, "agent": "cal"})
    refused(call, **other, request_id="r", code=INVALID, reason="REQUEST_ID_REUSED")
    assert everything(session) == after


@pytest.mark.parametrize("method", WRITES)
def test_what_is_only_tried_is_not_done(session, method):
    call, request = getattr(session, method), WRITES[method]
    before = everything(session)
    trial = call(**request, validate_only=True, request_id="r")
    assert everything(session) == before
    # Nothing was kept of the request either.
    done = call(**request, request_id="r")
    assert everything(session) != before
    if isinstance(done, session_resource_pb2.Session):
        own = ("version", "etag", "position", "update_time", "create_time", "delete_time", "end_time", "expire_time",
               "last_sequence", "last_event_time")
        for field in own:
            trial.ClearField(field)
            done.ClearField(field)
        assert trial == done
    else:
        assert trial.state == done.state


@pytest.mark.parametrize("method", WRITES)
def test_no_write_passes_under_a_lease_that_is_lost(session, module_database, method):
    module_database.query(
        "INSERT INTO lease (project_id, lease_id, epoch, holder, until) VALUES "
        f"('{session.project}', 'l', 2, 'test', now() + '1 minute')")
    before = everything(session)
    for lease, epoch in (("l", 1), ("unknown", 2)):
        stale = session.acting(lease=lease, lease_epoch=str(epoch))
        said = refused(getattr(stale, method), **WRITES[method], code=ABORTED, reason="LEASE_LOST")
        assert said.metadata == {"lease": lease, "epoch": str(epoch)}
    assert everything(session) == before
    getattr(session.acting(lease="l", lease_epoch="2"), method)(**WRITES[method])
    assert everything(session) != before


def test_a_stream_of_appends_ends_with_its_lease(session, module_database):
    module_database.query(
        "INSERT INTO lease (project_id, lease_id, epoch, holder, until) VALUES "
        f"('{session.project}', 'l', 1, 'test', now() + '1 minute')")
    stream = session.acting(lease="l", lease_epoch="1").stream()
    stream.send([note()], "s").receive_until(1)
    module_database.query(f"UPDATE lease SET epoch = 2 WHERE project_id = '{session.project}'")
    stream.send([note()])
    with pytest.raises(grpc.RpcError) as caught:
        stream.receive()
    assert refusal(caught.value).reason == "LEASE_LOST"
    assert session.GetSession(id="s").last_sequence == 2


def test_history_says_under_which_lease_an_event_was_appended(session, module_database):
    module_database.query(
        "INSERT INTO lease (project_id, lease_id, epoch, holder, until) VALUES "
        f"('{session.project}', 'l', 3, 'test', now() + '1 minute')")
    caller = session.acting(lease="l", lease_epoch="3", agent="ann", session="other", task="t")
    caller.append("s", note())
    provenance = session.events("s")[-1].provenance
    assert (provenance.lease, provenance.lease_epoch, provenance.agent, provenance.session, provenance.task) == (
        "l", 3, "ann", "other", "t")
    assert session.events("s")[-1].agent == "ann"


def test_a_project_does_not_see_the_sessions_of_another(session, channel):
    stranger = new_sessions(channel)
    assert stranger.list() == []
    for call in (lambda: stranger.GetSession(id="s"), lambda: stranger.append("s"), lambda: stranger.events("s"),
                 lambda: stranger.JoinSession(id="s", agent="bob")):
        refused(call, **NOWHERE)
    stranger.begin(id="s")
    assert stranger.append("s").sequence == 1 and session.GetSession(id="s").last_sequence == 1
