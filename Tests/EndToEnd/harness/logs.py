"""What the logs of sessions tell, by hand: a model in Python that insight is compared with."""

import collections
import dataclasses

from cairn.v1 import session_resource_pb2

from .sessions import BROKE, BROKEN, TEST_PASS, WORKING

NONE, LOW, MEDIUM, HIGH, CRITICAL = (
    getattr(session_resource_pb2, f"SEVERITY_{name}")
    for name in ("UNSPECIFIED", "LOW", "MEDIUM", "HIGH", "CRITICAL"))


@dataclasses.dataclass
class Entry:
    """One event as far as figures go."""

    session: str
    sequence: int
    agent: str
    type: int
    entities: tuple
    severity: int
    delta: float | None
    to_state: int | None
    time: int
    position: int
    ordinal: int


def entry(event):
    return Entry(
        event.session, event.sequence, event.agent, event.type, tuple(event.change.entities), event.impact.severity,
        event.impact.performance_delta if event.impact.HasField("performance_delta") else None,
        event.transition.to_state if event.HasField("transition") else None,
        event.provenance.time.ToMicroseconds(), event.position, event.ordinal)


def log(sessions, session):
    """The log of a session, read event by event."""
    return [entry(event) for event in sessions.events(session, page_size=1000)]


def transitions(entries, entity=""):
    """The places at which something went wrong, each with the numbers of its rules."""
    found = {}
    for before, after in zip([None, *entries], entries):
        rules = []
        if before and before.to_state == WORKING and after.to_state == BROKEN:
            rules.append(1)
        if before and before.type == TEST_PASS and after.type == BROKE:
            rules.append(2)
        if after.severity in (HIGH, CRITICAL):
            rules.append(3)
        if after.delta is not None and after.delta < -5:
            rules.append(4)
        if rules and (not entity or entity in after.entities):
            found[after.sequence] = rules
    return found


def deltas(entries):
    return [each.delta for each in entries if each.delta is not None]


def impacts(entries, with_agents=True):
    """What events did to each entity: the fields of EntityImpact, by the order of bytes."""
    by_entity = collections.defaultdict(list)
    for each in entries:
        for entity in each.entities:
            by_entity[entity].append(each)
    found = {}
    for entity in sorted(by_entity, key=str.encode):
        events = by_entity[entity]
        severities = [each.severity for each in events if each.severity]
        found[entity] = {
            "event_count": len(events), "latest_severity": severities[-1] if severities else NONE,
            "highest_severity": max((each.severity for each in events)), "performance_delta": sum(deltas(events)),
            "agents": sorted({each.agent for each in events if each.agent}, key=str.encode) if with_agents else [],
            "first_sequence": events[0].sequence, "last_sequence": events[-1].sequence,
            "first_event_time": events[0].time, "last_event_time": events[-1].time}
    return found


def told(impact):
    """An EntityImpact as `impacts` has it."""
    return {
        "event_count": impact.event_count, "latest_severity": impact.latest_severity,
        "highest_severity": impact.highest_severity, "performance_delta": impact.performance_delta,
        "agents": list(impact.agents), "first_sequence": impact.first_sequence, "last_sequence": impact.last_sequence,
        "first_event_time": impact.first_event_time.ToMicroseconds(),
        "last_event_time": impact.last_event_time.ToMicroseconds()}


def counts(values):
    return dict(sorted(collections.Counter(values).items()))


def told_counts(groups, field):
    return {getattr(group, field): group.count for group in groups}


def figures(entries, outcomes):
    """ImpactFigures of events. `outcomes` has what each session came to."""
    sessions = {each.session for each in entries}
    changes = deltas(entries)
    return {
        "session_count": len(sessions), "event_count": len(entries),
        "agent_count": len({each.agent for each in entries if each.agent}),
        "outcomes": counts(outcomes[session] for session in sessions),
        "states": counts(each.to_state for each in entries if each.to_state is not None),
        "severities": counts(each.severity for each in entries),
        "performance_delta": sum(changes), "average": sum(changes) / len(changes) if changes else None,
        "worst": min(changes) if changes else None}


def told_figures(part):
    return {
        "session_count": part.session_count, "event_count": part.event_count, "agent_count": part.agent_count,
        "outcomes": told_counts(part.outcomes, "outcome"), "states": told_counts(part.states, "state"),
        "severities": told_counts(part.severities, "severity"), "performance_delta": part.performance_delta,
        "average": part.average_performance_delta if part.HasField("average_performance_delta") else None,
        "worst": part.worst_performance_delta if part.HasField("worst_performance_delta") else None}


def anchors(entries, checkpoints, entity):
    """The checkpoints of one session with something about an entity, the newest first: (id, the event about it)."""
    found, before = [], 0
    for checkpoint in sorted(checkpoints, key=lambda each: each.sequence):
        about = [
            each.sequence for each in entries
            if before < each.sequence <= checkpoint.sequence and entity in each.entities]
        if about:
            found.append((checkpoint.id, about[-1]))
        before = checkpoint.sequence
    return found[::-1]
