"""Forks of sessions: a shared history without a copy, the families they make, and what is purged of them."""

import concurrent.futures
import random
import re
import statistics
import time

import grpc
import pytest
from cairn.v1 import project_pb2, project_pb2_grpc, session_pb2

from harness import SLOWNESS
from harness.refusals import refused
from harness.server import Server, cairn
from harness.sessions import (
    BROKEN, COMPLETED, COORDINATING, CUSTOM, END, FOREVER, MESSAGE, MODIFIED, WORKING, change, new_sessions, note, to)
from harness.waiting import eventually

NOT_FOUND, INVALID, RANGE, PRECONDITION, EXISTS = (
    grpc.StatusCode.NOT_FOUND, grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.OUT_OF_RANGE,
    grpc.StatusCode.FAILED_PRECONDITION, grpc.StatusCode.ALREADY_EXISTS)
CREATED, PURGED = session_pb2.SessionChange.KIND_CREATED, session_pb2.SessionChange.KIND_PURGED


@pytest.fixture
def sessions(channel):
    return new_sessions(channel)


@pytest.fixture(scope="module")
def second(module_database):
    """Another server on the database of the first."""
    running = Server("--database-url", module_database.url).start()
    with running.channel() as channel:
        yield channel
    status = running.stop()
    assert status == 0, running.text


def fork(sessions, session, id="", agent="", request_id="", validate_only=False, at=None, checkpoint=None, **own):
    place = {"sequence": at} if at is not None else {"checkpoint": checkpoint} if checkpoint else {}
    return sessions.ForkSession(
        session=session, fork={"id": id, **own}, agent=agent, request_id=request_id, validate_only=validate_only, **place)


def grown(sessions, count, **session):
    """A session with so many events."""
    id = sessions.begin(**session).id
    stream = sessions.stream()
    for first in range(0, count, 1000):
        stream.send([note(f"n{place}") for place in range(first + 1, min(count, first + 1000) + 1)], id)
    stream.rest()
    return id


def names(events):
    return [event.name for event in events]


# What a fork is


def test_a_fork_shares_the_history_and_goes_its_own_way(sessions):
    origin = sessions.begin(
        id="o", agent="ann", title="one", owner="me", entities=["e"], metadata={"k": 1}, ttl={"seconds": 500},
        max_events=77, checkpoint_interval=9)
    for number in range(2, 6):
        sessions.append("o", note(f"n{number}"))
    made = fork(sessions, "o", id="f", at=3)
    assert (made.id, made.parent, made.fork_sequence, made.last_sequence) == ("f", "o", 3, 3)
    assert (made.title, made.owner, list(made.entities), made.metadata, made.ttl) == (
        origin.title, origin.owner, ["e"], origin.metadata, origin.ttl)
    assert (made.max_events, made.checkpoint_interval, list(made.agents), made.state) == (77, 9, ["ann"], WORKING)
    assert made.version == 1 and made.position and made.etag and not made.HasField("last_event_time")
    assert made.expire_time.ToNanoseconds() - made.create_time.ToNanoseconds() == 500_000_000_000
    assert sessions.GetSession(id="f") == made
    # Both append: the same numbers, other events.
    assert sessions.append("f", note("mine")).sequence == 4
    assert sessions.append("o", note("n6")).sequence == 6
    assert names(sessions.events("o"))[1:] == ["n2", "n3", "n4", "n5", "n6"]
    shared = sessions.events("f")
    assert names(shared)[1:] == ["n2", "n3", "mine"]
    # Shared ones are the origin's own, as they were appended.
    assert shared[:3] == sessions.events("o", to_sequence=3)
    assert [event.session for event in shared] == ["o", "o", "o", "f"]
    assert sessions.GetSession(id="f", recent_events=2).recent_events[0].session == "o"
    # One that has nothing to do with forks says so.
    assert not sessions.GetSession(id="o").HasField("fork_sequence")
    part = sessions.begin(parent="o")
    assert not part.HasField("fork_sequence") and part.parent == "o" and sessions.events(part.id) == []


def test_what_the_request_says_is_the_forks_own(sessions):
    sessions.begin(id="o", agent="ann", title="one", owner="me", metadata={"k": 1}, ttl={"seconds": 500})
    made = fork(
        sessions, "o", agent="bob", title="two", owner="you", metadata={"m": 2}, ttl=FOREVER, max_events=5,
        checkpoint_interval=3)
    assert made.id.startswith("sess-") and (made.title, made.owner, dict(made.metadata)) == ("two", "you", {"m": 2})
    assert (made.max_events, made.checkpoint_interval, list(made.agents)) == (5, 3, ["ann", "bob"])
    assert not made.HasField("expire_time") and made.fork_sequence == 0 and made.HasField("fork_sequence")
    assert fork(sessions.acting(agent="cal"), "o").agents == ["ann", "cal"]
    # Shared events count towards its bound.
    for _ in range(4):
        sessions.append("o")
    full = fork(sessions, "o", max_events=4)
    refused(sessions.append, full.id, code=grpc.StatusCode.RESOURCE_EXHAUSTED, reason="SESSION_FULL")


