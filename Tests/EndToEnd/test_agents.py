"""Agents: they register, beat, are listed, and die when they do not."""

import grpc
import pytest
from google.protobuf import json_format

from harness.coordination import (
    ACTIVE, BUSY, DEAD, IDLE, MAINTENANCE, Coordination, check_invariants, event, new_coordination, span)
from harness.refusals import refused
from harness.server import Server
from harness.waiting import eventually

INVALID, NOT_FOUND, ABORTED = (
    grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.NOT_FOUND, grpc.StatusCode.ABORTED)


@pytest.fixture(scope="module")
def second(module_database):
    """Another server on the database of the first."""
    running = Server("--database-url", module_database.url).start()
    with running.channel() as channel:
        yield channel
    status = running.stop()
    assert status == 0, running.text


@pytest.fixture
def here(channel):
    return new_coordination(channel)


@pytest.fixture
def there(here, second):
    """The same project on the other server."""
    return here.elsewhere(second)


def events(database, project, agent):
    """What happened with an agent, in order."""
    rows = database.query(
        f"SELECT type FROM coordination_event WHERE project_id = '{project}' AND subject = 'agent/{agent}' "
        "ORDER BY position, ordinal")
    return [int(row[0]) for row in rows]


def nanoseconds(time):
    return time.seconds * 1_000_000_000 + time.nanos


# Registration


def test_what_one_server_registers_another_returns(here, there):
    made = here.register(
        "ann", type="coder", capabilities=["swift", "c"], labels={"zone": "eu", "arch": ""}, priority=7, max_load=3,
        metadata={"model": "m", "n": [1, None]})
    assert made == there.agent("ann")
    assert (made.state, made.load, made.version) == (ACTIVE, 0, 1)
    assert made.capabilities == ["swift", "c"] and dict(made.labels) == {"zone": "eu", "arch": ""}
    assert (made.type, made.priority, made.max_load) == ("coder", 7, 3)
    assert json_format.MessageToDict(made.metadata) == {"model": "m", "n": [1, None]}
    assert made.etag == str(made.position) and made.create_time == made.update_time == made.last_heartbeat_time
    assert here.register("bob").max_load == 1


@pytest.mark.parametrize("agent, field", [
    ({"id": ""}, "agent.id"), ({"id": "x" * 129}, "agent.id"), ({"id": "a\n"}, "agent.id"),
    ({"max_load": 0}, "agent.max_load"), ({"max_load": -1}, "agent.max_load"), ({"max_load": 10_001}, "agent.max_load"),
    ({"state": BUSY}, "agent.state"), ({"state": DEAD}, "agent.state"), ({"state": 77}, "agent.state"),
    ({"priority": 11}, "agent.priority"), ({"priority": -1}, "agent.priority"),
    ({"capabilities": ["a", "a"]}, "agent.capabilities"), ({"capabilities": [""]}, "agent.capabilities[0]"),
    ({"capabilities": [f"c{n}" for n in range(101)]}, "agent.capabilities"),
    ({"labels": {"a=b": "c"}}, "agent.labels.a=b"), ({"labels": {"": "c"}}, "agent.labels."),
    ({"labels": {f"k{n}": "" for n in range(65)}}, "agent.labels"), ({"type": "t" * 129}, "agent.type"),
    ({"metadata": {"big": "x" * 65_536}}, "agent.metadata"),
])
def test_a_wrong_field_is_named_and_nothing_is_written(here, agent, field):
    refusal = refused(here.RegisterAgent, agent={"id": "a", **agent}, code=INVALID, reason="FIELD_INVALID")
    assert list(refusal.fields) == [field]
    assert here.agents() == []


def test_registering_again_keeps_totals_and_age_and_replaces_the_rest(module_database, here):
    first = here.register("ann", capabilities=["old"], labels={"a": "1"}, max_load=2, metadata={"k": 1})
    module_database.query(
        "UPDATE agent SET completed = 2, failed = 1, run_time = 3000000 "
        f"WHERE project_id = '{here.project}' AND agent_id = 'ann'")
    again = here.register("ann", capabilities=["new"], max_load=5)
    assert (again.completed_tasks, again.failed_tasks, again.version) == (2, 1, 2)
    assert again.mean_duration.ToMilliseconds() == 1500 and again.error_rate == pytest.approx(1 / 3)
    assert again.create_time == first.create_time and again.position > first.position
    assert again.capabilities == ["new"] and not again.labels and again.max_load == 5 and not again.metadata.fields
    assert again == here.agent("ann")


