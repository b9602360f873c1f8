"""What agents do with sessions from beginning to end, as their programs would be written: three flows."""

import pytest

from harness.logs import HIGH
from harness.sessions import BROKE, BROKEN, CHECKPOINT, HANDOFF, MODIFIED, START, TEST_PASS, WORKING, new_sessions

MODIFY = "OPERATION_MODIFIED"


@pytest.fixture
def sessions(channel):
    return new_sessions(channel)


def test_one_agent_changes_something_that_breaks(sessions):
    """It begins, changes a file, runs tests that fail, and marks where it stands."""
    ann = sessions.acting(agent="ann")
    session = ann.CreateSession(session={"title": "make the parser faster", "entities": ["parser.swift"]}).id
    ann.RecordCodeChange(
        session=session, change={"entities": ["parser.swift"], "operation": MODIFY, "affected_lines": 40},
        impact={"performance_delta": 12.5})
    failed = ann.RecordTestResult(session=session, entities=["parser.swift"], passed=False, tests=["parses_nothing"])
    checkpoint = ann.CreateCheckpoint(session=session, title="before I give up")

    assert failed.state == BROKEN
    assert [event.type for event in ann.events(session)] == [START, MODIFIED, BROKE, CHECKPOINT]
    assert checkpoint.outcome and checkpoint.performance_delta == 12.5
    assert list(checkpoint.key_impacts) == ["parser.swift"]
    analysis = ann.AnalyzeSession(session=session, agent="ann")
    assert analysis.session.state == BROKEN and analysis.session.checkpoint == checkpoint.id
    [transition] = analysis.transitions
    assert transition.event.sequence == failed.sequence and list(transition.event.impact.failed_tests) == ["parses_nothing"]
    assert (analysis.share.event_count, analysis.share.performance_delta) == (4, 12.5)
    [anchor] = ann.ListEntityAnchors(entity="parser.swift").anchors
    assert (anchor.checkpoint, anchor.entity_sequence) == (checkpoint.id, failed.sequence)


def test_an_agent_hands_over_to_another(sessions):
    """A second one joins, is told what it should know, and finishes the work."""
    ann, bob = sessions.acting(agent="ann"), sessions.acting(agent="bob")
    session = ann.CreateSession(session={"title": "store events twice as fast"}).id
    change = ann.RecordCodeChange(
        session=session, change={"entities": ["log.sql", "store.swift"], "operation": MODIFY}, impact={"severity": HIGH})
    broke = ann.RecordTestResult(session=session, entities=["store.swift"], passed=False, tests=["loses_nothing"])

    briefing = bob.JoinWithBriefing(session=session)
    assert list(briefing.session.agents) == ["ann", "bob"] and list(briefing.other_agents) == ["ann"]
    assert list(briefing.high_impact_sequences) == [change.sequence, broke.sequence]
    assert list(briefing.broken_sequences) == [broke.sequence]
    assert [(agent.agent, agent.event_count) for agent in briefing.most_active] == [("ann", 2)]
    assert [entity.entity for entity in briefing.entities] == ["store.swift", "log.sql"]
    assert list(briefing.entities[0].related_entities) == ["log.sql"]
    assert briefing.text.splitlines() == [
        f'Session "{session}", "store events twice as fast", is BROKEN after 3 events.',
        'You are "bob". Stay in touch with those who take part: "ann".',
        "Warning: event 2 led to BROKEN. It is still BROKEN.",
        "High impact: look at events 1, 2 before you go on.",
        'Most events are by "ann" (2).',
        'The last events are about "store.swift", "log.sql".']

    passed = bob.RecordTestResult(session=session, entities=["store.swift"], passed=True)
    assert passed.state == WORKING
    ended = bob.EndSession(id=session, outcome="SESSION_OUTCOME_WORKING")
    assert [event.type for event in bob.events(session)][:4] == [MODIFIED, BROKE, HANDOFF, TEST_PASS]
    [about] = bob.ListSessionsByEntity(entity="store.swift").sessions
    assert about.session == ended and about.impact.event_count == 3


def test_a_week_of_work_on_some_files_is_analysed(sessions):
    """Several sessions about the same files; what they cost and what came of them."""
    for number, (delta, passed) in enumerate([(-8, False), (3, True), (None, True)]):
        agent = sessions.acting(agent=f"agent-{number % 2}")
        session = agent.CreateSession(session={"id": f"s{number}"}).id
        agent.RecordCodeChange(
            session=session, change={"entities": ["codec.swift"], "operation": MODIFY},
            impact={} if delta is None else {"performance_delta": delta})
        agent.RecordTestResult(session=session, entities=["codec.swift", "wire.swift"], passed=passed, tests=["t"])
        if passed:
            agent.EndSession(id=session, outcome="SESSION_OUTCOME_WORKING")

    week = sessions.GetImpactAnalysis(entities=["codec.swift", "wire.swift", "readme.md"])
    assert week.end_time.ToSeconds() - week.start_time.ToSeconds() == 7 * 24 * 3600
    totals = week.totals
    assert (totals.session_count, totals.event_count, totals.agent_count) == (3, 6, 2)
    assert (totals.performance_delta, totals.average_performance_delta, totals.worst_performance_delta) == (-5, -2.5, -8)
    assert {state.state: state.count for state in totals.states} == {BROKEN: 1, WORKING: 2}
    assert list(week.agents) == ["agent-0", "agent-1"]
    assert {part.entity: part.figures.event_count for part in week.entities} == {
        "codec.swift": 6, "wire.swift": 3, "readme.md": 0}
    [transition] = sessions.ListTransitions(session="s0").transitions[:1]
    assert transition.event.impact.performance_delta == -8
    mine = sessions.GetImpactAnalysis(entities=["codec.swift"], agent="agent-1")
    assert (mine.totals.session_count, mine.totals.performance_delta) == (1, 3)
