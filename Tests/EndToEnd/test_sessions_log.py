"""The log of a session: what is appended, in which order, what is refused, and how it is read."""

import random
import threading

import grpc
import pytest
from google.protobuf import json_format

from harness.refusals import refusal, refused
from harness.sessions import (
    ADDED, BROKE, BROKEN, CHECKPOINT, COMPLETED, COORDINATING, CUSTOM, END, EVENT, HANDOFF, MESSAGE, MODIFIED, RESTORED,
    START, TEST_PASS, WORKING, change, new_sessions, note, to)

INVALID, NOT_FOUND, ABORTED, PRECONDITION, EXHAUSTED = (
    grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.NOT_FOUND, grpc.StatusCode.ABORTED,
    grpc.StatusCode.FAILED_PRECONDITION, grpc.StatusCode.RESOURCE_EXHAUSTED)
SECOND = 1_000_000_000
MIB = 1 << 20


@pytest.fixture
def sessions(channel):
    """A project with one session, `s`, which ann began and which has no event yet."""
    sessions = new_sessions(channel)
    sessions.begin(id="s", agent="ann")
    return sessions


def nanoseconds(time):
    return time.ToNanoseconds()


# Appending


def test_an_event_comes_back_as_it_was_given(sessions):
    event = {
        "type": MODIFIED, "agent": "ann",
        "change": {
            "element_type": 6, "entities": ["a.swift", "Grüße", "e\u0301", "\u00e9"], "operation": ADDED,
            "affected_lines": 12, "semantic_hash": "h" * 128},
        "transition": {"from_state": WORKING, "to_state": BROKEN, "verified_by": 2, "confidence": 0.0},
        "impact": {"severity": 4, "failed_tests": ["t1", "t2"], "performance_delta": -0.5, "external_reference": "issue 1"},
        "data": {"k": [1, None, "x"]}, "payload": bytes(range(256)), "media_type": "application/octet-stream",
        "processing_time": {"seconds": 1, "nanos": 5},
    }
    answer = sessions.append("s", event)
    stored, = sessions.events("s")
    assert (stored.session, stored.sequence, stored.position, stored.ordinal) == ("s", 1, answer.position, 0)
    assert stored.provenance.time == answer.time
    assert stored.provenance.operation == "cairn.v1.SessionService/AppendEvent"
    for field in ("session", "sequence", "position", "ordinal", "provenance"):
        stored.ClearField(field)
    assert stored == EVENT(**event)
    assert stored.transition.HasField("confidence") and stored.impact.HasField("performance_delta")
    assert sessions.GetSession(id="s", recent_events=1).recent_events == sessions.events("s")


def test_what_is_the_servers_is_not_taken_from_a_client(sessions):
    sessions.append("s", note(
        session="other", sequence=99, position=7, ordinal=8, outcome=1, provenance={"agent": "mallory"}))
    stored, = sessions.events("s")
    assert (stored.session, stored.sequence, stored.outcome, stored.provenance.agent) == ("s", 1, 0, "")


def test_the_agent_of_an_event_is_that_of_the_call_unless_it_says_another(sessions):
    sessions.JoinSession(id="s", agent="bob")
    bob = sessions.acting(agent="bob")
    bob.append("s")
    bob.append("s", note(agent="ann"))
    sessions.append("s")
    assert [event.agent for event in sessions.events("s")][1:] == ["bob", "ann", ""]
    said = refused(sessions.acting(agent="cal").append, "s", code=PRECONDITION, reason="NOT_A_MEMBER")
    assert said.metadata == {"id": "s", "agent": "cal"}
    refused(bob.append, "s", note(agent="cal"), code=PRECONDITION, reason="NOT_A_MEMBER")


def test_s12_a_transition_changes_the_state_in_the_same_step(sessions):
    log, feed = sessions.follow("s").caught_up(), sessions.watch().caught_up()
    before = sessions.GetSession(id="s")
    answer = sessions.append("s", {"type": BROKE, "change": change("e"), "transition": {"to_state": BROKEN}})
    after = sessions.GetSession(id="s")
    assert answer.state == after.state == BROKEN
    assert (after.version, after.position) == (before.version + 1, answer.position)
    event = log.wait_for_changes(1)[0]
    assert (event.transition.to_state, event.transition.from_state) == (BROKEN, WORKING)
    told = feed.wait_for_changes(1)[0]
    assert (told.kind, told.session.state, told.position) == (told.KIND_TRANSITIONED, BROKEN, event.position)
    log.close()
    feed.close()


