"""Feeds of sessions: what is appended to one log or to all, and what becomes of sessions, each once and in order."""

import random
import threading

import grpc
import pytest
from cairn.v1 import change_pb2, change_pb2_grpc, session_resource_pb2

from harness.memory import is_within, resident
from harness.refusals import refused
from harness.sessions import (
    BROKE, BROKEN, CHANGE, CHECKPOINT, CUSTOM, END, HANDOFF, WORKING, change, new_sessions, note, to)
from harness.waiting import eventually

INVALID, NOT_FOUND, OUT_OF_RANGE = (
    grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.NOT_FOUND, grpc.StatusCode.OUT_OF_RANGE)
MIB = 1 << 20
CREATED, UPDATED, JOINED, LEFT, TRANSITIONED, CHECKPOINTED, ENDED, DELETED = (
    getattr(CHANGE, f"KIND_{name}")
    for name in ("CREATED", "UPDATED", "JOINED", "LEFT", "TRANSITIONED", "CHECKPOINTED", "ENDED", "DELETED"))


@pytest.fixture
def sessions(channel):
    return new_sessions(channel)


# One log


def test_s22_what_is_appended_arrives_whole(sessions):
    sessions.begin(id="s", agent="ann")
    sessions.begin(id="other")
    log = sessions.follow("s").caught_up()
    sessions.append("other", note("not for s"))
    sessions.acting(agent="ann").append("s", {
        "type": BROKE, "change": change("e1", "e2"), "transition": {"to_state": BROKEN},
        "impact": {"severity": 3, "failed_tests": ["t"]}, "payload": b"\0\1", "data": {"k": 1}})
    sessions.JoinSession(id="s", agent="bob")
    sessions.EndSession(id="s")
    events = log.wait_for_changes(3)
    assert [event.type for event in events] == [BROKE, HANDOFF, END]
    assert events == sessions.events("s")
    assert (events[0].session, events[0].sequence, events[0].agent) == ("s", 1, "ann")
    assert list(events[0].change.entities) == ["e1", "e2"] and events[0].impact.severity == 3
    assert log.journal == sessions.ListEvents(session="s").journal_id
    log.close()


def test_s23_a_log_is_followed_from_where_it_was_left(sessions):
    sessions.begin(id="s")
    for _ in range(5):
        sessions.append("s")
    log = sessions.follow("s", after_sequence=0).caught_up()
    assert log.sequences == [1, 2, 3, 4, 5]
    log.close()
    for _ in range(10):
        sessions.append("s")
    again = sessions.follow("s", after_sequence=5).caught_up()
    assert again.sequences == [*range(6, 16)]
    sessions.append("s")
    assert [event.sequence for event in again.wait_for_changes(11)][-1] == 16
    position, ordinal = again.cursor
    again.close()
    sessions.append("s")
    by_position = sessions.follow(
        "s", after_position=position, journal_id=again.journal,
        **({} if ordinal is None else {"after_ordinal": ordinal})).caught_up()
    assert by_position.sequences == [17]
    by_position.close()
    now = sessions.follow("s").caught_up()
    assert now.sequences == []
    now.close()


def test_s23_a_feed_goes_on_within_the_events_of_one_write(sessions):
    sessions.begin(id="s")
    assert sessions.stream().send([note(f"n{number}") for number in range(10)], "s").rest().appended == 10
    events = sessions.events("s")
    middle = events[4]
    rest = sessions.follow("s", after_position=middle.position, after_ordinal=middle.ordinal).caught_up()
    assert [event.name for event in rest.changes] == [f"n{number}" for number in range(5, 10)]
    rest.close()
    by_sequence = sessions.follow("s", after_sequence=7).caught_up()
    assert by_sequence.sequences == [8, 9, 10]
    by_sequence.close()
    after = sessions.follow("s", after_position=events[-1].position).caught_up()
    assert after.changes == []
    after.close()


def test_s25_what_is_not_published_is_listed_and_not_sent(sessions):
    sessions.begin(id="s")
    log, every = sessions.follow("s", after_sequence=0), sessions.follow("-").caught_up()
    sessions.append("s", note("one"))
    assert sessions.append("s", note("hidden"), unpublished=True).sequence == 2
    stream = sessions.stream().send([note("hidden, too")], "s", unpublished=True)
    stream.send([note("two")]).rest()
    for feed in (log, every):
        feed.wait_for_changes(2)
        assert [(event.name, event.sequence) for event in feed.changes] == [("one", 1), ("two", 4)]
        feed.close()
    past = sessions.follow("s", after_sequence=1).caught_up()
    assert past.sequences == [4]
    past.close()
    assert [event.name for event in sessions.events("s")] == ["one", "hidden", "hidden, too", "two"]