def test_the_state_is_the_one_of_then(sessions):
    """Against the plain list of what was written: state, agents and title after each event, also within a batch."""
    draw = random.Random(7)
    sessions.begin(id="o", agent="a0")
    states, agents, titles = {}, {}, {}
    last, state, members, title = 0, WORKING, ["a0"], ""

    def grew(count=1):
        nonlocal last
        for _ in range(count):
            last += 1
            states[last], agents[last], titles[last] = state, list(members), title

    for step in range(60):
        match draw.randrange(5):
            case 0:
                batch = []
                for _ in range(draw.randint(1, 4)):
                    if draw.random() < 0.6:
                        state = draw.choice([WORKING, BROKEN, COORDINATING])
                        batch.append(to(state))
                    else:
                        batch.append(note())
                    grew()
                sessions.stream().send(batch, "o").rest()
            case 1:
                state = draw.choice([WORKING, BROKEN])
                sessions.append("o", to(state))
                grew()
            case 2:
                sessions.append("o")
                grew()
            case 3:
                agent = f"a{step}"
                sessions.JoinSession(id="o", agent=agent)
                members = sorted(members + [agent])
                grew()
            case 4:
                title = f"title {step}"
                sessions.UpdateSession(session={"id": "o", "title": title}, update_mask={"paths": ["title"]})
    origin = sessions.GetSession(id="o")
    assert (origin.last_sequence, origin.state, origin.title) == (last, state, title)
    for place in range(1, last + 1):
        made = fork(sessions, "o", at=place)
        assert (made.state, list(made.agents)) == (states[place], agents[place]), place
        assert made.title == titles[place], place
        assert sessions.sequences(made.id) == list(range(1, place + 1))
    now = fork(sessions, "o")
    assert (now.state, now.title, list(now.agents)) == (state, title, members)


def test_a_fork_of_a_checkpoint_is_as_the_session_was_there(sessions):
    sessions.begin(id="o", agent="ann", title="one")
    sessions.append("o", to(BROKEN))
    made = sessions.CreateCheckpoint(session="o")
    sessions.append("o", to(WORKING))
    sessions.JoinSession(id="o", agent="bob")
    later = sessions.CreateCheckpoint(session="o")
    forked = fork(sessions, "o", id="f", checkpoint=made.id)
    assert (forked.state, list(forked.agents), forked.fork_sequence, forked.checkpoint) == (
        BROKEN, ["ann"], made.sequence, made.id)
    # The checkpoints of what it shares are its own, too; later ones are not.
    assert sessions.ListCheckpoints(session="f").checkpoints == [made]
    assert sessions.GetCheckpoint(session="f", id=made.id) == made
    refused(sessions.GetCheckpoint, session="f", id=later.id, code=NOT_FOUND, reason="CHECKPOINT_NOT_FOUND")
    own = sessions.CreateCheckpoint(session="f")
    assert sessions.ListCheckpoints(session="f").checkpoints == [own, made]
    assert len(sessions.ListCheckpoints(session="f", page_size=1).checkpoints) == 1
    sessions.append("f", to(WORKING))
    assert sessions.RestoreCheckpoint(session="f", id=made.id).state == BROKEN
    refused(fork, sessions, "o", checkpoint="none", code=NOT_FOUND, reason="CHECKPOINT_NOT_FOUND")


def test_what_has_ended_or_expired_is_open_again_in_its_fork(sessions):
    sessions.begin(id="o", agent="ann")
    sessions.append("o", to(BROKEN))
    sessions.EndSession(id="o")
    refused(sessions.append, "o", code=PRECONDITION, reason="SESSION_ENDED")
    for made in (fork(sessions, "o"), fork(sessions, "o", at=2), fork(sessions, "o", at=1)):
        assert made.state == BROKEN and made.outcome == 0 and not made.HasField("end_time")
        assert sessions.append(made.id).sequence == made.fork_sequence + 1
    assert sessions.GetSession(id="o").state == COMPLETED
    sessions.begin(id="short", ttl={"seconds": 1})
    sessions.append("short")
    eventually(lambda: sessions.GetSession(id="short").state == COMPLETED, "it expires")
    assert sessions.append(fork(sessions, "short", ttl=FOREVER).id).state == WORKING