def test_events_without_a_transition_are_no_version(sessions):
    before = sessions.GetSession(id="s")
    for _ in range(3):
        answer = sessions.append("s")
    after = sessions.GetSession(id="s")
    assert (after.version, after.etag, after.position) == (before.version, before.etag, before.position)
    assert after.last_sequence == answer.sequence == 3 and answer.position > after.position


def test_s16_an_event_may_leave_the_expiry_as_it_is(sessions):
    before = sessions.GetSession(id="s").expire_time
    assert sessions.append("s", keep_expire_time=True).expire_time == before
    assert sessions.GetSession(id="s").expire_time == before
    renewed = sessions.append("s")
    assert nanoseconds(renewed.expire_time) - nanoseconds(renewed.time) == 3600 * SECOND


WRONG = [
    ({"type": 0}, ["event.type"]),
    ({"type": 99}, ["event.type"]),
    ({"type": START}, ["event.type"]),
    ({"type": END}, ["event.type"]),
    ({"type": RESTORED}, ["event.type"]),
    ({"type": MODIFIED}, ["event.change"]),
    ({"type": BROKE}, ["event.change"]),
    ({"type": TEST_PASS}, ["event.change"]),
    ({"type": HANDOFF}, ["event.handoff"]),
    ({"type": MESSAGE}, ["event.message"]),
    (note(message={"role": 2, "content": "x"}), ["event.message"]),
    ({"type": MESSAGE, "message": {"content": "x"}}, ["event.message.role"]),
    ({"type": CUSTOM}, ["event.name"]),
    ({"type": CHECKPOINT, "name": "x"}, ["event.name"]),
    (note("x" * 129), ["event.name"]),
    (note(agent="x" * 129), ["event.agent"]),
    (note(agent="\n"), ["event.agent"]),
    (note(payload=b"x" * (MIB + 1)), ["event.payload"]),
    (note(media_type="x" * 256), ["event.media_type"]),
    (note(data={"k": "x" * 65_536}), ["event.data"]),
    (note(processing_time={"seconds": -1}), ["event.processing_time"]),
    (to(BROKEN, confidence=1.5), ["event.transition.confidence"]),
    (to(BROKEN, confidence=-0.1), ["event.transition.confidence"]),
    (to(BROKEN, confidence=float("nan")), ["event.transition.confidence"]),
    (to(0), ["event.transition.to_state"]),
    (to(COMPLETED), ["event.transition.to_state"]),
    (to(BROKEN, from_state=99), ["event.transition.from_state"]),
    (to(BROKEN, verified_by=99), ["event.transition.verified_by"]),
    ({"type": MODIFIED, "change": change("a", "a")}, ["event.change.entities[1]"]),
    ({"type": MODIFIED, "change": change("")}, ["event.change.entities[0]"]),
    ({"type": MODIFIED, "change": change("x" * 513)}, ["event.change.entities[0]"]),
    ({"type": MODIFIED, "change": change(*map(str, range(1001)))}, ["event.change.entities"]),
    ({"type": MODIFIED, "change": change(operation=99)}, ["event.change.operation"]),
    ({"type": MODIFIED, "change": change(element_type=99)}, ["event.change.element_type"]),
    ({"type": MODIFIED, "change": change(affected_lines=-1)}, ["event.change.affected_lines"]),
    ({"type": MODIFIED, "change": change(semantic_hash="x" * 129)}, ["event.change.semantic_hash"]),
    (note(impact={"severity": 99}), ["event.impact.severity"]),
    (note(impact={"performance_delta": float("inf")}), ["event.impact.performance_delta"]),
    (note(impact={"failed_tests": [""]}), ["event.impact.failed_tests[0]"]),
    (note(impact={"failed_tests": [str(n) for n in range(1001)]}), ["event.impact.failed_tests"]),
    (note(impact={"external_reference": "x" * 1025}), ["event.impact.external_reference"]),
    ({"type": HANDOFF, "handoff": {"kind": 1, "agent": "ann", "to_agent": "b"}}, ["event.handoff.kind"]),
    ({"type": HANDOFF, "handoff": {"kind": 2, "agent": "ann", "to_agent": "b"}}, ["event.handoff.kind"]),
    (note(handoff={"kind": 3, "agent": "ann", "to_agent": "b"}), ["event.handoff"]),
    ({"type": HANDOFF, "handoff": {"kind": 3, "to_agent": "bob"}}, ["event.handoff.agent"]),
    ({"type": HANDOFF, "handoff": {"kind": 3, "agent": "ann"}}, ["event.handoff.to_agent"]),
    ({"type": HANDOFF, "handoff": {"kind": 3, "agent": "ann", "to_agent": "b", "reason": "x" * 1025}},
     ["event.handoff.reason"]),
    ({"type": 0, "agent": "\n", "transition": {"to_state": 0, "confidence": 7}, "impact": {"severity": 9},
      "media_type": "x" * 256, "change": {"affected_lines": -5}},
     ["event.agent", "event.change.affected_lines", "event.impact.severity", "event.media_type",
      "event.transition.confidence", "event.transition.to_state", "event.type"]),
]


