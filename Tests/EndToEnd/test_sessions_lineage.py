"""What the logs of forks tell: of all that they share, compared with what is counted by hand. Elsewhere it counts once."""

import random
import time

import pytest

from harness import SLOWNESS, logs
from harness.logs import HIGH
from harness.server import Server
from harness.sessions import BROKE, BROKEN, CUSTOM, MODIFIED, TEST_PASS, WORKING, new_sessions, note
from test_sessions_forks import fork
from test_sessions_insight import (
    AGENTS, ENTITIES, append_all, as_events, begin, event, paged, random_events, transitions)


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


def own(sessions, id, after):
    """What a session has appended itself behind a place."""
    return [logs.entry(each) for each in sessions.events(id, from_sequence=after + 1, page_size=1000)]


def grow_family(sessions, seed, size, batch):
    """A session and forks of forks: what the log of each should be, and what each has appended itself. Cuts lie within batches."""
    dice = random.Random(seed)
    begin(sessions, id="g0")
    append_all(sessions, "g0", random_events(seed, batch))
    entries = {"g0": own(sessions, "g0", 0)}
    added = {"g0": entries["g0"]}
    for number in range(1, size):
        # Mostly of young ones, so that the family is deep.
        origin = f"g{max(0, number - dice.randint(1, 3))}"
        at, id = dice.randint(1, len(entries[origin])), f"g{number}"
        fork(sessions, origin, id=id, at=at)
        if dice.random() < 0.8:
            append_all(sessions, id, random_events(100 * seed + number, dice.randint(1, batch)))
        added[id] = own(sessions, id, at)
        entries[id] = entries[origin][:at] + added[id]
        if dice.random() < 0.3:
            # Behind all cuts that were made so far.
            append_all(sessions, origin, random_events(100 * seed + 50 + number, 3))
            more = own(sessions, origin, len(entries[origin]))
            entries[origin], added[origin] = entries[origin] + more, added[origin] + more
    return entries, added


@pytest.fixture(scope="module")
def family(channel):
    sessions = new_sessions(channel)
    return sessions, *grow_family(sessions, 3, 14, 25)


def test_the_family_is_deep(family):
    sessions, entries, _ = family
    owners = {id: len({each.session for each in log}) for id, log in entries.items()}
    assert max(owners.values()) >= 4
    for id, log in entries.items():
        assert logs.log(sessions, id) == log


def test_transitions_are_of_the_whole_log(family):
    sessions, entries, _ = family
    for id, log in entries.items():
        expected = logs.transitions(log)
        for size in (1, 7, 1000):
            assert transitions(sessions, id, page_size=size) == expected
        assert transitions(sessions, id, entity="b.py", page_size=3) == logs.transitions(log, "b.py")


def test_a_pair_may_lie_on_both_sides_of_a_fork(sessions):
    sessions.begin(id="o")
    append_all(sessions, "o", [event(), event(TEST_PASS, to_state=WORKING), event(severity=HIGH)])
    fork(sessions, "o", id="f", at=2)
    fork(sessions, "f", id="ff")
    for id in ("f", "ff"):
        sessions.append(id, event(BROKE, to_state=BROKEN))
        assert transitions(sessions, id) == {3: [1, 2]}
    assert transitions(sessions, "o") == {3: [3]}


def test_an_agents_share_is_of_the_whole_log(family):
    sessions, entries, _ = family
    for id, log in entries.items():
        for agent in AGENTS[:2]:
            mine = [each for each in log if each.agent == agent]
            for size in (3, 1000):
                assert as_events(
                    paged(sessions.IsolateAgent, "events", session=id, agent=agent, page_size=size)) == mine
            share = sessions.IsolateAgent(session=id, agent=agent).share
            assert (share.event_count, share.performance_delta) == (len(mine), sum(logs.deltas(mine)))
            assert {each.entity: logs.told(each) for each in share.impacts} == logs.impacts(mine)
            assert not share.truncated


def test_impacts_and_changes_are_of_the_whole_log(family):
    sessions, entries, _ = family
    for id, log in entries.items():
        for size in (0, 1):
            found = paged(sessions.ListSessionImpacts, "impacts", session=id, page_size=size)
            assert {each.entity: logs.told(each) for each in found} == logs.impacts(log)
        last, expected = {}, []
        for each in log:
            if each.entities:
                expected.append((each, [(entity, each.sequence, last.get(entity, 0)) for entity in each.entities]))
                last |= dict.fromkeys(each.entities, each.sequence)
        for size in (0, 7):
            changes = paged(sessions.ListSessionChanges, "changes", session=id, page_size=size)
            assert [(logs.entry(change.event), [
                (version.entity, version.version, version.previous_version) for version in change.versions])
                for change in changes] == expected