def test_a_deleted_origin_is_not_forked_and_its_forks_live_on(sessions):
    id = grown(sessions, 5)
    made = fork(sessions, id, at=4)
    sessions.DeleteSession(id=id)
    assert names(sessions.events(made.id)) == ["n1", "n2", "n3", "n4"]
    refused(sessions.ListEvents, session=id, code=NOT_FOUND, reason="SESSION_DELETED")
    refused(fork, sessions, id, code=NOT_FOUND, reason="SESSION_DELETED")
    # Through another of the family it is still there.
    assert fork(sessions, made.id, at=2).parent == made.id


def test_what_stands_against_a_fork(sessions):
    id = grown(sessions, 3)
    refused(fork, sessions, "none", code=NOT_FOUND, reason="SESSION_NOT_FOUND")
    future = refused(fork, sessions, id, at=4, code=RANGE, reason="POSITION_IN_FUTURE")
    assert (future.metadata["sequence"], future.metadata["last_sequence"]) == ("4", "3")
    wrong = refused(fork, sessions, "", id="-", at=0, agent="\n", title="x" * 1025, code=INVALID, reason="FIELD_INVALID")
    assert set(wrong.fields) == {"session", "fork.id", "sequence", "agent", "fork.title"}
    wrong = refused(
        fork, sessions, id, at=-1, ttl={"seconds": -1}, max_events=-1, owner="\0", checkpoint_interval=-1, code=INVALID)
    assert set(wrong.fields) == {
        "sequence", "fork.ttl", "fork.max_events", "fork.owner", "fork.checkpoint_interval"}
    sessions.begin(id="taken")
    refused(fork, sessions, id, id="taken", code=EXISTS, reason="SESSION_EXISTS")
    sessions.DeleteSession(id="taken")
    refused(fork, sessions, id, id="taken", code=EXISTS, reason="SESSION_EXISTS")
    assert len(sessions.list(parent=id)) == 0


def test_a_repeated_request_makes_one_fork_and_who_only_asks_none(sessions):
    id = grown(sessions, 3)
    asked = fork(sessions, id, id="f", validate_only=True, at=2)
    assert (asked.position, asked.version, asked.fork_sequence) == (0, 0, 2)
    assert sessions.ids() == [id]
    first = fork(sessions, id, request_id="r", at=2)
    sessions.append(id)
    assert fork(sessions, id, request_id="r", at=2) == first
    assert len(sessions.list(parent=id)) == 1


# Reading over the lineage


def family(sessions):
    """Forks of forks, each with what its log should be."""
    logs = {"g0": [f"g0-{number}" for number in range(1, 8)]}
    sessions.begin(id="g0")
    sessions.stream().send([note(name) for name in logs["g0"]], "g0").rest()
    draw = random.Random(11)
    for number in range(1, 30):
        origin = draw.choice(sorted(logs))
        at = draw.randint(1, len(logs[origin]))
        id = f"g{number}"
        fork(sessions, origin, id=id, at=at)
        own = [f"{id}-{place}" for place in range(draw.randint(0, 4))]
        if own:
            sessions.stream().send([note(name) for name in own], id).rest()
        logs[id] = logs[origin][:at] + own
    return logs


def test_every_log_of_a_family_is_what_was_written(sessions):
    logs = family(sessions)
    for id, log in logs.items():
        for page_size in (0, 1, 3):
            pages = list(sessions.pages(id, page_size=page_size))
            assert [event.name for page in pages for event in page.events] == log
            assert {(page.oldest_sequence, page.last_sequence) for page in pages} == {(1, len(log))}
        assert sessions.sequences(id) == list(range(1, len(log) + 1))
        assert names(sessions.events(id, page_size=2, order_by="sequence desc")) == log[::-1]
        assert names(sessions.events(id, from_sequence=3, to_sequence=5)) == log[2:5]
        # Filters take another way.
        assert names(sessions.events(id, types=[CUSTOM], page_size=2)) == log
        assert names(sessions.events(id, types=[CUSTOM], page_size=3, order_by="sequence desc", from_sequence=2)) == log[:0:-1]
        assert sessions.events(id, types=[END]) == [] and sessions.events(id, agents=["nobody"]) == []
        assert names(sessions.GetSession(id=id, recent_events=4).recent_events) == log[-4:]
        assert sessions.GetSession(id=id).last_sequence == len(log)