def test_all_logs_of_a_project_in_one_feed(sessions, channel):
    stranger = new_sessions(channel)
    every = sessions.follow("-").caught_up()
    for id in ("a", "b"):
        sessions.begin(id=id, agent="ann", entities=["e"])
        stranger.begin(id=id, entities=["e"])
    for number in range(3):
        sessions.append("a")
        sessions.append("b")
    seen = [(event.session, event.sequence) for event in every.wait_for_changes(8)]
    assert seen == [("a", 1), ("b", 1), ("a", 2), ("b", 2), ("a", 3), ("b", 3), ("a", 4), ("b", 4)]
    position = every.changes[3].position
    every.close()
    later = sessions.follow("-", after_position=position).caught_up()
    assert [(event.session, event.sequence) for event in later.changes] == seen[4:]
    later.close()


def test_a_log_is_followed_by_type_and_agent(sessions):
    sessions.begin(id="s", agent="ann")
    sessions.JoinSession(id="s", agent="bob")
    feeds = {
        "types": sessions.follow("s", types=[CHECKPOINT, HANDOFF], after_sequence=0),
        "agents": sessions.follow("s", agents=["bob"], after_sequence=0),
        "both": sessions.follow("-", agents=["ann"], types=[CUSTOM], after_position=0)}
    sessions.append("s", note("a", agent="ann"))
    sessions.append("s", note("b", agent="bob"))
    sessions.append("s", {"type": CHECKPOINT, "agent": "ann"})
    sessions.append("s", note("c"))
    last = sessions.append("s", {"type": CHECKPOINT, "agent": "bob"})
    wanted = {"types": [1, 4, 6], "agents": [1, 3, 6], "both": [2]}
    for name, feed in feeds.items():
        eventually(
            lambda: any(event.checkpoint.position >= last.position or event.caught_up.position >= last.position
                        or event.appended.position >= last.position for event in feed.events), "all has been sent")
        assert feed.sequences == wanted[name], name
        feed.close()


def test_a_log_that_is_not_there_is_not_followed(sessions):
    sessions.begin(id="gone")
    sessions.DeleteSession(id="gone")
    refused(list, sessions.WatchSession(session="none"), code=NOT_FOUND, reason="SESSION_NOT_FOUND")
    refused(list, sessions.WatchSession(session="gone"), code=NOT_FOUND, reason="SESSION_DELETED")
    sessions.begin(id="s")
    refused(
        list, sessions.WatchSession(session="s", after_sequence=5), code=OUT_OF_RANGE, reason="POSITION_IN_FUTURE")


@pytest.mark.parametrize("fields, wrong", [
    ({"session": ""}, ["session"]), ({"session": "x" * 129}, ["session"]), ({"after_sequence": -1}, ["after_sequence"]),
    ({"session": "-", "after_sequence": 1}, ["after_sequence"]),
    ({"after_sequence": 1, "after_position": 1}, ["after_sequence"]), ({"after_position": -1}, ["after_position"]),
    ({"after_position": 1, "after_ordinal": -1}, ["after_ordinal"]), ({"after_ordinal": 1}, ["after_ordinal"]),
    ({"types": [99]}, ["types[0]"]), ({"types": [1] * 17}, ["types"]), ({"agents": [""]}, ["agents[0]"]),
    ({"agents": [str(n) for n in range(65)]}, ["agents"]),
])
def test_a_wrong_start_of_a_log_is_refused(sessions, fields, wrong):
    sessions.begin(id="s")
    said = refused(list, sessions.WatchSession(**{"session": "s", **fields}), code=INVALID, reason="FIELD_INVALID")
    assert list(said.fields) == wrong


def test_positions_that_cannot_be_are_out_of_range(sessions):
    now = sessions.begin(id="s").position
    for call in (lambda **start: sessions.WatchSession(session="s", **start), sessions.WatchSessions):
        refused(list, call(after_position=now + 1_000_000), code=OUT_OF_RANGE, reason="POSITION_IN_FUTURE")
        refused(
            list, call(after_position=1, journal_id="00000000-0000-0000-0000-000000000000"), code=OUT_OF_RANGE,
            reason="POSITION_FOREIGN")