def test_a_named_registration_is_answered_again_as_it_was(here):
    first = here.register("ann", request_id="r", max_load=2)
    here.register("ann", max_load=9)
    assert here.register("ann", request_id="r", max_load=2) == first
    assert here.agent("ann").max_load == 9


def test_a_trial_writes_nothing(here):
    told = here.register("ann", validate_only=True, max_load=4)
    assert (told.max_load, told.version, told.position) == (4, 0, 0)
    assert here.agents() == []


def test_an_etag_that_is_not_the_newest_is_refused(here):
    first = here.register("ann")
    here.register("ann", etag=first.etag, max_load=2)
    refused(here.register, "ann", etag=first.etag, code=ABORTED, reason="ETAG_MISMATCH")
    refused(here.register, "bob", etag="1", code=NOT_FOUND, reason="AGENT_NOT_FOUND")


def test_agents_are_listed_by_state_type_and_capability(here, there, module_database):
    here.register("busy", type="t")
    here.register("calm", type="t", capabilities=["x", "y"], state=IDLE)
    here.register("dead", capabilities=["x"])
    here.register("resting", state=MAINTENANCE)
    module_database.query(
        f"UPDATE agent SET state = 5 WHERE project_id = '{here.project}' AND agent_id = 'dead'; "
        f"UPDATE agent SET load = 1 WHERE project_id = '{here.project}' AND agent_id = 'busy'")
    for side in (here, there):
        assert side.agents() == side.agents(page_size=1) == ["busy", "calm", "dead", "resting"]
        assert side.agents(states=[BUSY]) == ["busy"] and side.agents(states=[ACTIVE]) == []
        assert side.agents(states=[IDLE, DEAD]) == ["calm", "dead"]
        assert side.agents(type="t") == ["busy", "calm"] and side.agents(type="u") == []
        assert side.agents(capabilities=["x"]) == ["calm", "dead"]
        assert side.agents(capabilities=["x", "y"], states=[IDLE, MAINTENANCE]) == ["calm"]
    refused(here.ListAgents, filter={"states": [0]}, code=INVALID, reason="FIELD_INVALID")
    token = here.ListAgents(page_size=1).next_page_token
    refused(here.ListAgents, page_token=token, filter={"type": "t"}, code=INVALID, reason="PAGE_TOKEN_INVALID")


def test_no_other_project_has_the_agent(here, channel):
    here.register("ann")
    other = new_coordination(channel)
    refused(other.agent, "ann", code=NOT_FOUND, reason="AGENT_NOT_FOUND")
    assert other.agents() == []
    refused(other.Heartbeat, agent="ann", code=NOT_FOUND, reason="AGENT_NOT_FOUND")


# Heartbeats


def test_a_heartbeat_moves_the_time_and_says_what_the_agent_does(here, there, module_database):
    first = here.register("ann", metadata={"a": 1, "b": 2})
    beat = there.Heartbeat(agent="ann")
    after = here.agent("ann")
    assert nanoseconds(first.last_heartbeat_time) < nanoseconds(beat.time) <= nanoseconds(after.last_heartbeat_time)
    assert (beat.state, beat.load, beat.recovered, after.version) == (ACTIVE, 0, False, 1)
    assert beat.silence_limit.seconds == 90
    assert there.Heartbeat(agent="ann", state=IDLE, metadata={"b": 3, "c": {"d": 4}, "a": None}).state == IDLE
    changed = here.agent("ann")
    assert changed.state == IDLE and json_format.MessageToDict(changed.metadata) == {"b": 3, "c": {"d": 4}}
    assert changed.version == 2 and changed.create_time == first.create_time
    # Nothing new is no change.
    assert here.Heartbeat(agent="ann", state=IDLE, metadata={"b": 3}).state == IDLE
    assert here.agent("ann").version == 2
    assert events(module_database, here.project, "ann") == [event("AGENT_REGISTERED"), event("AGENT_CHANGED")]


