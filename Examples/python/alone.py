"""An agent works alone: it breaks something, reads where it went wrong, marks the place and tries again in a fork."""

import os

import grpc
from cairn.v1 import (
    session_checkpoint_pb2, session_fork_pb2, session_insight_pb2, session_insight_pb2_grpc, session_log_pb2, session_pb2,
    session_pb2_grpc, session_resource_pb2)

channel = grpc.insecure_channel(os.environ.get("CAIRN_ADDRESS", "127.0.0.1:7433"))
sessions = session_pb2_grpc.SessionServiceStub(channel)
insight = session_insight_pb2_grpc.SessionInsightServiceStub(channel)
# The server knows by the metadata who it is.
metadata = [("cairn-project", os.environ.get("CAIRN_PROJECT", "default")), ("cairn-agent", "ann")]
Event, State = session_resource_pb2.SessionEvent, session_resource_pb2.SessionState


def short(enum, number, prefix):
    return enum.Name(number).removeprefix(prefix)


def state(session):
    return short(State, session.state, "SESSION_STATE_")


def tested(session, passed, *tests):
    return sessions.RecordTestResult(
        session_log_pb2.RecordTestResultRequest(session=session, entities=["parser.py"], passed=passed, tests=tests),
        metadata=metadata)


def get(session):
    return sessions.GetSession(session_pb2.GetSessionRequest(id=session), metadata=metadata)


session = sessions.CreateSession(session_pb2.CreateSessionRequest(
    session=session_resource_pb2.Session(title="Make the parser faster")), metadata=metadata).id
change = session_resource_pb2.EventChange(
    entities=["parser.py"], operation=session_resource_pb2.EventChange.OPERATION_MODIFIED, affected_lines=40)
sessions.RecordCodeChange(session_log_pb2.RecordCodeChangeRequest(session=session, change=change), metadata=metadata)
print("MODIFIED parser.py")
tested(session, True)
tested(session, False, "test_parses_nothing")
print("BROKE parser.py: test_parses_nothing")
print(f"the session is {state(get(session))}")

# Where it went wrong: the event, and why it counts as such.
found = insight.ListTransitions(session_insight_pb2.ListTransitionsRequest(session=session), metadata=metadata)
Rule = session_insight_pb2.SessionTransition.Rule
for transition in found.transitions:
    rules = sorted((short(Rule, rule, "RULE_").lower().replace("_", " ") for rule in transition.rules), reverse=True)
    print(f"went wrong at event {transition.event.sequence}: {', '.join(rules)}")
wrong = found.transitions[-1].event.sequence
sessions.CreateCheckpoint(session_checkpoint_pb2.CreateCheckpointRequest(
    session=session, title="before another try"), metadata=metadata)

# Another try begins with the history up to the event before that one; the first session stays as it is.
fork = sessions.ForkSession(
    session_fork_pb2.ForkSessionRequest(session=session, sequence=wrong - 1), metadata=metadata)
print(f"fork at event {fork.fork_sequence} is {state(fork)}")
tested(fork.id, True)
print(f"{session}: BROKE, then {state(get(fork.id))} after {get(fork.id).last_sequence} events")
[anchor] = insight.ListEntityAnchors(
    session_insight_pb2.ListEntityAnchorsRequest(entity="parser.py", session=session), metadata=metadata).anchors
print(f'checkpoint "{anchor.title}" has parser.py')