def test_conversations_fork(sessions):
    sessions.begin(id="o")

    def say(id, text):
        sessions.AppendMessage(session=id, message={"role": 2, "content": text, "token_count": 10})

    def texts(found):
        return [event.message.content for event in found]

    for text in ("one", "two", "three"):
        say("o", text)
        sessions.append("o")
    fork(sessions, "o", id="f", at=3)
    fork(sessions, "o", id="silent", at=5)
    say("f", "other")
    say("o", "four")
    assert texts(sessions.ListMessages(session="f").messages) == ["one", "two", "other"]
    assert texts(sessions.ListMessages(session="f", order_by="sequence desc", page_size=2).messages) == ["other", "two"]
    window = sessions.GetMessageWindow(session="f", token_budget=25)
    assert texts(window.messages) == ["two", "other"] and window.has_older and window.token_count == 20
    assert texts(sessions.GetMessageWindow(session="f", token_budget=1000).messages) == ["one", "two", "other"]
    none = sessions.GetMessageWindow(session="silent", token_budget=5)
    assert list(none.messages) == [] and none.has_older
    assert [event.type for event in sessions.events("f")] == [MESSAGE, CUSTOM, MESSAGE, MESSAGE]


def test_a_checkpoint_of_a_fork_counts_shared_events(sessions):
    sessions.begin(id="o")
    sessions.append("o", {
        "type": MODIFIED, "change": change("e1"), "impact": {"severity": 3, "performance_delta": 2}})
    fork(sessions, "o", id="f")
    sessions.append("f", to(BROKEN))
    made = sessions.CreateCheckpoint(session="f")
    assert (list(made.key_impacts), made.performance_delta, made.outcome) == (["e1"], 2, 2)
    assert made.session == "f" and made.sequence == 3


def test_sessions_of_an_entity_are_those_with_events_of_their_own(sessions):
    sessions.begin(id="o", entities=["e"])
    fork(sessions, "o", id="f")
    assert sessions.ids(entity="e") == ["o"]
    sessions.RecordCodeChange(session="f", change=change("e"))
    assert sorted(sessions.ids(entity="e")) == ["f", "o"]
    assert sessions.ids(parent="o") == ["f"]


@pytest.mark.parametrize("after", [0, 1, 4, 7, 8, 9])
def test_a_fork_is_followed_from_before_its_own_events(sessions, after):
    id = grown(sessions, 10)
    sessions.append(id, unpublished=True)
    middle = fork(sessions, id, at=7)
    sessions.append(middle.id, note("m8"))
    made = fork(sessions, middle.id, id="f")
    sessions.append("f", note("f9"))
    wanted = ["n1", "n2", "n3", "n4", "n5", "n6", "n7", "m8", "f9", "f10"][after:]
    with sessions.follow("f", after_sequence=after) as feed:
        sessions.append("f", note("f10"))
        events = feed.next_changes(len(wanted))
        assert [(event.name, event.sequence) for event in events] == list(zip(wanted, range(after + 1, 11)))
    # By the position of any of them, as after a cut.
    for event in events[:-1]:
        with sessions.follow("f", after_position=event.position, after_ordinal=event.ordinal) as feed:
            rest = feed.next_changes(10 - event.sequence)
            assert [each.sequence for each in rest] == list(range(event.sequence + 1, 11)), event
    assert made.fork_sequence == 8


def test_followers_of_forks_are_sent_what_they_ask_for(sessions):
    id = sessions.begin(agent="ann").id
    for number in range(150):
        sessions.append(id, note(f"n{number}", agent="ann" if number % 3 else ""), unpublished=number % 5 == 0)
    made = fork(sessions, id)
    sessions.append(made.id, note("last", agent="ann"))
    wanted = [f"n{number}" for number in range(150) if number % 3 and number % 5] + ["last"]
    with sessions.follow(made.id, after_position=0, agents=["ann"]) as feed:
        assert names(feed.next_changes(len(wanted))) == wanted
    with sessions.follow(made.id) as feed:
        sessions.append(made.id, note("live"))
        assert names(feed.next_changes(1)) == ["live"]
    # Others hear of a fork as of any session that begins, and nothing of what it shares.
    with sessions.watch(after_position=made.position - 1) as feed:
        assert (feed.next_changes(1)[0].kind, feed.changes[0].session.fork_sequence) == (CREATED, 150)


def test_a_fork_can_be_read_as_of_the_past(sessions):
    id = grown(sessions, 4)
    made = fork(sessions, id, at=3, title="one")
    sessions.append(made.id, to(BROKEN))
    sessions.UpdateSession(session={"id": made.id, "title": "two"}, update_mask={"paths": ["title"]})
    then = sessions.GetSession(id=made.id, as_of={"position": made.position})
    assert (then.title, then.state, then.fork_sequence, then.last_sequence) == ("one", WORKING, 3, 3)


