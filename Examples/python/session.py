"""Two agents share a session: one breaks something, the other reads what happened, repairs it and ends the session."""

import os

import grpc
from cairn.v1 import session_log_pb2, session_pb2, session_resource_pb2
from cairn.v1.session_pb2_grpc import SessionServiceStub

channel = grpc.insecure_channel(os.environ.get("CAIRN_ADDRESS", "127.0.0.1:7433"))
sessions = SessionServiceStub(channel)
Event = session_resource_pb2.SessionEvent


def name(enum, number):
    return enum.Name(number).rpartition("_")[2]


class Agent:
    """One who works in sessions: the server knows by the metadata who it is."""

    def __init__(self, name):
        self.metadata = [("cairn-project", os.environ.get("CAIRN_PROJECT", "default")), ("cairn-agent", name)]

    def begin(self, title):
        return sessions.CreateSession(
            session_pb2.CreateSessionRequest(session=session_resource_pb2.Session(title=title)), metadata=self.metadata)

    def join(self, session):
        return sessions.JoinSession(session_pb2.JoinSessionRequest(id=session), metadata=self.metadata)

    def changed(self, session, *entities):
        change = session_resource_pb2.EventChange(
            entities=entities, operation=session_resource_pb2.EventChange.OPERATION_MODIFIED)
        return sessions.RecordCodeChange(
            session_log_pb2.RecordCodeChangeRequest(session=session, change=change), metadata=self.metadata)

    def tested(self, session, passed, *tests):
        return sessions.RecordTestResult(
            session_log_pb2.RecordTestResultRequest(
                session=session, entities=["bridge.py"], passed=passed, tests=tests), metadata=self.metadata)

    def end(self, session):
        return sessions.EndSession(session_pb2.EndSessionRequest(id=session), metadata=self.metadata)


ann, bob = Agent("ann"), Agent("bob")
session = ann.begin("Open the bridge").id
ann.changed(session, "bridge.py")
state = ann.tested(session, False, "test_opens").state
print(f"after ann's change: {name(session_resource_pb2.SessionState, state)}")

# Whoever comes later reads what happened; the sequence numbers have no gaps.
bob.join(session)
log = sessions.ListEvents(session_log_pb2.ListEventsRequest(session=session), metadata=bob.metadata)
for event in log.events:
    print(f"{event.sequence}: {event.agent} {name(Event.Type, event.type)}")
bob.changed(session, "bridge.py")
print(f"after bob's change: {name(session_resource_pb2.SessionState, bob.tested(session, True).state)}")
ended = bob.end(session)
print(f"{ended.last_sequence} events, ended {name(session_resource_pb2.SessionOutcome, ended.outcome)}")