def test_whose_heartbeat_it_is_may_stand_in_the_metadata(channel, here):
    here.register("ann")
    ann = Coordination(channel, here.project, agent="ann")
    assert ann.Heartbeat().state == ACTIVE
    refused(here.Heartbeat, code=INVALID, reason="FIELD_INVALID")


@pytest.mark.parametrize("fields, field", [
    ({"state": DEAD}, "state"), ({"state": BUSY}, "state"), ({"metadata": {"x": "y" * 65_536}}, "metadata")])
def test_a_wrong_heartbeat_is_refused(here, fields, field):
    here.register("ann")
    assert list(refused(here.Heartbeat, agent="ann", **fields, code=INVALID).fields) == [field]
    assert here.agent("ann").state == ACTIVE


def test_metadata_that_grow_too_large_together_are_refused(here):
    here.register("ann", metadata={"a": "x" * 40_000})
    refused(here.Heartbeat, agent="ann", metadata={"b": "y" * 40_000}, code=INVALID, reason="FIELD_INVALID")
    assert list(here.agent("ann").metadata.fields) == ["a"]


def test_a_stream_answers_each_heartbeat(here, there):
    from cairn.v1 import agent_pb2
    here.register("ann")
    call = there._methods.Heartbeats(
        iter([
            agent_pb2.HeartbeatRequest(agent="ann"), agent_pb2.HeartbeatRequest(state=MAINTENANCE),
            agent_pb2.HeartbeatRequest(agent="ann")]),
        metadata=there.metadata, timeout=60)
    assert [answer.state for answer in call] == [ACTIVE, MAINTENANCE, MAINTENANCE]
    assert here.agent("ann").state == MAINTENANCE
    call = there._methods.Heartbeats(
        iter([agent_pb2.HeartbeatRequest(agent="ann"), agent_pb2.HeartbeatRequest(agent="bob")]),
        metadata=there.metadata, timeout=60)
    refused(lambda: list(call), code=INVALID, reason="FIELD_INVALID")


# The policy


def test_the_policy_is_read_and_set_for_all_servers(here, there):
    policy = here.GetDeadAgentPolicy()
    assert (policy.heartbeat_interval.seconds, policy.heartbeat_timeout.seconds, policy.missed_heartbeats) == (30, 90, 3)
    assert policy.recovery and policy.recovery_delay.seconds == 60 and policy.etag == "0"
    changed = here.UpdateDeadAgentPolicy(
        policy={"heartbeat_timeout": span(45), "missed_heartbeats": 1, "etag": "0"})
    assert there.GetDeadAgentPolicy() == changed and changed.position > 0
    assert (changed.heartbeat_timeout.seconds, changed.missed_heartbeats, changed.recovery) == (45, 1, True)
    off = there.UpdateDeadAgentPolicy(policy={}, update_mask={"paths": ["recovery", "missed_heartbeats"]})
    assert (off.recovery, off.missed_heartbeats, off.heartbeat_timeout.seconds) == (False, 0, 45)
    refused(here.UpdateDeadAgentPolicy, policy={"missed_heartbeats": 2, "etag": changed.etag}, code=ABORTED,
            reason="ETAG_MISMATCH")


@pytest.mark.parametrize("policy, field", [
    ({"heartbeat_interval": span(0.009)}, "policy.heartbeat_interval"),
    ({"heartbeat_interval": span(86_401)}, "policy.heartbeat_interval"),
    ({"heartbeat_timeout": {"seconds": -1}}, "policy.heartbeat_timeout"),
    ({"heartbeat_timeout": span(29)}, "policy.heartbeat_timeout"),
    ({"missed_heartbeats": -1}, "policy.missed_heartbeats"), ({"missed_heartbeats": 1001}, "policy.missed_heartbeats"),
    ({"recovery_delay": span(31 * 86_400)}, "policy.recovery_delay"), ({}, "update_mask"),
])
def test_a_policy_that_makes_no_sense_is_refused(here, policy, field):
    assert list(refused(here.UpdateDeadAgentPolicy, policy=policy, code=INVALID).fields) == [field]
    assert here.GetDeadAgentPolicy().etag == "0"