def test_a_timeline_is_of_the_whole_log(family):
    sessions, entries, _ = family
    for id, log in entries.items():
        for size in (0, 5):
            assert as_events(paged(sessions.ListTimeline, "events", session=id, page_size=size)) == log
        newest = paged(sessions.ListTimeline, "events", session=id, page_size=4, order_by="time desc")
        assert as_events(newest) == log[::-1]
        narrow = paged(sessions.ListTimeline, "events", session=id, entity="a.py", agent="bob", page_size=2)
        assert as_events(narrow) == [each for each in log if "a.py" in each.entities and each.agent == "bob"]
        summary = sessions.ListTimeline(session=id).summary
        assert (summary.event_count, summary.truncated) == (len(log), False)
        assert logs.told_counts(summary.types, "type") == logs.counts(each.type for each in log)
        assert (summary.first_event_time.ToMicroseconds(), summary.last_event_time.ToMicroseconds()) == (
            log[0].time, log[-1].time)


def test_a_briefing_is_of_the_whole_log(family):
    sessions, entries, _ = family
    for id, log in entries.items():
        briefing = sessions.GetBriefing(session=id)
        assert as_events(briefing.recent_events) == log[-10:] and briefing.last_sequence == len(log)
        assert list(briefing.broken_sequences) == [each.sequence for each in log[-10:] if each.to_state == BROKEN]
        active = logs.counts(each.agent for each in log if each.agent)
        expected = sorted(active.items(), key=lambda each: (-each[1], each[0].encode()))[:3]
        assert [(each.agent, each.event_count) for each in briefing.most_active] == expected
        places = {entity: each.sequence for each in log[-10:] for entity in each.entities}
        assert {each.entity: each.last_sequence for each in briefing.entities} == places
        found = sessions.AnalyzeSession(session=id, agent="ann")
        assert found.share == sessions.IsolateAgent(session=id, agent="ann").share
        assert list(found.transitions) == list(sessions.ListTransitions(session=id).transitions)


def test_anchors_of_a_fork_are_those_of_its_log(sessions):
    dice = random.Random(5)
    sessions.begin(id="g0")
    entries, checkpoints, names = {"g0": []}, {"g0": []}, ["g0"]
    for number in range(150):
        id = dice.choice(names[-3:])
        if number % 30 == 29 and entries[id]:
            at, new = dice.randint(1, len(entries[id])), f"g{len(names)}"
            fork(sessions, id, id=new, at=at)
            entries[new] = entries[id][:at]
            checkpoints[new] = [each for each in checkpoints[id] if each.sequence <= at]
            names.append(new)
        elif dice.random() < 0.4:
            checkpoints[id].append(sessions.CreateCheckpoint(session=id))
        else:
            sessions.append(id, event(entities=[dice.choice(ENTITIES[:3])]))
        entries[id] = entries[id] + own(sessions, id, len(entries[id]))
    counts = []
    for id in names:
        for entity in ENTITIES[:3]:
            expected = logs.anchors(entries[id], checkpoints[id], entity)
            found = sessions.ListEntityAnchors(entity=entity, session=id).anchors
            assert [(each.checkpoint, each.entity_sequence) for each in found] == expected[:5], (id, entity)
            counts.append(len(expected))
        briefing = sessions.GetBriefing(session=id)
        for each in briefing.entities:
            expected = logs.anchors(entries[id], checkpoints[id], each.entity)[:1]
            assert [(each.anchor.checkpoint, each.anchor.entity_sequence)] * each.HasField("anchor") == expected
    assert max(counts) > 5
    # Of all sessions together each is there once.
    places = [each.checkpoint for each in sessions.ListEntityAnchors(entity="a.py").anchors]
    assert len(places) == len(set(places)) == 5


def test_a_fork_joined_with_a_briefing_tells_of_what_it_shares(sessions):
    sessions.begin(id="o", agent="ann")
    append_all(sessions, "o", [event(agent="ann", severity=HIGH), event(agent="ann")])
    fork(sessions, "o", id="f")
    briefing = sessions.JoinWithBriefing(session="f", agent="bob")
    assert [each.sequence for each in briefing.recent_events] == [1, 2, 3]
    assert [each.session for each in briefing.recent_events] == ["o", "o", "f"]
    assert list(briefing.high_impact_sequences) == [1]
    assert [(each.agent, each.event_count) for each in briefing.most_active] == [("ann", 2)]


