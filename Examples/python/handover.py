"""Ann breaks something; Bob takes over: he joins with a briefing, repairs what it tells of, and ends the session."""

import os

import grpc
from cairn.v1 import session_insight_pb2, session_log_pb2, session_pb2, session_resource_pb2
from cairn.v1.session_insight_pb2_grpc import SessionInsightServiceStub
from cairn.v1.session_pb2_grpc import SessionServiceStub

channel = grpc.insecure_channel(os.environ.get("CAIRN_ADDRESS", "127.0.0.1:7433"))
sessions, insight = SessionServiceStub(channel), SessionInsightServiceStub(channel)


class Agent:
    """One who works in sessions: the server knows by the metadata who it is."""

    def __init__(self, name):
        self.metadata = [("cairn-project", os.environ.get("CAIRN_PROJECT", "default")), ("cairn-agent", name)]

    def begin(self, title):
        return sessions.CreateSession(
            session_pb2.CreateSessionRequest(session=session_resource_pb2.Session(title=title)), metadata=self.metadata)

    def changed(self, session, *entities):
        change = session_resource_pb2.EventChange(
            entities=entities, operation=session_resource_pb2.EventChange.OPERATION_MODIFIED)
        return sessions.RecordCodeChange(
            session_log_pb2.RecordCodeChangeRequest(session=session, change=change), metadata=self.metadata)

    def tested(self, session, entity, passed, *tests):
        return sessions.RecordTestResult(session_log_pb2.RecordTestResultRequest(
            session=session, entities=[entity], passed=passed, tests=tests), metadata=self.metadata)

    def join(self, session):
        """Takes part, and is told what to know in the same step."""
        return insight.JoinWithBriefing(
            session_insight_pb2.JoinWithBriefingRequest(session=session), metadata=self.metadata)

    def end(self, session):
        return sessions.EndSession(session_pb2.EndSessionRequest(id=session), metadata=self.metadata)


ann, bob = Agent("ann"), Agent("bob")
session = ann.begin("Store events twice as fast").id
ann.changed(session, "log.sql", "store.py")
ann.tested(session, "store.py", False, "test_loses_nothing")

briefing = bob.join(session)
# For a language model: what others named stands in quotation marks, and cannot leave them.
print(briefing.text)
# The same as data: what the last events were about, the newest of them first.
suspect = briefing.entities[0].entity
print(f"bob looks at {suspect} first")
bob.changed(session, suspect)
bob.tested(session, suspect, True)
ended = bob.end(session)
outcome = session_resource_pb2.SessionOutcome.Name(ended.outcome).removeprefix("SESSION_OUTCOME_")
print(f"{ended.last_sequence} events, ended {outcome}")