def test_many_large_events_are_shared_in_bounded_pieces(sessions):
    sessions.begin(id="o")
    for number in range(6):
        sessions.append("o", note(f"n{number}", payload=bytes(1_000_000)))
    fork(sessions, "o", id="f")
    pages = list(sessions.pages("f"))
    assert names(event for page in pages for event in page.events) == [f"n{number}" for number in range(6)]
    assert len(pages) > 1
    with sessions.follow("f", after_sequence=0) as feed:
        assert names(feed.next_changes(6)) == [f"n{number}" for number in range(6)]


# Cost and bounds


def test_a_fork_costs_the_same_however_long_the_log_is(sessions):
    """Of 100,000 events as of 10; a copy would take thousands of times as long."""
    short, long = grown(sessions, 10), grown(sessions, 100_000)

    def times(id, at):
        durations = []
        for _ in range(15):
            began = time.monotonic()
            fork(sessions, id, at=at)
            durations.append(time.monotonic() - began)
        return statistics.median(durations)

    times(short, 5)
    quick = times(short, 5)
    assert times(long, 99_990) < 6 * quick + 0.05 * SLOWNESS
    assert times(long, 5) < 6 * quick + 0.05 * SLOWNESS
    made = fork(sessions, long, at=99_990)
    assert sessions.ListEvents(session=made.id, page_size=5, order_by="sequence desc").events[-1].sequence == 99_986
    assert sessions.append(made.id).sequence == 99_991


def test_a_lineage_has_a_bound(sessions):
    id = sessions.begin().id
    for number in range(100):
        sessions.append(id, note(f"n{number}"))
        id = fork(sessions, id).id
    assert names(sessions.events(id)) == [f"n{number}" for number in range(100)]
    # Without an event of its own it adds nothing to the lineage of its fork.
    assert fork(sessions, id).last_sequence == 100
    sessions.append(id, note("own"))
    deep = refused(fork, sessions, id, code=PRECONDITION, reason="FORK_TOO_DEEP")
    assert deep.metadata["limit"] == "100"
    assert names(sessions.events(fork(sessions, id, at=100).id))[-1] == "n99"


def test_forks_race_with_appends_on_two_servers(sessions, second):
    """Each fork has all that was acknowledged before it was asked for, no gap, and exactly what it says."""
    there = sessions.elsewhere(second)
    sessions.begin(id="o", max_events=100_000)
    done = False

    def write(caller):
        written = 0
        while not done:
            caller.append("o", to(BROKEN if written % 2 else WORKING))
            written += 1
        return written

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        writers = [pool.submit(write, caller) for caller in (sessions, there)]
        made = []
        for number in range(30):
            caller = (sessions, there)[number % 2]
            before = caller.GetSession(id="o").last_sequence
            made.append((before, fork(caller, "o")))
            caller.append(made[-1][1].id, note("own"))
        done = True
        total = sum(writer.result() for writer in writers)
    log = sessions.events("o")
    assert [event.sequence for event in log] == list(range(1, total + 1))
    for before, each in made:
        assert each.fork_sequence >= before
        events = there.events(each.id)
        assert events[:-1] == log[:each.fork_sequence] and events[-1].name == "own"
        assert events[-1].sequence == each.fork_sequence + 1
        led = [event.transition.to_state for event in events if event.HasField("transition")]
        assert each.state == (led[-1] if led else WORKING)


def test_of_many_forks_with_one_id_one_is_made(sessions, second):
    id = grown(sessions, 2)
    there = sessions.elsewhere(second)

    def attempt(caller):
        try:
            fork(caller, id, id="f")
        except grpc.RpcError as error:
            return error.code()

    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        outcomes = list(pool.map(attempt, [sessions, there] * 6))
    assert sorted(outcomes, key=str) == sorted([None] + [EXISTS] * 11, key=str)


def test_shared_events_are_pruned_with_the_history(module_database):
    running = Server("--database-url", module_database.url, "--history-prune-interval", "200ms").start()
    with running.channel() as channel:
        sessions = new_sessions(channel)
        id = grown(sessions, 5)
        made = fork(sessions, id, at=4)
        project_pb2_grpc.ProjectServiceStub(channel).UpdateProject(project_pb2.UpdateProjectRequest(
            project={"id": sessions.project, "history_retention": {"seconds": 1}},
            update_mask={"paths": ["history_retention"]}))

        def pruned():
            sessions.append(made.id)
            return sessions.ListEvents(session=made.id).oldest_sequence > 4

        eventually(pruned, "the shared events are pruned", 60)
        last = sessions.GetSession(id=made.id).last_sequence
        oldest = sessions.ListEvents(session=made.id).oldest_sequence
        gone = refused(
            sessions.ListEvents, session=made.id, from_sequence=2, code=RANGE, reason="POSITION_PRUNED")
        assert int(gone.metadata["oldest_sequence"]) >= oldest
        refused(fork, sessions, made.id, at=2, code=RANGE, reason="POSITION_PRUNED")
        refused(
            next, sessions.WatchSession(session=made.id, after_sequence=1), code=RANGE, reason="POSITION_PRUNED")
        again = fork(sessions, made.id)
        assert again.fork_sequence == last and sessions.append(again.id).sequence == last + 1
    assert running.stop() == 0