@pytest.mark.parametrize("event, wrong", WRONG, ids=[f"{number}-{wrong[-1]}" for number, (_, wrong) in enumerate(WRONG)])
def test_s11_wrong_events_are_refused_and_use_no_number(sessions, event, wrong):
    for only in (True, False):
        said = refused(sessions.append, "s", event, validate_only=only, code=INVALID, reason="FIELD_INVALID")
        assert sorted(said.fields) == wrong
    assert sessions.events("s") == [] and sessions.append("s").sequence == 1


def test_s11_an_event_is_needed_and_a_session(sessions):
    assert list(refused(sessions.AppendEvent, session="s", code=INVALID).fields) == ["event"]
    said = refused(
        sessions.AppendEvent, session="", event=note(), expected_last_sequence=-1, request_id="x" * 200, code=INVALID)
    assert sorted(said.fields) == ["expected_last_sequence", "request_id", "session"]


def test_a_handoff_is_appended_by_who_hands_over(sessions):
    event = {"type": HANDOFF, "agent": "ann", "handoff": {"kind": 3, "agent": "ann", "to_agent": "bob", "reason": "lunch"},
             "transition": {"to_state": COORDINATING}}
    assert sessions.append("s", event).state == COORDINATING
    stored, = sessions.events("s")
    assert (stored.handoff.to_agent, stored.handoff.kind) == ("bob", stored.handoff.KIND_HANDED_OVER)


def test_an_expected_head_is_the_true_one_or_nothing_is_appended(sessions):
    assert sessions.append("s", expected_last_sequence=0).sequence == 1
    assert sessions.append("s", expected_last_sequence=1).sequence == 2
    for wrong in (0, 1, 3, 2**63 - 1):
        said = refused(sessions.append, "s", expected_last_sequence=wrong, code=ABORTED, reason="SESSION_HEAD_MISMATCH")
        assert said.metadata == {"id": "s", "last_sequence": "2"}
    assert sessions.sequences("s") == [1, 2]


def test_s34_a_full_session_takes_no_more_events(sessions):
    sessions.begin(id="small", agent="ann", entities=["e"], max_events=10)
    for number in range(2, 11):
        assert sessions.append("small").sequence == number
    full = {"code": EXHAUSTED, "reason": "SESSION_FULL"}
    for call, fields in [
            (sessions.AppendEvent, {"session": "small", "event": note()}),
            (sessions.RecordCodeChange, {"session": "small", "change": change()}),
            (sessions.RecordTestResult, {"session": "small", "entities": ["e"]})]:
        assert refused(call, **fields, **full).metadata == {"id": "small", "limit": "10"}
    assert sessions.GetSession(id="small").last_sequence == 10 and sessions.sequences("small") == [*range(1, 11)]
    sessions.UpdateSession(session={"id": "small", "max_events": 11})
    assert sessions.append("small").sequence == 11
    refused(sessions.append, "small", **full)
    # Those of a request have room together or not at all.
    sessions.UpdateSession(session={"id": "small", "max_events": 13})
    stream = sessions.stream().send([note()] * 3, "small")
    with pytest.raises(grpc.RpcError) as caught:
        stream.receive()
    assert refusal(caught.value).reason == "SESSION_FULL"
    assert sessions.GetSession(id="small").last_sequence == 11


