"""Figures of sessions, agents and times against a plain model, on two servers, with what runs in the background and without."""

import collections
import concurrent.futures
import random
import time

import grpc
import pytest
from cairn.v1 import project_pb2, project_pb2_grpc, session_analytics_pb2, session_resource_pb2

from harness import SLOWNESS
from harness.feed import Feed
from harness.refusals import refusal, refused
from harness.server import Server
from harness.sessions import (
    BROKE, BROKEN, CHANGE, CHECKPOINT, END, FOREVER, HANDOFF, MESSAGE, MODIFIED, TEST_PASS, WORKING, change,
    new_sessions, note, to)
from harness.waiting import eventually

NOT_FOUND, INVALID, UNAVAILABLE = (
    grpc.StatusCode.NOT_FOUND, grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.UNAVAILABLE)
STATS = session_analytics_pb2.SessionStatsPart
SESSIONS, AGENTS, EVENTS, CHECKPOINTS = (
    STATS.Value(f"SESSION_STATS_PART_{name}") for name in ("SESSIONS", "AGENTS", "EVENTS", "CHECKPOINTS"))
WINDOW = session_analytics_pb2.GetSessionTrendsRequest
LENGTHS = {WINDOW.WINDOW_HOUR: 3600, WINDOW.WINDOW_DAY: 86400, WINDOW.WINDOW_WEEK: 7 * 86400, WINDOW.WINDOW_MONTH: 30 * 86400}
TREND = session_analytics_pb2.SessionTrend
FAILURE = session_resource_pb2.SessionCheckpoint.KIND_FAILURE
HANDED_OVER = session_resource_pb2.EventHandoff.KIND_HANDED_OVER
# Nothing is summed up until somebody asks.
IDLE = ("--session-rollup-interval", "1h")


@pytest.fixture
def sessions(channel):
    return new_sessions(channel)


@pytest.fixture(scope="module")
def second(module_database):
    """Another server on the database of the first, which sums up all the time."""
    running = Server("--database-url", module_database.url, "--session-rollup-interval", "20ms").start()
    with running.channel() as channel:
        yield channel
    status = running.stop()
    assert status == 0, running.text


@pytest.fixture
def pair(channel, second):
    """One project on both servers."""
    here = new_sessions(channel)
    return here, here.elsewhere(second)


def handed(giver, taker, by=None):
    return {"type": HANDOFF, "agent": by or giver,
            "handoff": {"kind": HANDED_OVER, "agent": giver, "to_agent": taker, "reason": "r"}}


def microseconds(stamp):
    return stamp.ToNanoseconds() // 1000


def is_error(event):
    return event.type == BROKE or event.transition.to_state == BROKEN


def counted(pairs, key):
    """A repeated field of counts as a dictionary; the most frequent must come first."""
    counts = [each.count for each in pairs]
    assert counts == sorted(counts, reverse=True)
    found = {getattr(each, key): each.count for each in pairs}
    assert len(found) == len(pairs)
    return found


def score(counts):
    counts = list(counts)
    if len(counts) < 2:
        return 0
    mean = sum(counts) / len(counts)
    return max(0, 1 - sum((count - mean) ** 2 for count in counts) / len(counts) / mean ** 2)