# Families


def tree(sessions, id, page_size=0, **fields):
    found, token = [], ""
    while True:
        page = sessions.ListSessionTree(session=id, page_size=page_size, page_token=token, **fields)
        found += page.nodes
        token = page.next_page_token
        if not token:
            return found


def test_the_tree_has_the_whole_family(sessions):
    sessions.begin(id="root", title="the root")
    sessions.append("root")
    fork(sessions, "root", id="a", title="try a")
    sessions.begin(id="part", parent="a")
    fork(sessions, "a", id="b", at=1)
    sessions.append("b", to(BROKEN))
    sessions.begin(id="stranger")
    wanted = [
        ("root", "", 0, None, WORKING, 1), ("a", "root", 1, 1, WORKING, 1), ("part", "a", 2, None, WORKING, 0),
        ("b", "a", 2, 1, BROKEN, 2)]
    for id in ("root", "a", "part", "b"):
        for page_size in (0, 1, 2, 3):
            found = [
                (node.id, node.parent, node.depth, node.fork_sequence if node.HasField("fork_sequence") else None,
                 node.state, node.last_sequence) for node in tree(sessions, id, page_size)]
            assert found == wanted
    assert tree(sessions, "root")[1].title == "try a"
    assert [node.id for node in tree(sessions, "stranger")] == ["stranger"]
    refused(sessions.ListSessionTree, session="none", code=NOT_FOUND, reason="SESSION_NOT_FOUND")
    page = sessions.ListSessionTree(session="root", page_size=1)
    refused(
        sessions.ListSessionTree, session="a", page_token=page.next_page_token, code=INVALID, reason="PAGE_TOKEN_INVALID")
    refused(sessions.ListSessionTree, session="", page_size=-1, code=INVALID, reason="FIELD_INVALID")


def test_deleted_members_are_shown_where_they_hold_the_tree_together(sessions):
    sessions.begin(id="root")
    for id, parent in (("a", "root"), ("b", "a"), ("c", "b"), ("d", "root"), ("e", "d")):
        fork(sessions, parent, id=id)
    for id in ("a", "b", "d", "e"):
        sessions.DeleteSession(id=id)
    assert [node.id for node in tree(sessions, "root")] == ["root", "a", "b", "c"]
    assert [node.id for node in tree(sessions, "root", page_size=1)] == ["root", "a", "b", "c"]
    everything = tree(sessions, "a", show_deleted=True)
    assert [node.id for node in everything] == ["root", "a", "b", "c", "d", "e"]
    assert [node.id for node in everything if node.HasField("delete_time")] == ["a", "b", "d", "e"]
    refused(sessions.ListSessionTree, session="a", code=NOT_FOUND, reason="SESSION_DELETED")


def test_the_command_line_draws_the_tree(sessions, server):
    nasty = "\x1b[2J\u202e"
    sessions.begin(id="root", title="Repair " + nasty)
    for _ in range(3):
        sessions.append("root")
    fork(sessions, "root", id="a", at=2, title="try a")
    fork(sessions, "a", id="deep", title="deeper")
    sessions.begin(id="part", parent="root", agent="ann")
    sessions.EndSession(id="part", outcome=2)
    fork(sessions, "a", id="b")

    def run(*words):
        return cairn("session", "tree", *words, "-a", server.address, "-p", sessions.project)

    shown = run("a")
    assert (shown.returncode, shown.stderr) == (0, "")
    for line, wanted in zip(shown.stdout.splitlines(), [
            r"root  working  3 events  Repair \\u\{1B\}\[2J\\u\{202E\}", r"├─ a ◀  working  fork at 2, 2 events  try a",
            r"│  ├─ deep  working  fork at 2, 2 events  deeper", r"│  └─ b  working  fork at 2, 2 events  try a",
            r"└─ part  completed: broken  part, 0 events|└─ part  completed: broken  part, 1 event"], strict=True):
        assert re.fullmatch(wanted, line), line
    short = run("root", "--limit", "2")
    assert len(short.stdout.splitlines()) == 2 and "--limit" in short.stderr
    gone = run("none")
    assert (gone.returncode, gone.stdout) == (69, "") and "SESSION_NOT_FOUND" in gone.stderr
    assert "forked at 2" in cairn("session", "show", "a", "-a", server.address, "-p", sessions.project).stdout