def test_a_full_session_is_still_joined_left_and_ended(sessions):
    sessions.begin(id="one", max_events=1)
    sessions.append("one")
    assert sessions.JoinSession(id="one", agent="ann").last_sequence == 2
    assert sessions.LeaveSession(id="one", agent="ann").last_sequence == 3
    ended = sessions.EndSession(id="one")
    assert (ended.state, ended.last_sequence) == (COMPLETED, 4)
    assert [event.type for event in sessions.events("one")] == [CUSTOM, HANDOFF, HANDOFF, END]


def test_events_of_a_megabyte_are_taken_and_larger_ones_are_not(sessions):
    payload = random.Random(1).randbytes(MIB)
    for _ in range(5):
        sessions.append("s", note(payload=payload))
    pages = list(sessions.pages("s"))
    assert [event.payload == payload for page in pages for event in page.events] == [True] * 5
    assert len(pages) > 1, "a page ends before it outgrows 3 MB"
    recent = sessions.GetSession(id="s", recent_events=5).recent_events
    assert [event.sequence for event in recent] == list(range(6 - len(recent), 6)) and 1 <= len(recent) < 5
    refused(sessions.append, "s", note(payload=b"x" * 5 * MIB), code=EXHAUSTED, reason="MESSAGE_TOO_LARGE")
    assert sessions.append("s").sequence == 6


# Shorthands


def test_s41_a_change_of_code_is_a_modified_event(sessions):
    answer = sessions.RecordCodeChange(
        session="s", agent="ann", change=change("a.swift", affected_lines=12), impact={"performance_delta": 2.5})
    stored, = sessions.events("s")
    assert (stored.type, stored.agent, stored.change.affected_lines, answer.sequence) == (MODIFIED, "ann", 12, 1)
    assert stored.change.element_type == stored.change.ELEMENT_TYPE_FUNCTION and stored.change.operation == ADDED
    assert stored.impact.severity == 1 and stored.impact.performance_delta == 2.5
    sessions.RecordCodeChange(session="s", change=change("b", element_type=6), impact={"severity": 3})
    sessions.RecordCodeChange(session="s", change=change("b"))
    second, third = sessions.events("s")[1:]
    assert (second.change.element_type, second.impact.severity) == (6, 3)
    assert not third.HasField("impact") or third.impact.severity == 0
    said = refused(sessions.RecordCodeChange, session="s", code=INVALID, reason="FIELD_INVALID")
    assert all(field.startswith("change") for field in said.fields)
    said = refused(sessions.RecordCodeChange, session="s", change={"affected_lines": -1}, code=INVALID)
    assert sorted(said.fields) == ["change.affected_lines", "change.entities", "change.operation"]


def test_s42_a_result_of_tests_leads_to_the_state_that_it_shows(sessions):
    failed = sessions.RecordTestResult(
        session="s", agent="ann", entities=["parse"], passed=False, tests=["t1", "t2"], performance_delta=-1.0)
    assert failed.state == BROKEN
    event = sessions.events("s")[-1]
    assert (event.type, event.impact.severity, list(event.impact.failed_tests)) == (BROKE, 3, ["t1", "t2"])
    assert list(event.change.entities) == ["parse"] and event.impact.performance_delta == -1.0
    assert (event.transition.from_state, event.transition.to_state) == (WORKING, BROKEN)
    assert (event.transition.verified_by, event.transition.confidence) == (event.transition.VERIFICATION_TEST, 0.95)

    sessions.append("s", to(COORDINATING))
    passed = sessions.RecordTestResult(session="s", entities=["parse"], passed=True, tests=["t1"], confidence=0.0)
    assert passed.state == WORKING
    event = sessions.events("s")[-1]
    assert (event.type, list(event.impact.failed_tests)) == (TEST_PASS, [])
    assert (event.transition.from_state, event.transition.to_state) == (COORDINATING, WORKING), "the real one"
    assert event.transition.HasField("confidence") and event.transition.confidence == 0.0
    said = refused(sessions.RecordTestResult, session="s", confidence=2, tests=[""], code=INVALID, reason="FIELD_INVALID")
    assert sorted(said.fields) == ["confidence", "entities", "tests[0]"]