def test_of_many_sessions_each_event_counts_once(family):
    """What a fork shares is its origin's: in figures of entities, in lists of sessions and events, in figures of sessions."""
    sessions, _, added = family
    everything = [each for log in added.values() for each in log]
    outcomes = dict.fromkeys(added, 0)
    answer = sessions.GetSessionAggregates(entities=ENTITIES)
    about = [each for each in everything if each.entities]
    assert logs.told_figures(answer.totals) == logs.figures(about, outcomes)
    analysis = sessions.GetImpactAnalysis(entities=ENTITIES)
    assert logs.told_figures(analysis.totals) == logs.figures(about, outcomes)
    found = {each.session.id: each.impact.event_count for each in paged(
        sessions.ListSessionsByEntity, "sessions", entity="a.py")}
    mine = logs.counts(each.session for each in everything if "a.py" in each.entities)
    assert found == mine
    timeline = as_events(paged(sessions.ListTimeline, "events", entity="a.py", page_size=1000))
    assert timeline == sorted(
        (each for each in everything if "a.py" in each.entities), key=lambda each: (each.position, each.ordinal))
    for id, log in added.items():
        assert sessions.GetSessionSummary(session=id).event_count == len(log)
    stats = sessions.GetSessionStats()
    assert stats.event_count == len(everything)


def test_what_two_servers_say_of_a_fork_is_the_same(family, second):
    sessions, entries, _ = family
    other = sessions.elsewhere(second)
    for id in list(entries)[-4:]:
        assert transitions(other, id) == transitions(sessions, id)
        assert other.GetBriefing(session=id) == sessions.GetBriefing(session=id)


# Bounds.


@pytest.fixture(scope="module")
def long(channel):
    """A log of 24,000 events with few that are rare, and a fork of it at 22,000."""
    sessions = new_sessions(channel)
    sessions.begin(id="o", agent="ann")
    rare = {21_500, 23_000}
    append_all(sessions, "o", [
        event(TEST_PASS, entities=["rare"], agent="ann") if place in rare else event(entities=["often"])
        for place in range(1, 24_001)])
    fork(sessions, "o", id="f", at=22_000)
    sessions.append("f", event(TEST_PASS, entities=["rare"], agent="ann"))
    sessions.AppendMessage(session="f", message={"role": 2, "content": "own"})
    return sessions


def test_a_page_with_a_filter_looks_at_a_bounded_part(long):
    expected = {"o": [21_500, 23_000], "f": [21_500, 22_001]}
    for id, places in expected.items():
        for fields in ({"types": [TEST_PASS]}, {"types": [TEST_PASS, CUSTOM]}, {"types": [TEST_PASS], "agents": ["ann"]}):
            first, *rest = list(long.pages(id, **fields))
            assert list(first.events) == [] and first.next_page_token
            assert [each.sequence for page in rest for each in page.events] == places
            # 10,000 are looked at.
            assert len(rest) == 2
            assert long.sequences(id, order_by="sequence desc", **fields) == places[::-1]
        assert long.sequences(id, types=[TEST_PASS], from_sequence=21_400, to_sequence=21_600) == [21_500]
        assert long.sequences(id, types=[TEST_PASS], from_sequence=21_501, to_sequence=21_700) == []
        assert long.sequences(id, agents=["nobody"]) == []
        # One that is found at once needs no more than itself.
        page = long.ListEvents(session=id, types=[MODIFIED], page_size=3)
        assert [each.sequence for each in page.events] == [1, 2, 3]
    # Pages that are filled and cut at the edge have each event once.
    assert long.sequences("f", types=[MODIFIED], page_size=1000) == [
        place for place in range(1, 22_001) if place != 21_500]


def test_messages_are_found_however_rare_they_are(long):
    page = long.ListMessages(session="f")
    assert [each.sequence for each in page.messages] == [22_002] and not page.next_page_token
    assert list(long.ListMessages(session="o").messages) == []


def test_pages_of_a_long_fork_lose_nothing(long):
    found = paged(long.ListSessionChanges, "changes", session="f", entity="rare")
    assert [change.event.sequence for change in found] == [21_500, 22_001]
    assert [version.previous_version for change in found for version in change.versions] == [0, 21_500]
    assert paged(long.IsolateAgent, "events", session="f", agent="bob") == []
    newest = paged(long.ListTimeline, "events", session="f", entity="rare", order_by="time desc")
    assert [each.sequence for each in newest] == [22_001, 21_500]
    summary = long.ListTimeline(session="f").summary
    assert summary.truncated and summary.event_count == 20_000
    impacts = {each.entity: each.event_count for each in long.ListSessionImpacts(session="f").impacts}
    assert impacts == {"often": 21_999, "rare": 2}


def test_a_fork_answers_about_as_fast_as_its_origin(long):
    """The part of an ancestor behind the fork is not looked through, and what is shared no more than is needed."""
    long.append("f", note())

    def cost(ask):
        times = []
        for _ in range(7):
            start = time.perf_counter()
            ask()
            times.append(time.perf_counter() - start)
        return min(times)

    for ask in (
            lambda id: long.ListTimeline(session=id, page_size=5, types=[TEST_PASS]),
            lambda id: long.ListEvents(session=id, types=[TEST_PASS]),
            lambda id: long.GetBriefing(session=id), lambda id: long.ListSessionImpacts(session=id)):
        assert cost(lambda: ask("f")) < 5 * cost(lambda: ask("o")) + 0.05 * SLOWNESS