def test_nothing_is_missed_and_nothing_comes_twice_over_many_cuts(sessions, server):
    """Writers append, one by one and many at once; a watcher is cut at random again and again."""
    sessions.begin(id="s")
    writers, each = 4, 40

    def write(writer):
        with server.channel(("grpc.use_local_subchannel_pool", 1)) as channel:
            mine = sessions.elsewhere(channel)
            for number in range(each):
                if number % 4 == 0:
                    mine.stream().send([note(f"{writer}")] * 7, "s").rest()
                else:
                    mine.append("s", note(f"{writer}"))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(writers)]
    for thread in threads:
        thread.start()
    count = writers * (each // 4 * 7 + each - each // 4)
    dice, seen, cuts = random.Random(7), [], 0
    while len(seen) < count:
        feed = sessions.follow("s", after_sequence=seen[-1] if seen else 0)
        wanted = min(dice.randrange(1, 40), count - len(seen))
        seen += [event.sequence for event in feed.wait_for_changes(wanted)]
        feed.close()
        cuts += 1
    for thread in threads:
        thread.join()
    assert cuts > 4
    assert seen == [*range(1, count + 1)]


# Sessions


def test_s24_what_becomes_of_sessions_is_told_once_each(sessions):
    feed = sessions.watch().caught_up()
    ann = sessions.acting(agent="ann")
    made = ann.begin(id="s", agent="ann", title="t", entities=["e"])
    ann.JoinSession(id="s", agent="bob")
    ann.JoinSession(id="s", agent="bob")
    ann.append("s")
    ann.append("s", to(BROKEN))
    ann.append("s", {"type": CHECKPOINT, "agent": "ann"})
    ann.UpdateSession(session={"id": "s", "title": "u"})
    ann.LeaveSession(id="s", agent="bob")
    ann.EndSession(id="s")
    ann.DeleteSession(id="s")
    changes = feed.wait_for_changes(8)
    assert [change.kind for change in changes] == [
        CREATED, JOINED, TRANSITIONED, CHECKPOINTED, UPDATED, LEFT, ENDED, DELETED]
    assert [change.session.version for change in changes] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert [change.old_version for change in changes] == [0, 1, 2, 3, 4, 5, 6, 7]
    assert {change.provenance.agent for change in changes} == {"ann"}
    assert [list(change.session.agents) for change in changes[:2]] == [["ann"], ["ann", "bob"]]
    assert [change.session.state for change in changes[1:3]] == [WORKING, BROKEN]
    assert (changes[4].session.title, changes[6].session.outcome) == ("u", 4)
    first = changes[0].session
    assert (first.id, first.etag, first.position) == ("s", made.etag, made.position)
    assert not first.HasField("expire_time") and first.last_sequence == 0 and not first.HasField("last_event_time")
    feed.close()

    past = sessions.watch(after_position=0).caught_up()
    assert past.changes == changes
    past.close()
    some = sessions.watch(after_position=0, kinds=[JOINED, LEFT]).caught_up()
    assert [change.kind for change in some.changes] == [JOINED, LEFT]
    some.close()
    after = sessions.watch(after_position=changes[2].position, journal_id=past.journal).caught_up()
    assert after.changes == changes[3:]
    after.close()


def test_some_sessions_are_watched_those_to_come_too(sessions):
    sessions.begin(id="a")
    feed = sessions.watch(ids=["a", "later"]).caught_up()
    sessions.begin(id="b")
    sessions.begin(id="later")
    sessions.EndSession(id="b")
    sessions.EndSession(id="a")
    assert [(change.kind, change.session.id) for change in feed.wait_for_changes(2)] == [(CREATED, "later"), (ENDED, "a")]
    feed.close()


@pytest.mark.parametrize("fields, wrong", [
    ({"after_position": -1}, ["after_position"]), ({"after_ordinal": 1}, ["after_ordinal"]), ({"ids": [""]}, ["ids[0]"]),
    ({"ids": [str(n) for n in range(1001)]}, ["ids"]), ({"kinds": [99]}, ["kinds[0]"]), ({"kinds": [1] * 17}, ["kinds"]),
])
def test_a_wrong_start_of_sessions_is_refused(sessions, fields, wrong):
    said = refused(list, sessions.WatchSessions(**fields), code=INVALID, reason="FIELD_INVALID")
    assert list(said.fields) == wrong


def test_the_feed_of_all_changes_has_sessions(sessions):
    sessions.begin(id="s", agent="ann", title="t")
    sessions.append("s", to(BROKEN))
    sessions.append("s")
    sessions.EndSession(id="s")
    call = change_pb2_grpc.ChangeServiceStub(sessions.channel).WatchChanges(
        change_pb2.WatchChangesRequest(resource_kinds=["session"], after_position=0, include_resources=True),
        metadata=sessions.metadata, timeout=60)
    found = []
    for event in call:
        if event.HasField("caught_up"):
            call.cancel()
            break
        if event.HasField("change"):
            session = session_resource_pb2.Session()
            assert event.change.resource.Unpack(session)
            found.append((event.change.resource_id, event.change.action, session.version, session.state))
    assert [each[0] for each in found] == ["s"] * 3 and [each[2:] for each in found] == [(1, 1), (2, 2), (3, 4)]
    assert (found[0][1], found[2][1]) == ("created", "ended")


def test_the_feed_of_all_changes_says_that_a_log_has_grown(sessions):
    made = sessions.begin(id="s")
    appended = [sessions.append("s").position, sessions.stream().send([note()] * 5, "s").rest().position]
    sessions.append("s", to(BROKEN))
    sessions.AppendMessage(session="s", message={"role": 2, "content": "hello"})
    call = change_pb2_grpc.ChangeServiceStub(sessions.channel).WatchChanges(
        change_pb2.WatchChangesRequest(
            resource_kinds=["session_log"], after_position=made.position, include_resources=True),
        metadata=sessions.metadata, timeout=60)
    found = []
    for event in call:
        if event.HasField("caught_up"):
            call.cancel()
            break
        if event.HasField("change"):
            found.append(event.change)
    # A transition is a change of the session itself.
    assert [(change.resource_id, change.action) for change in found] == [("s", "appended")] * 3
    assert [change.position for change in found][:2] == appended
    assert not any(change.HasField("resource") for change in found)


# Watchers


def test_s26_feeds_that_are_cancelled_are_freed(own_server):
    with own_server.channel() as channel:
        sessions = new_sessions(channel)
        sessions.begin(id="s", agent="ann")
        before = resident(own_server.process)
        feeds = [sessions.follow("s", after_sequence=0).caught_up() for _ in range(100)]
        held = resident(own_server.process) - before
        assert is_within(held, 100 * MIB), f"{held / MIB:.0f} MiB"
        for feed in feeds:
            feed.close()
        # Joining twice is one event for a feed.
        feed = sessions.follow("s").caught_up()
        for _ in range(2):
            sessions.JoinSession(id="s", agent="bob")
        sessions.append("s")
        assert [event.type for event in feed.wait_for_changes(2)] == [HANDOFF, CUSTOM]
        feed.close()
        for _ in range(20):
            sessions.append("s")
    # A feed that was left open would have to be cut off.
    assert own_server.stop() == 0
    assert "cut off" not in own_server.text


def test_a_watcher_that_does_not_read_disturbs_nobody(own_server):
    with own_server.channel() as channel:
        sessions = new_sessions(channel)
        sessions.begin(id="s")
        sessions.begin(id="other")
        with own_server.channel(("grpc.use_local_subchannel_pool", 1)) as lazy_channel:
            lazy = [sessions.elsewhere(lazy_channel).WatchSession(session="s", after_sequence=0) for _ in range(20)]
            attentive = sessions.follow("s", after_sequence=0).caught_up()
            before = resident(own_server.process)
            payload = random.Random(2).randbytes(MIB // 2)
            for number in range(60):
                sessions.append("s", note(f"n{number}", payload=payload))
                if number % 20 == 0:
                    assert sessions.append("other").sequence == number // 20 + 1
            seen = attentive.wait_for_changes(60)
            assert [event.name for event in seen] == [f"n{number}" for number in range(60)]
            held = resident(own_server.process) - before
            assert is_within(held, 200 * MIB), f"{held / MIB:.0f} MiB for 20 watchers that do not read 30 MiB"
            # Who begins to read has missed nothing.
            late = []
            for event in lazy[7]:
                if event.HasField("appended"):
                    late.append(event.appended.sequence)
                if len(late) == 60:
                    break
            assert late == [*range(1, 61)]
            for call in lazy:
                call.cancel()
            attentive.close()


def test_a_watcher_of_one_log_is_told_of_no_other(sessions):
    """However much happens elsewhere, only checkpoints come."""
    sessions.begin(id="quiet")
    sessions.begin(id="loud")
    quiet = sessions.follow("quiet").caught_up()
    for number in range(200):
        sessions.append("loud", note(f"n{number}"))
    sessions.append("quiet", note("at last"))
    assert [event.name for event in quiet.wait_for_changes(1)] == ["at last"]
    assert len(quiet.events) < 100, "not one message for each event of another session"
    quiet.close()