# Reading


@pytest.fixture
def thirty(sessions):
    """A log of thirty events, each third of which is a change by bob."""
    sessions.begin(id="t", agent="ann", entities=["e"])
    sessions.JoinSession(id="t", agent="bob")
    stream = sessions.stream()
    stream.send([
        {"type": MODIFIED, "change": change("e"), "agent": "bob"} if number % 3 == 0 else note(agent="ann")
        for number in range(3, 31)], "t")
    assert stream.rest().last_sequence == 30
    return sessions


@pytest.mark.parametrize("bounds, wanted", [
    ({"from_sequence": 5, "to_sequence": 9}, range(5, 10)), ({"from_sequence": 28}, range(28, 31)),
    ({"to_sequence": 3}, range(1, 4)), ({}, range(1, 31)), ({"from_sequence": 31}, []),
    ({"from_sequence": 31, "to_sequence": 40}, []), ({"from_sequence": 30, "to_sequence": 99}, [30]),
    ({"from_sequence": 7, "to_sequence": 7}, [7])])
def test_s14_ranges_include_both_ends(thirty, bounds, wanted):
    for size in (0, 1, 3, 1000):
        assert thirty.sequences("t", page_size=size, **bounds) == [*wanted]
        assert thirty.sequences("t", page_size=size, order_by="sequence desc", **bounds) == [*wanted][::-1]


def test_s15_the_newest_events(thirty):
    recent = thirty.GetSession(id="t", recent_events=20).recent_events
    assert [event.sequence for event in recent] == [*range(11, 31)]
    newest = thirty.ListEvents(session="t", page_size=20, order_by="sequence desc")
    assert [event.sequence for event in newest.events] == [*range(30, 10, -1)]
    assert (newest.oldest_sequence, newest.last_sequence) == (1, 30)
    assert not thirty.GetSession(id="t").recent_events
    assert len(thirty.GetSession(id="t", recent_events=2**31 - 1).recent_events) == 30


def test_events_are_found_by_type_and_by_agent(thirty):
    thirds = [*range(3, 31, 3)]
    assert thirty.sequences("t", types=[MODIFIED]) == thirds
    # Joining is bob's, too.
    assert thirty.sequences("t", agents=["bob"]) == sorted([2, *thirds])
    assert thirty.sequences("t", types=[START, HANDOFF]) == [1, 2]
    assert thirty.sequences("t", types=[MODIFIED], agents=["ann"]) == []
    assert thirty.sequences("t", types=[MODIFIED], agents=["ann", "bob"], from_sequence=10, page_size=2) == thirds[3:]


def test_s6_a_long_log_is_read_whole(sessions):
    stream = sessions.stream().send([note(f"n{number}") for number in range(130)], "s")
    assert stream.rest().appended == 130
    assert len(sessions.GetSession(id="s", recent_events=1000).recent_events) == 130
    pages = list(sessions.pages("s"))
    assert [len(page.events) for page in pages] == [50, 50, 30]
    assert [event.name for page in pages for event in page.events] == [f"n{number}" for number in range(130)]
    assert all(page.last_sequence == 130 and page.oldest_sequence == 1 for page in pages)
    empty = sessions.begin(id="empty")
    page = sessions.ListEvents(session=empty.id)
    assert (list(page.events), page.oldest_sequence, page.last_sequence) == ([], 0, 0)


@pytest.mark.parametrize("fields, wrong", [
    ({"from_sequence": -1}, "from_sequence"), ({"to_sequence": -1}, "to_sequence"), ({"types": [99]}, "types[0]"),
    ({"types": [0]}, "types[0]"), ({"types": [1] * 17}, "types"), ({"agents": [""]}, "agents[0]"),
    ({"agents": [str(n) for n in range(65)]}, "agents"), ({"order_by": "time"}, "order_by"),
    ({"order_by": "sequence asc, type"}, "order_by"), ({"page_size": -1}, "page_size"),
    ({"session": ""}, "session"),
])
def test_wrong_questions_are_named(sessions, fields, wrong):
    said = refused(sessions.ListEvents, **{"session": "s", **fields}, code=INVALID, reason="FIELD_INVALID")
    assert list(said.fields) == [wrong]