def check_summary(sessions, id):
    """Compares the summary of a session with what its log says."""
    summary, session, events = sessions.GetSessionSummary(session=id), sessions.GetSession(id=id), sessions.events(id, page_size=1000)
    agents = collections.Counter(event.agent for event in events if event.agent)
    timed = [microseconds(event.processing_time) for event in events if event.HasField("processing_time")]
    positive = [each for each in timed if each > 0]
    gains = [event.impact.performance_delta for event in events if event.impact.performance_delta > 0]
    end = session.end_time if session.HasField("end_time") else session.last_event_time
    length = microseconds(end) - microseconds(session.create_time) if events else 0
    assert (summary.session, summary.start_time) == (id, session.create_time)
    assert summary.HasField("end_time") == session.HasField("end_time") and summary.end_time == session.end_time
    assert microseconds(summary.duration) == length
    assert summary.event_count == len(events) == session.last_sequence
    assert summary.agent_count == len(agents)
    assert summary.transition_count == sum(event.HasField("transition") for event in events)
    assert summary.error_count == sum(map(is_error, events))
    assert summary.timed_event_count == len(timed)
    assert summary.HasField("mean_processing_time") == bool(timed)
    assert summary.HasField("performance_impact") == bool(positive)
    assert summary.HasField("mean_performance_gain") == bool(gains)
    if timed:
        assert microseconds(summary.mean_processing_time) == pytest.approx(sum(timed) / len(timed), abs=1)
    if positive:
        assert microseconds(summary.performance_impact) == pytest.approx(sum(positive) / len(positive), abs=1)
    if gains:
        assert summary.mean_performance_gain == pytest.approx(sum(gains) / len(gains))
    assert microseconds(summary.mean_event_interval) == (length // (len(events) - 1) if len(events) > 1 else 0)
    assert summary.collaboration_score == pytest.approx(score(agents.values()))
    assert counted(summary.events_by_type, "type") == collections.Counter(event.type for event in events)
    assert counted(summary.events_by_agent, "agent") == agents
    assert not events or summary.position >= events[-1].position
    return summary


def random_event(dice, agents):
    event = dice.choice([
        lambda: note(), lambda: to(dice.choice((WORKING, BROKEN))),
        lambda: {"type": MODIFIED, "change": change("e"), "impact": {"performance_delta": dice.uniform(-5, 5)}},
        lambda: {"type": BROKE, "change": change("e")}, lambda: {"type": TEST_PASS, "change": change("e")},
        lambda: {"type": MESSAGE, "message": {"role": 1, "content": "hello"}}, lambda: {"type": CHECKPOINT}])()
    if dice.random() < 0.5:
        event["processing_time"] = {"nanos": dice.choice((0, 1000, 999_999_000)), "seconds": dice.randrange(3)}
    if dice.random() < 0.8:
        event["agent"] = dice.choice(agents)
    return event


# One session


def test_a_summary_is_what_the_log_says_while_it_grows_and_afterwards(pair):
    here, there = pair
    dice = random.Random(7)
    agents = ["ann", "bob", "cyd", "dan\u00e9"]
    here.begin(id="s", agent="ann", entities=["e"])
    check_summary(there, "s")
    for agent in agents[1:]:
        here.JoinSession(id="s", agent=agent)
    for number in range(60):
        writer, reader = pair if number % 2 else (there, here)
        writer.append("s", random_event(dice, agents))
        if number % 5 == 0:
            check_summary(reader, "s")
    stream = here.stream().send([random_event(dice, agents) for _ in range(200)], "s")
    stream.rest()
    here.LeaveSession(id="s", agent="bob")
    check_summary(there, "s")
    here.EndSession(id="s")
    ended = check_summary(here, "s")
    assert ended == check_summary(there, "s") and ended.error_count > 0 and ended.timed_event_count > 50


def test_a_summary_survives_what_ends_the_server(start_server, database):
    first = start_server("--database-url", database.url, *IDLE)
    with first.channel() as channel:
        sessions = new_sessions(channel)
        for id, end in (("ended", True), ("open", False), ("empty", False)):
            sessions.begin(id=id, agent="ann", ttl=FOREVER)
            if id != "empty":
                sessions.stream().send([{**note(), "agent": "ann", "processing_time": {"seconds": 2}}] * 9, id).rest()
            if end:
                sessions.EndSession(id=id, agent="ann")
        before = check_summary(sessions, "open")
        sessions.append("open", to(BROKEN))
    first.kill()
    with start_server("--database-url", database.url, *IDLE).channel() as channel:
        again = sessions.elsewhere(channel)
        assert check_summary(again, "ended").timed_event_count == 9
        assert check_summary(again, "open").event_count == before.event_count + 1
        empty = check_summary(again, "empty")
        assert empty.event_count == 0 and not empty.duration.ToNanoseconds() and not empty.events_by_agent


def test_a_session_that_expires_has_a_summary(start_server, database):
    server = start_server("--database-url", database.url, "--session-sweep-interval", "50ms")
    with server.channel() as channel:
        sessions = new_sessions(channel)
        sessions.begin(id="s", ttl={"seconds": 1})
        summary = eventually(
            lambda: next((each for each in [sessions.GetSessionSummary(session="s")] if each.HasField("end_time")), None), "it expires")
        assert counted(summary.events_by_type, "type") == {END: 1}
        check_summary(sessions, "s")


@pytest.mark.parametrize("counts, expected", [
    ((10, 10), 1), ((19, 1), 0.19), ((20,), 0), ((), 0), ((1, 1, 1, 1, 1), 1), ((30, 1, 1), 0), ((4, 2), 8 / 9)])
def test_the_score_says_how_evenly_agents_share_the_work(sessions, counts, expected):
    agents = [f"a{number}" for number in range(len(counts))]
    sessions.begin(id="s", agent=agents[0] if agents else "")
    for agent in agents[1:]:
        # Joining is an event of the agent, too.
        sessions.JoinSession(id="s", agent=agent)
    for number, (agent, count) in enumerate(zip(agents, counts)):
        for _ in range(count - (number > 0)):
            sessions.append("s", {**note(), "agent": agent})
    # What nobody in particular did does not matter.
    sessions.append("s")
    summary = check_summary(sessions, "s")
    assert summary.collaboration_score == pytest.approx(expected)


def test_events_that_are_the_same_count_each(sessions):
    sessions.begin(id="s", agent="ann")
    same = {**note(), "agent": "ann", "processing_time": {"seconds": 4}}
    sessions.stream().send([same, same], "s").rest()
    sessions.append("s", same)
    summary = check_summary(sessions, "s")
    assert (summary.event_count, summary.timed_event_count, summary.mean_processing_time.seconds) == (3, 3, 4)


def test_the_largest_figures_that_events_may_have_add_up(sessions):
    sessions.begin(id="s", agent="ann")
    extreme = {"type": MODIFIED, "agent": "ann", "change": change("e"),
               "processing_time": {"seconds": 315_576_000_000, "nanos": 999_999_999},
               "impact": {"performance_delta": 1.7e308}}
    sessions.stream().send([extreme] * 100, "s").rest()
    sessions.append("s", {**extreme, "impact": {"performance_delta": -1.7e308}})
    summary = sessions.GetSessionSummary(session="s")
    assert summary.event_count == summary.timed_event_count == 101
    assert summary.mean_processing_time.seconds == pytest.approx(315_576_000_000, abs=1)
    assert summary.mean_performance_gain == 1e15


def test_what_was_pruned_still_counts(start_server, database):
    server = start_server("--database-url", database.url, "--history-prune-interval", "100ms", *IDLE)
    with server.channel() as channel:
        sessions = new_sessions(channel)
        sessions.begin(id="s", agent="ann")
        for _ in range(5):
            old = sessions.append("s", {**note(), "agent": "ann"}).position
        assert sessions.GetSessionSummary(session="s").event_count == 5
        for _ in range(3):
            sessions.append("s", {**note(), "agent": "ann"})
        for table in ("change", "session_event"):
            database.query(
                f"UPDATE {table} SET at = at - interval '1 hour'"
                f" WHERE project_id = '{sessions.project}' AND position <= {old}")
        project = project_pb2.Project(id=sessions.project)
        project.history_retention.seconds = 1800
        project_pb2_grpc.ProjectServiceStub(channel).UpdateProject(
            project_pb2.UpdateProjectRequest(project=project, update_mask={"paths": ["history_retention"]}), timeout=60)
        eventually(lambda: sessions.ListEvents(session="s").oldest_sequence > 5, "the log is pruned", timeout=60)
        summary = sessions.GetSessionSummary(session="s")
        assert summary.event_count == 8 and counted(summary.events_by_agent, "agent") == {"ann": 8}
        assert sessions.GetAgentFigures(agent="ann").event_count == 8
        assert sessions.GetSessionStats().event_count == 8


# The project


def test_statistics_are_exact(start_server, database):
    server = start_server("--database-url", database.url, *IDLE)
    with server.channel() as channel:
        sessions, other = new_sessions(channel), new_sessions(channel)
        assert sessions.GetSessionStats().event_count == 0
        for number in range(150):
            id = f"s{number}"
            sessions.begin(id=id, agent=f"a{number % 20}", ttl=FOREVER)
            sessions.stream().send([note()] * 7, id).rest()
        other.begin(id="s0", agent="somebody else")
        other.append("s0")
        for number in range(4):
            sessions.CreateCheckpoint(session=f"s{number}")
        sessions.CreateCheckpoint(session="s9", kind=FAILURE)
        stats = sessions.GetSessionStats()
        # A checkpoint is told of by an event.
        assert (stats.session_count, stats.active_session_count, stats.begun_session_count) == (150, 150, 150)
        assert (stats.event_count, stats.active_agent_count) == (150 * 7 + 5, 20)
        assert stats.mean_events_per_session == pytest.approx((150 * 7 + 5) / 150)
        assert (stats.checkpoint_count, stats.failure_checkpoint_count) == (5, 1)
        assert stats.event_bytes == int(database.value(
            f"SELECT sum(octet_length(body)) FROM session_event WHERE project_id = '{sessions.project}'"))
        assert stats.journal_id and stats.position >= sessions.events("s9")[-1].position
        # One ends, one expires, one is deleted.
        sessions.EndSession(id="s1")
        sessions.SetSessionTtl(id="s2", ttl={"seconds": 3600})
        database.query(f"UPDATE session_head SET expire_time = now() - interval '1 second'"
                       f" WHERE project_id = '{sessions.project}' AND session_id = 's2'")
        sessions.DeleteSession(id="s9")
        stats = sessions.GetSessionStats()
        assert (stats.session_count, stats.active_session_count, stats.begun_session_count) == (149, 147, 150)
        assert (stats.checkpoint_count, stats.failure_checkpoint_count) == (4, 0)
        # END of the one that was ended; the other one was not looked at by the sweep.
        assert stats.event_count == 150 * 7 + 6


def test_statistics_are_about_what_is_asked_for(sessions):
    sessions.begin(id="s", agent="ann")
    sessions.append("s")
    sessions.CreateCheckpoint(session="s", kind=FAILURE)
    fields = {
        SESSIONS: {"session_count", "active_session_count", "begun_session_count"}, AGENTS: {"active_agent_count"},
        EVENTS: {"event_count", "event_bytes", "position"}, CHECKPOINTS: {"checkpoint_count", "failure_checkpoint_count"}}
    for parts in ([part] for part in fields):
        said = sessions.GetSessionStats(parts=parts)
        assert {field.name for field, _ in said.ListFields()} == {"time", "journal_id"} | fields[parts[0]]
    everything = sessions.GetSessionStats(parts=list(fields))
    assert {field.name for field, _ in everything.ListFields()} == (
        {"time", "journal_id", "mean_events_per_session"}.union(*fields.values()))
    everything.ClearField("time")
    again = sessions.GetSessionStats()
    again.ClearField("time")
    # Positions rise with what others do.
    again.position = everything.position
    assert again == everything


def test_figures_are_sent_again_and_again(sessions):
    sessions.begin(id="s", agent="ann")
    begun = time.monotonic()
    feed = Feed(sessions.WatchSessionStats(interval={"seconds": 1}, timeout=None))
    slow = Feed(sessions.WatchSessionStats(parts=[SESSIONS], timeout=None))
    eventually(lambda: feed.events and slow.events, "the first ones are there at once")
    assert time.monotonic() - begun < 10 * SLOWNESS
    assert (feed.events[0].active_session_count, feed.events[0].event_count) == (1, 0)
    sessions.begin(id="t")
    sessions.append("t")
    eventually(lambda: feed.error or feed.events[-1].event_count == 1, "what was appended is in a later one")
    assert feed.events[-1].active_session_count == 2
    eventually(lambda: feed.error or len(feed.events) >= 3, "there are more")
    times = [microseconds(each.time) for each in feed.events]
    assert all(later - earlier >= 900_000 for earlier, later in zip(times, times[1:]))
    # Every five minutes, unless asked for more.
    [only] = slow.events
    assert only.active_session_count == 1 and not only.active_agent_count and not only.position
    feed.close()
    slow.close()


def test_watchers_of_figures_end_with_the_server_and_the_project(start_server, database):
    server = start_server("--database-url", database.url)
    with server.channel() as channel:
        sessions, gone = new_sessions(channel), new_sessions(channel)
        feeds = [Feed(each.WatchSessionStats(interval={"seconds": 3600}, timeout=None)) for each in (sessions, gone)]
        eventually(lambda: all(feed.events for feed in feeds), "the first ones are there")
        project_pb2_grpc.ProjectServiceStub(channel).DeleteProject(
            project_pb2.DeleteProjectRequest(id=gone.project), timeout=60)
        assert refusal(feeds[1].ended()).reason == "PROJECT_DELETED"
        assert not feeds[0].error
        assert server.stop() == 0, server.text
        ended = refusal(feeds[0].ended())
        assert (ended.code, ended.reason) == (UNAVAILABLE, "SHUTTING_DOWN")


# Agents


def figures(sessions, agent):
    found = sessions.GetAgentFigures(agent=agent)
    return (found.join_count, found.event_count, found.handoff_given_count, found.handoff_received_count,
            found.ended_session_count)


def test_figures_of_agents_are_what_they_did(pair):
    here, there = pair
    here.begin(id="one", agent="ann")
    there.JoinSession(id="one", agent="bob")
    here.append("one", {**note(), "agent": "ann"})
    here.append("one", handed("ann", "bob"))
    there.append("one", handed("bob", "ann"))
    # Somebody else may say it, with much else beside it.
    there.append("one", {**handed("ann", "b\u00f6b", by="bob"), "payload": b"x" * 100_000,
                         "change": change(*(f"entity {number}" for number in range(500)))})
    here.EndSession(id="one", agent="ann")
    here.begin(id="two", agent="bob", entities=["e"])
    there.JoinSession(id="two", agent="ann")
    there.LeaveSession(id="two", agent="ann")
    there.JoinSession(id="two", agent="ann")
    here.begin(id="three", agent="cyd")
    for caller in pair:
        assert figures(caller, "ann") == (3, 6, 2, 1, 1)
        assert figures(caller, "bob") == (2, 4, 1, 1, 1)
        assert figures(caller, "b\u00f6b") == (0, 0, 0, 1, 0)
        # Nothing was appended there yet.
        assert figures(caller, "cyd") == figures(caller, "nobody") == (0, 0, 0, 0, 0)
        assert not caller.GetAgentFigures(agent="cyd").HasField("mean_session_duration")
    one = here.GetSession(id="one")
    length = microseconds(one.end_time) - microseconds(one.create_time)
    assert microseconds(here.GetAgentFigures(agent="bob").mean_session_duration) == pytest.approx(length, abs=1)
    here.append("three")
    here.EndSession(id="two")
    two = there.GetSession(id="two")
    length += microseconds(two.end_time) - microseconds(two.create_time)
    ann = there.GetAgentFigures(agent="ann")
    assert ann.ended_session_count == 2
    assert microseconds(ann.mean_session_duration) == pytest.approx(length / 2, abs=1)
    assert figures(there, "cyd") == (1, 0, 0, 0, 0)


def test_agents_are_listed_in_order_of_their_names(sessions):
    names = sorted(["ann", "Bob", "\u00e9va", "zo\u00eb", *(f"a{number:03}" for number in range(40))], key=str.encode)
    sessions.begin(id="s")
    for name in names[:30]:
        sessions.JoinSession(id="s", agent=name)
    for name in names[20:]:
        sessions.AdjustAgentFigures(agent=name, event_count=5)
    found, token = [], ""
    while True:
        page = sessions.ListAgentFigures(page_size=7, page_token=token)
        assert len(page.agents) <= 7 and page.journal_id
        found += page.agents
        token = page.next_page_token
        if not token:
            break
    assert [each.agent for each in found] == names
    assert [each.event_count for each in found] == [1] * 20 + [6] * 10 + [5] * (len(names) - 30)
    assert [each.join_count for each in found] == [1] * 30 + [0] * (len(names) - 30)
    refused(sessions.ListAgentFigures, page_token="forged", code=INVALID, reason="PAGE_TOKEN_INVALID")


def test_what_is_added_at_the_same_time_adds_up(pair):
    here, there = pair
    here.begin(id="s", agent="ann")
    here.append("s", {**note(), "agent": "ann"})
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        calls = [
            pool.submit(pair[number % 2].AdjustAgentFigures, agent="ann", join_count=1, event_count=number,
                        handoff_given_count=-1, handoff_received_count=3)
            for number in range(100)]
        calls += [
            pool.submit(pair[number % 2].AdjustAgentFigures, agent="ann", event_count=1000, request_id="once")
            for number in range(10)]
        calls += [pool.submit(here.append, "s", {**note(), "agent": "ann"}) for _ in range(20)]
        answers = [call.result() for call in calls]
    assert len({answer.position for answer in answers[100:110]}) == 1
    for caller in pair:
        assert figures(caller, "ann") == (1 + 100, 21 + sum(range(100)) + 1000, -100, 300, 0)


def test_asking_only_adds_nothing(sessions):
    answer = sessions.AdjustAgentFigures(agent="ann", join_count=4, validate_only=True)
    assert (answer.agent, answer.position) == ("ann", 0)
    assert figures(sessions, "ann") == (0, 0, 0, 0, 0)
    written = sessions.acting(agent="ann").AdjustAgentFigures(join_count=4)
    assert written.agent == "ann" and written.position > 0
    assert figures(sessions, "ann") == (4, 0, 0, 0, 0)


def test_an_adjustment_is_in_the_journal(sessions):
    before = sessions.begin().position
    written = sessions.AdjustAgentFigures(agent="ann", join_count=1)
    feed = Feed(sessions.WatchChanges(after_position=before, resource_kinds=["agent_figures"], timeout=None)).caught_up()
    [told] = feed.changes
    assert (told.resource_id, told.action, told.position) == ("ann", "adjusted", written.position)
    feed.close()


def test_nothing_is_added_under_a_lease_that_is_lost(sessions):
    late = sessions.acting(lease="worker", lease_epoch="7")
    refused(late.AdjustAgentFigures, agent="ann", join_count=1, reason="LEASE_LOST")
    assert figures(sessions, "ann") == (0, 0, 0, 0, 0)


# Times


def shift(database, sessions, table, column, key, by):
    """Moves rows into the past, by seconds."""
    values = ", ".join(f"({name}, {seconds})" for name, seconds in by.items())
    database.query(
        f"UPDATE {table} SET {column} = {column} - seconds * interval '1 second' FROM (VALUES {values}) AS moved (key, seconds)"
        f" WHERE project_id = '{sessions.project}' AND {key} = moved.key")


def check_trends(sessions, window, events, begun, ended, members):
    """Compares trends with lists: events as (seconds, agent, type, whether an error), sessions by when they were created."""
    trends = sessions.GetSessionTrends(window=window)
    length = LENGTHS[window]
    current, previous = trends.current, trends.previous
    assert current.end_time.seconds - current.start_time.seconds == length
    assert (previous.start_time.seconds, previous.end_time) == (current.start_time.seconds - length, current.start_time)
    assert current.start_time.seconds % 300 == 0
    counts = []
    for period in (previous, current):
        inside = [each for each in events if period.start_time.seconds <= each[0] < period.end_time.seconds]
        created = [id for id, at in begun.items() if period.start_time.seconds <= at < period.end_time.seconds]
        assert period.event_count == len(inside)
        assert period.error_count == sum(each[3] for each in inside)
        assert period.session_count == len(created)
        lengths = [ended[id] - begun[id] for id in created if id in ended]
        assert period.HasField("mean_session_duration") == bool(lengths)
        if lengths:
            assert microseconds(period.mean_session_duration) == pytest.approx(1e6 * sum(lengths) / len(lengths), abs=2)
        if created:
            assert period.mean_agents_per_session == pytest.approx(sum(len(members[id]) for id in created) / len(created))
        counts.append((len(inside), sum(each[3] for each in inside), len(created)))
    agents = collections.Counter(each[1] for each in inside if each[1])
    types = collections.Counter(each[2] for each in inside)
    assert counted(trends.top_agents, "agent") == dict(sorted(agents.items(), key=lambda item: (-item[1], item[0]))[:5])
    assert counted(trends.top_types, "type") == dict(sorted(types.items(), key=lambda item: (-item[1], item[0]))[:10])
    for trend, before, now in zip(trends.trends, *counts, strict=True):
        if before == 0:
            expected = TREND.DIRECTION_UP if now else TREND.DIRECTION_STABLE
            assert not trend.HasField("change")
        else:
            change = (now - before) / before
            assert trend.change == pytest.approx(change)
            expected = (
                TREND.DIRECTION_STABLE if abs(change) <= 0.1 else TREND.DIRECTION_UP if change > 0 else TREND.DIRECTION_DOWN)
        assert trend.direction == expected
    assert [trend.metric for trend in trends.trends] == [TREND.METRIC_EVENTS, TREND.METRIC_ERRORS, TREND.METRIC_SESSIONS]
    return trends


def test_trends_count_what_is_within_their_periods(start_server, database):
    """Events and sessions of the last 70 days, at random times, some at the very edges of periods."""
    server = start_server("--database-url", database.url, *IDLE)
    with server.channel() as channel:
        sessions = new_sessions(channel)
        dice = random.Random(3)
        agents = [f"a{number}" for number in range(8)]
        members = collections.defaultdict(set)
        events, by_position, begun, ended, created = [], {}, {}, {}, {}
        for number in range(20):
            id = f"s{number}"
            at = microseconds(sessions.begin(id=id, agent=agents[0], ttl=FOREVER).create_time) / 1e6
            created[f"'{id}'"] = dice.choice((0, 3000, 80_000, 500_000, 2_000_000, 4_000_000))
            begun[id] = at - created[f"'{id}'"]
            for agent in agents[1:dice.randrange(1, 9)]:
                sessions.JoinSession(id=id, agent=agent)
            for _ in range(15):
                taking_part = list(sessions.GetSession(id=id).agents)
                sessions.append(id, random_event(dice, taking_part))
            if number % 3 == 0:
                sessions.EndSession(id=id)
                ended[id] = microseconds(sessions.GetSession(id=id).end_time) / 1e6
        for id in begun:
            for event in sessions.events(id, page_size=1000):
                if event.agent:
                    members[id].add(event.agent)
                at = microseconds(event.provenance.time) / 1e6
                back = dice.choice((0, 60, 3590, 3600, 3610, 7200, 86_400, 90_000, 604_800, 2_592_000, 5_184_000, 6_000_000))
                back += dice.randrange(600)
                by_position[event.position] = back
                events.append([at, event.agent, event.type, is_error(event), event.position])
        # Those of one write were appended together.
        events = [(at - by_position[position], *rest) for at, *rest, position in events]
        shift(database, sessions, "session_event", "at", "position", by_position)
        shift(database, sessions, "session", "create_time", "session_id", created)
        model = events, begun, ended, members
        before = {window: check_trends(sessions, window, *model) for window in LENGTHS}
        assert 0 < before[WINDOW.WINDOW_HOUR].current.event_count < before[WINDOW.WINDOW_MONTH].current.event_count < len(events)
        # The same after all of it was summed up long ago.
        for window in LENGTHS:
            check_trends(sessions, window, *model)


def test_trends_say_what_rises_and_what_stays(start_server, database):
    server = start_server("--database-url", database.url, *IDLE)
    with server.channel() as channel:
        rising, flat, falling, fresh = (new_sessions(channel) for _ in range(4))
        for sessions, before, now in ((rising, 10, 15), (flat, 20, 21), (falling, 10, 4), (fresh, 0, 3)):
            sessions.begin(id="s", ttl=FOREVER)
            old = {sessions.append("s").position: 100_000 for _ in range(before)}
            if old:
                shift(database, sessions, "session_event", "at", "position", old)
            for _ in range(now):
                sessions.append("s")

        def trend(sessions):
            found = sessions.GetSessionTrends(window=WINDOW.WINDOW_DAY).trends[0]
            return found.direction, round(found.change, 6) if found.HasField("change") else None

        assert trend(rising) == (TREND.DIRECTION_UP, 0.5)
        assert trend(flat) == (TREND.DIRECTION_STABLE, 0.05)
        assert trend(falling) == (TREND.DIRECTION_DOWN, -0.6)
        assert trend(fresh) == (TREND.DIRECTION_UP, None)


# What is old


def test_old_figures_are_removed_and_counted(start_server, database):
    server = start_server("--database-url", database.url, *IDLE)
    day = 86_400
    with server.channel() as channel:
        sessions, other = new_sessions(channel), new_sessions(channel)
        for caller in (sessions, other):
            by_position = {}
            for number in range(12):
                id = f"s{number}"
                caller.begin(id=id, agent="ann", ttl=FOREVER)
                # Old and ended, old and open, new and ended.
                back = 40 * day if number < 8 else 0
                by_position[caller.append(id, {**note(), "agent": "ann"}).position] = back
                if number < 5 or number >= 8:
                    caller.EndSession(id=id)
                    by_position[caller.events(id)[-1].position] = back
            shift(database, caller, "session_event", "at", "position", by_position)
        summaries = {number: sessions.GetSessionSummary(session=f"s{number}").event_count for number in range(12)}
        assert [summaries[number] for number in range(12)] == [2] * 5 + [1] * 3 + [2] * 4

        def trend_rows(caller, older=None):
            limit = f" AND start <= now() - interval '{older} seconds' - width * interval '1 second'" if older else ""
            return int(database.value(
                f"SELECT count(*) FROM session_trend_figure WHERE project_id = '{caller.project}'{limit}"))

        total, old = trend_rows(sessions), trend_rows(sessions, 30 * day)
        assert 0 < old < total
        wanted = sessions.PurgeSessionFigures(older_than={"seconds": 30 * day}, validate_only=True)
        assert (wanted.session_count, wanted.trend_count) == (5, old) and trend_rows(sessions) == total
        assert sessions.PurgeSessionFigures(older_than={"seconds": 30 * day}) == wanted
        assert trend_rows(sessions) == total - old
        again = sessions.PurgeSessionFigures(older_than={"seconds": 30 * day})
        assert (again.session_count, again.trend_count) == (0, 0)
        for number in range(12):
            summary = sessions.GetSessionSummary(session=f"s{number}")
            assert summary.event_count == (0 if number < 5 else summaries[number])
            # What the session itself says stays.
            assert summary.HasField("end_time") == (number < 5 or number >= 8)
        assert sessions.GetSessionStats().event_count == 21 and figures(sessions, "ann")[1] == 12
        assert sessions.GetSessionTrends(window=WINDOW.WINDOW_DAY).current.event_count == 8
        # Another project keeps what it has, until its time has come.
        assert other.GetSessionSummary(session="s0").event_count == 2 and trend_rows(other, 30 * day) > 0
    server.stop()
    with start_server("--database-url", database.url, "--session-figures-retention", "35d").channel() as channel:
        later = other.elsewhere(channel)
        eventually(lambda: trend_rows(other, 35 * day) == 0, "old sums are removed")
        eventually(lambda: later.GetSessionSummary(session="s0").event_count == 0, "old summaries are removed")
        assert later.GetSessionSummary(session="s9").event_count == 2
        assert later.GetSessionSummary(session="s6").event_count == 1


def test_a_deleted_project_takes_its_figures_along(start_server, database):
    server = start_server("--database-url", database.url, "--session-rollup-interval", "20ms")
    with server.channel() as channel:
        sessions, other = new_sessions(channel), new_sessions(channel)
        for caller in (sessions, other):
            caller.begin(id="s", agent="ann")
            caller.append("s", {**note(), "agent": "ann"})
            caller.AdjustAgentFigures(agent="ann", event_count=1)
            assert figures(caller, "ann") == (1, 2, 0, 0, 0)
        tables = (
            "session_rollup", "session_figure", "session_agent_figure", "session_agent_adjustment", "session_trend_figure")

        def rows(caller):
            return [database.value(f"SELECT count(*) FROM {table} WHERE project_id = '{caller.project}'") for table in tables]

        project_pb2_grpc.ProjectServiceStub(channel).DeleteProject(
            project_pb2.DeleteProjectRequest(id=sessions.project), timeout=60)
        refused(sessions.GetSessionStats, code=NOT_FOUND, reason="PROJECT_DELETED")
        eventually(lambda: rows(sessions) == ["0"] * 5, "nothing is left", timeout=60)
        assert rows(other) == ["1", "1", "1", "1", "3"]


# Many at once


def test_everything_that_was_acknowledged_is_counted_once(start_server, database):
    """Writers and readers on two servers that sum up all the time, one of which is killed again and again."""
    options = ("--database-url", database.url, "--session-rollup-interval", "10ms")
    steady = start_server(*options)
    with steady.channel() as channel:
        sessions = new_sessions(channel)
        for number in range(3):
            sessions.begin(id=f"s{number}", agent="ann", ttl=FOREVER)
        done = 0

        def write(number):
            own = sessions.elsewhere(channel)
            for _ in range(10):
                own.stream().send([{**note(), "agent": "ann"}] * 20, f"s{number}").rest()
                own.append(f"s{number}", to(BROKEN))

        for round in range(3):
            killed = start_server(*options)
            with killed.channel(("grpc.use_local_subchannel_pool", 1)) as doomed:
                reader = sessions.elsewhere(doomed)
                with concurrent.futures.ThreadPoolExecutor(3) as pool:
                    writers = [pool.submit(write, number) for number in range(3)]
                    reads = 0
                    while not all(writer.done() for writer in writers):
                        before = sessions.GetSessionStats(parts=[EVENTS]).event_count
                        after = reader.GetSessionStats(parts=[EVENTS])
                        assert after.event_count >= before >= done
                        reads += 1
                        if reads == 5:
                            killed.kill()
                            killed = start_server(*options)
                            reader = sessions.elsewhere(killed.channel())
                    for writer in writers:
                        writer.result()
            killed.kill()
            done += 3 * 10 * 21
            assert sessions.GetSessionStats(parts=[EVENTS]).event_count == done
        for number in range(3):
            check_summary(sessions, f"s{number}")
        assert figures(sessions, "ann") == (3, 3 * 3 * 10 * 20, 0, 0, 0)
        current = sessions.GetSessionTrends(window=WINDOW.WINDOW_HOUR).current
        assert (current.event_count, current.error_count) == (done, 3 * 3 * 10)


def test_more_than_one_transaction_adds(start_server, database):
    """What lies behind is added in parts, each of them whole."""
    server = start_server("--database-url", database.url, *IDLE)
    with server.channel() as channel:
        sessions = new_sessions(channel)
        sessions.begin(id="s", agent="ann", ttl=FOREVER)
        stream = sessions.stream()
        for _ in range(16):
            stream.send([{**note(), "agent": "ann"}] * 1000, "s")
        assert stream.rest().appended == 16_000
        assert sessions.GetSessionSummary(session="s").event_count == 16_000
        assert figures(sessions, "ann") == (1, 16_000, 0, 0, 0)


# What is wrong


@pytest.mark.parametrize("method, fields, wrong", [
    ("GetSessionSummary", {}, ["session"]), ("GetSessionSummary", {"session": "x" * 129}, ["session"]),
    ("GetSessionSummary", {"session": "a\u0001"}, ["session"]),
    ("GetSessionStats", {"parts": [0]}, ["parts[0]"]), ("GetSessionStats", {"parts": [1, 99]}, ["parts[1]"]),
    ("GetSessionStats", {"parts": [1] * 17}, ["parts"]), ("GetAgentFigures", {}, ["agent"]),
    ("GetAgentFigures", {"agent": "x" * 129}, ["agent"]), ("ListAgentFigures", {"page_size": -1}, ["page_size"]),
    ("GetSessionTrends", {}, ["window"]), ("GetSessionTrends", {"window": 9}, ["window"]),
    ("AdjustAgentFigures", {"agent": "a"}, ["join_count"]), ("AdjustAgentFigures", {"event_count": 1}, ["agent"]),
    ("AdjustAgentFigures", {"agent": "a", "event_count": 1_000_000_001, "join_count": -2**63}, ["event_count", "join_count"]),
    ("AdjustAgentFigures", {"agent": "\u0000", "event_count": 1}, ["agent"]),
    ("PurgeSessionFigures", {}, ["older_than"]), ("PurgeSessionFigures", {"older_than": {"seconds": 0}}, ["older_than"]),
    ("PurgeSessionFigures", {"older_than": {"seconds": -5}}, ["older_than"]),
    ("PurgeSessionFigures", {"older_than": {"seconds": 2**63 - 1}}, ["older_than"]),
])
def test_wrong_fields_are_named(sessions, method, fields, wrong):
    said = refused(getattr(sessions, method), **fields, code=INVALID)
    assert sorted(said.fields) == sorted(wrong)


@pytest.mark.parametrize("interval", [
    {"seconds": 0}, {"nanos": 999_999_999}, {"seconds": 86_401}, {"seconds": 86_400, "nanos": 1}, {"seconds": -1},
    {"seconds": 2**63 - 1}, {"seconds": 5, "nanos": -1}])
def test_an_interval_has_bounds(sessions, interval):
    feed = sessions.WatchSessionStats(interval=interval)
    assert list(refused(list, feed, code=INVALID).fields) == ["interval"]


def test_there_is_no_summary_of_no_session(sessions, channel):
    refused(sessions.GetSessionSummary, session="none", code=NOT_FOUND, reason="SESSION_NOT_FOUND")
    sessions.begin(id="s")
    refused(new_sessions(channel).GetSessionSummary, session="s", code=NOT_FOUND, reason="SESSION_NOT_FOUND")
    sessions.DeleteSession(id="s")
    refused(sessions.GetSessionSummary, session="s", code=NOT_FOUND, reason="SESSION_DELETED")


# What a rollback will ask of sessions


def test_the_feed_tells_of_the_life_of_a_session_and_the_session_of_its_past(pair):
    here, there = pair
    feed = there.watch().caught_up()
    begun = here.begin(id="s", agent="ann", owner="eve", metadata={"k": 1})
    last = here.append("s")
    marks = [here.CreateCheckpoint(session="s", title=str(number)) for number in range(2)]
    session = there.GetSession(id="s")
    assert (session.owner, session.create_time, session.checkpoint) == ("eve", begun.create_time, marks[1].id)
    assert session.last_event_time.ToNanoseconds() >= last.time.ToNanoseconds() and session.metadata["k"] == 1
    assert list(there.ListCheckpoints(session="s").checkpoints) == marks[::-1]
    here.EndSession(id="s")
    told = feed.wait_for_changes(4)
    assert [each.kind for each in told] == [
        CHANGE.KIND_CREATED, CHANGE.KIND_CHECKPOINTED, CHANGE.KIND_CHECKPOINTED, CHANGE.KIND_ENDED]
    assert [each.session.checkpoint for each in told] == ["", marks[0].id, marks[1].id, marks[1].id]
    assert told[-1].session.end_time == there.GetSession(id="s").end_time
    feed.close()