# Purging


def purge(sessions, seconds=0, **fields):
    return sessions.PurgeSessions(older_than={"seconds": seconds}, **fields)


def rows(database, project):
    """How many rows each table of sessions has of a project."""
    names = ["session_head", "session_event", "session_entity", "session_checkpoint", "session_version",
             "session_ancestor", "hold"]
    return {name: int(database.value(f"SELECT count(*) FROM {name} WHERE project_id = '{project}'")) for name in names}


def test_what_is_over_is_purged_with_all_that_belongs_to_it(sessions, module_database):
    sessions.begin(id="ended", agent="ann", entities=["e"])
    sessions.begin(id="deleted")
    sessions.begin(id="open")
    for id in ("ended", "deleted", "open"):
        sessions.RecordTestResult(session=id, entities=["t1", "t2"], passed=False)
        sessions.CreateCheckpoint(session=id)
    sessions.EndSession(id="ended")
    sessions.DeleteSession(id="deleted")
    # Not yet for long enough.
    assert purge(sessions, 3600).session_count == 0
    asked = purge(sessions, validate_only=True)
    assert (asked.session_count, asked.event_count, asked.complete) == (2, 6, True)
    assert sessions.GetSession(id="ended").state == COMPLETED
    with sessions.watch(kinds=[PURGED], after_position=0) as feed:
        done = purge(sessions)
        assert (done.session_count, done.event_count, done.complete) == (2, 6, True)
        assert {each.session.id for each in feed.next_changes(2)} == {"ended", "deleted"}
    for id in ("ended", "deleted"):
        for call in (sessions.GetSession, sessions.DeleteSession):
            refused(call, id=id, code=NOT_FOUND, reason="SESSION_NOT_FOUND")
        refused(sessions.GetSession, id=id, show_deleted=True, code=NOT_FOUND, reason="SESSION_NOT_FOUND")
        for call in (sessions.ListEvents, sessions.ListMessages, sessions.ListCheckpoints, sessions.ListSessionTree):
            refused(call, session=id, code=NOT_FOUND, reason="SESSION_NOT_FOUND")
        refused(sessions.GetMessageWindow, session=id, token_budget=1, code=NOT_FOUND, reason="SESSION_NOT_FOUND")
        refused(fork, sessions, id, code=NOT_FOUND, reason="SESSION_NOT_FOUND")
        refused(sessions.append, id, code=NOT_FOUND, reason="SESSION_NOT_FOUND")
        refused(sessions.begin, parent=id, code=NOT_FOUND, reason="SESSION_NOT_FOUND")
        # Its id is nobody else's.
        refused(sessions.begin, id=id, code=EXISTS, reason="SESSION_EXISTS")
    assert sessions.ids() == ["open"] and [each.id for each in sessions.list(show_deleted=True)] == ["open"]
    assert sessions.ids(entity="e") == [] and sessions.ids(entity="t1") == ["open"]
    assert rows(module_database, sessions.project) == {
        "session_head": 1, "session_event": 2, "session_entity": 2, "session_checkpoint": 1, "session_version": 2,
        "session_ancestor": 0, "hold": 1}
    assert purge(sessions).session_count == 0


def test_a_state_of_before_a_purge_has_the_session_no_more(sessions):
    made = sessions.begin(id="s")
    sessions.EndSession(id="s")
    mark = sessions.begin(id="mark")
    purge(sessions)
    for position in (made.position, mark.position):
        refused(sessions.GetSession, id="s", as_of={"position": position}, code=NOT_FOUND, reason="SESSION_NOT_FOUND")
    after = sessions.begin()
    refused(
        sessions.GetSession, id="s", as_of={"position": after.position}, show_deleted=True, code=NOT_FOUND,
        reason="SESSION_NOT_FOUND")


def test_only_those_that_were_asked_for_are_purged(sessions):
    for id in ("a", "b", "c"):
        sessions.begin(id=id)
    sessions.EndSession(id="a")
    sessions.EndSession(id="b")
    sessions.DeleteSession(id="c")
    assert purge(sessions, ids=["a", "none"], validate_only=True).session_count == 1
    assert purge(sessions, ids=["a", "none"]).session_count == 1
    assert purge(sessions, deleted_only=True).session_count == 1
    assert sessions.ids() == ["b"]
    first = [sessions.begin(id=f"m{number}").id for number in range(5)]
    for id in first:
        sessions.EndSession(id=id)
    part = purge(sessions, max_sessions=4)
    assert (part.session_count, part.complete) == (4, False)
    rest = purge(sessions, max_sessions=4)
    assert (rest.session_count, rest.complete) == (2, True) and sessions.ids() == []