def test_page_tokens_are_good_for_their_log_alone(thirty, channel):
    token = thirty.ListEvents(session="t", page_size=3).next_page_token
    assert [event.sequence for event in thirty.ListEvents(session="t", page_size=2, page_token=token).events] == [4, 5]
    stranger = new_sessions(channel)
    stranger.begin(id="t")
    middle = len(token) // 2
    for caller, fields in [
            (thirty, {"page_token": "forged"}), (thirty, {"page_token": token + "A"}),
            (thirty, {"page_token": token[:middle] + ("A" if token[middle] != "A" else "B") + token[middle + 1:]}),
            (thirty, {"page_token": token, "session": "s"}), (thirty, {"page_token": token, "types": [CUSTOM]}),
            (thirty, {"page_token": token, "order_by": "sequence desc"}),
            (thirty, {"page_token": token, "from_sequence": 2}), (stranger, {"page_token": token})]:
        refused(caller.ListEvents, **{"session": "t", **fields}, code=INVALID, reason="PAGE_TOKEN_INVALID")


# Streams of appends


def test_a_stream_says_what_is_durable(sessions):
    stream = sessions.stream()
    answer = stream.send([note("a"), note("b")], "s").receive_until(2)
    assert (answer.appended, answer.last_sequence, answer.state) == (2, 2, WORKING) and answer.journal_id
    assert sessions.sequences("s") == [1, 2]
    answer = stream.send([to(BROKEN)]).receive_until(3)
    assert (answer.last_sequence, answer.state) == (3, BROKEN)
    sessions.append("s", note("between"))
    answer = stream.send([note("c")], "s").rest()
    assert (answer.appended, answer.last_sequence) == (4, 5)
    events = sessions.events("s")
    assert [event.name for event in events] == ["a", "b", "note", "between", "c"]
    assert answer.position == events[-1].position
    assert [(event.position, event.ordinal) for event in events] == sorted(
        {(event.position, event.ordinal) for event in events})


def test_those_of_a_request_are_stored_together_or_not_at_all(sessions):
    stream = sessions.stream()
    stream.send([note("a")], "s").receive_until(1)
    stream.send([note("b"), note(""), note("c"), {"type": MODIFIED}])
    with pytest.raises(grpc.RpcError) as caught:
        stream.receive()
    said = refusal(caught.value)
    assert (said.code, sorted(said.fields)) == (INVALID, ["events[1].name", "events[3].change"])
    assert [event.name for event in sessions.events("s")] == ["a"], "what was acknowledged stays"
    stream = sessions.stream().send([note("b"), to(BROKEN), to(WORKING, from_state=WORKING)], "s")
    with pytest.raises(grpc.RpcError) as caught:
        stream.receive()
    assert refusal(caught.value).reason == "SESSION_STATE_MISMATCH"
    assert sessions.GetSession(id="s").state == WORKING and sessions.sequences("s") == [1]
    # A later event of a request meets the state that an earlier one led to.
    stream = sessions.stream().send([to(BROKEN), to(WORKING, from_state=BROKEN), to(COORDINATING)], "s")
    assert stream.rest().state == COORDINATING
    assert [event.transition.from_state for event in sessions.events("s")][1:] == [WORKING, BROKEN, WORKING]


@pytest.mark.parametrize("events, session, wrong", [
    ([], "s", "events"), ([note()] * 1001, "s", "events"), ([note()], "", "session")])
def test_a_wrong_first_request_is_refused(sessions, events, session, wrong):
    stream = sessions.stream().send(events, session)
    with pytest.raises(grpc.RpcError) as caught:
        stream.receive()
    said = refusal(caught.value)
    assert (said.code, list(said.fields)) == (INVALID, [wrong])


def test_a_stream_stays_with_its_session(sessions):
    sessions.begin(id="other")
    stream = sessions.stream()
    stream.send([note()], "s").receive_until(1)
    stream.send([note()], "other")
    with pytest.raises(grpc.RpcError) as caught:
        stream.receive()
    assert (refusal(caught.value).code, list(refusal(caught.value).fields)) == (INVALID, ["session"])
    stream = sessions.stream().send([note()], "none")
    with pytest.raises(grpc.RpcError) as caught:
        stream.receive()
    assert refusal(caught.value).reason == "SESSION_NOT_FOUND"


def test_a_stream_without_requests_does_nothing(sessions):
    assert sessions.stream().rest() is None
    assert sessions.append("s").sequence == 1


def test_the_head_that_a_stream_expects_is_that_of_its_beginning(sessions):
    sessions.append("s")
    stream = sessions.stream().send([note()], "s", expected_last_sequence=0)
    with pytest.raises(grpc.RpcError) as caught:
        stream.receive()
    said = refusal(caught.value)
    assert (said.code, said.reason, said.metadata["last_sequence"]) == (ABORTED, "SESSION_HEAD_MISMATCH", "1")
    stream = sessions.stream().send([note(), note()], "s", expected_last_sequence=1)
    stream.receive_until(2)
    assert stream.send([note()]).rest().last_sequence == 4


def test_a_session_that_ends_ends_the_streams_into_it(sessions):
    stream = sessions.stream()
    stream.send([note()], "s").receive_until(1)
    sessions.EndSession(id="s")
    stream.send([note()])
    with pytest.raises(grpc.RpcError) as caught:
        stream.receive()
    assert refusal(caught.value).reason == "SESSION_ENDED"
    assert [event.type for event in sessions.events("s")] == [CUSTOM, END]


def test_large_requests_go_in_as_fast_as_they_come(sessions):
    stream = sessions.stream()
    for _ in range(20):
        stream.send([note(payload=b"x" * 100_000)] * 25, "s")
    assert stream.rest().appended == 500
    assert sessions.GetSession(id="s").last_sequence == 500


def test_clients_that_vanish_leave_whole_requests_behind(sessions, server):
    """Each request has three events; some calls go away at once, some after an answer."""
    dice = random.Random(9)
    acknowledged = []

    def vanish(number):
        with server.channel(("grpc.use_local_subchannel_pool", 1)) as channel:
            mine = sessions.elsewhere(channel)
            stream = mine.stream()
            for request in range(10):
                stream.send([note(f"{number}/{request}/{part}") for part in range(3)], "s")
            if number % 3:
                done = stream.receive_until(3 * (number % 3)).appended
                acknowledged.append((number, done))
            stream.cut()

    threads = [threading.Thread(target=vanish, args=(number,)) for number in range(20)]
    dice.shuffle(threads)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # What is still on its way comes before this or after, but never in the middle of a request.
    sessions.append("s", note("last"))
    names = [event.name for event in sessions.events("s", page_size=1000)]
    assert sessions.sequences("s") == [*range(1, len(sessions.sequences("s")) + 1)]
    requests = {}
    for name in names:
        if name != "last":
            number, request, part = map(int, name.split("/"))
            requests.setdefault((number, request), []).append(part)
    assert all(parts == [0, 1, 2] for parts in requests.values())
    for number, done in acknowledged:
        assert all((number, request) in requests for request in range(done // 3))


def test_writers_of_one_session_that_expect_its_head_take_turns(sessions, server):
    """Optimistic appends: who is refused looks again; nobody's decision is made twice or lost."""
    def count(number):
        with server.channel(("grpc.use_local_subchannel_pool", 1)) as channel:
            mine = sessions.elsewhere(channel)
            for _ in range(10):
                while True:
                    session = mine.GetSession(id="s", recent_events=1)
                    total = sum(event.data["total"] for event in session.recent_events)
                    try:
                        mine.append(
                            "s", note(data={"total": total + 1}), expected_last_sequence=session.last_sequence)
                        break
                    except grpc.RpcError as error:
                        assert refusal(error).reason == "SESSION_HEAD_MISMATCH", error

    threads = [threading.Thread(target=count, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    totals = [json_format.MessageToDict(event.data)["total"] for event in sessions.events("s", page_size=1000)]
    assert totals == [*range(1, 61)]