def test_a_recording_keeps_its_session(sessions):
    for id in ("recorded", "other"):
        sessions.begin(id=id)
    sessions.append("recorded")
    sessions.StartRecording(recording={"id": "r", "session": "recorded"})
    for id in ("recorded", "other"):
        sessions.EndSession(id=id)
    assert purge(sessions).session_count == 1 and sessions.ids() == ["recorded"]
    sessions.DeleteRecording(id="r")
    assert purge(sessions).session_count == 1 and sessions.ids() == []


def test_what_is_wrong_with_a_purge(sessions):
    wrong = refused(sessions.PurgeSessions, code=INVALID, reason="FIELD_INVALID")
    assert set(wrong.fields) == {"older_than"}
    wrong = refused(
        purge, sessions, -1, max_sessions=-1, ids=["", "x"], code=INVALID, reason="FIELD_INVALID")
    assert set(wrong.fields) == {"older_than", "max_sessions", "ids[0]"}
    refused(purge, sessions, 2**62, code=INVALID, reason="FIELD_INVALID")
    refused(purge, sessions, ids=[f"i{number}" for number in range(1001)], code=INVALID, reason="FIELD_INVALID")


def test_forks_keep_the_sessions_whose_events_they_share(sessions):
    id = grown(sessions, 5)
    middle = fork(sessions, id, at=3)
    sessions.append(middle.id, note("m4"))
    living = fork(sessions, middle.id)
    beside = fork(sessions, id, at=1)
    for each in (id, middle.id, beside.id):
        sessions.EndSession(id=each)
    assert purge(sessions, validate_only=True).session_count == 1
    done = purge(sessions)
    assert (done.session_count, done.complete, done.event_count) == (1, True, 1)
    refused(sessions.GetSession, id=beside.id, code=NOT_FOUND, reason="SESSION_NOT_FOUND")
    assert names(sessions.events(living.id)) == ["n1", "n2", "n3", "m4"]
    # When the last fork is over the whole family may go, from its leaves to its root, in one call.
    sessions.DeleteSession(id=living.id)
    assert purge(sessions, ids=[id], validate_only=True).session_count == 0
    assert purge(sessions, validate_only=True).session_count == 3
    done = purge(sessions)
    assert (done.session_count, done.complete) == (3, True) and sessions.list(show_deleted=True) == []


def test_a_purged_parent_keeps_its_place_in_the_family(sessions):
    sessions.begin(id="root")
    sessions.begin(id="middle", parent="root")
    sessions.begin(id="leaf", parent="middle")
    sessions.EndSession(id="middle")
    assert purge(sessions).session_count == 1
    found = tree(sessions, "leaf")
    assert [(node.id, node.depth) for node in found] == [("root", 0), ("middle", 1), ("leaf", 2)]
    assert found[1].HasField("delete_time") and found[1].last_sequence == 0
    # Nobody can take the id, so nobody becomes its own ancestor.
    refused(sessions.begin, id="middle", parent="leaf", code=EXISTS, reason="SESSION_EXISTS")
    sessions.DeleteSession(id="leaf")
    assert [node.id for node in tree(sessions, "root", show_deleted=True)] == ["root", "leaf"]


def test_a_long_log_is_purged_in_pieces(sessions):
    id = grown(sessions, 4_500)
    short = [grown(sessions, 3) for _ in range(120)]
    for each in [id, *short]:
        sessions.EndSession(id=each)
    with sessions.watch() as feed:
        done = purge(sessions)
        # Others write and hear of it meanwhile; more than this is in test_sessions_servers.
        made = sessions.begin()
        while feed.next_changes(1)[0].session.id != made.id:
            pass
    while not done.complete:
        more = purge(sessions)
        done.session_count += more.session_count
        done.event_count += more.event_count
        done.complete = more.complete
    assert (done.session_count, done.event_count) == (121, 4_501 + 120 * 4)


def test_a_purge_and_forks_of_the_same_session_race(sessions, second):
    """Whoever wins: a fork that was made has its events to the end, and the purge leaves its origin alone."""
    there = sessions.elsewhere(second)
    for _ in range(15):
        id = grown(sessions, 3)
        sessions.EndSession(id=id)

        def attempt():
            try:
                return fork(there, id, at=3)
            except grpc.RpcError as error:
                return error.code()

        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            purged, made = pool.submit(purge, sessions, ids=[id]), pool.submit(attempt)
            count, made = purged.result().session_count, made.result()
        if count:
            assert made in (NOT_FOUND, RANGE), made
        elif made != RANGE:
            kept = names(sessions.events(made.id))
            assert kept == ["n1", "n2", "n3"][3 - len(kept):] and sessions.GetSession(id=id).state == COMPLETED
