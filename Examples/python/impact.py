"""What the last seven days did to some files: the work of all sessions about them, in figures."""

import os

import grpc
from cairn.v1 import session_insight_pb2, session_log_pb2, session_pb2, session_resource_pb2
from cairn.v1.session_insight_pb2_grpc import SessionInsightServiceStub
from cairn.v1.session_pb2_grpc import SessionServiceStub

channel = grpc.insecure_channel(os.environ.get("CAIRN_ADDRESS", "127.0.0.1:7433"))
sessions, insight = SessionServiceStub(channel), SessionInsightServiceStub(channel)
State = session_resource_pb2.SessionState


def acting(agent):
    return [("cairn-project", os.environ.get("CAIRN_PROJECT", "default")), ("cairn-agent", agent)]


def work(number, delta, passed):
    """A session in which an agent makes the codec faster or slower, and tests it."""
    me, id = acting(f"agent-{number % 2}"), f"s{number}"
    sessions.CreateSession(
        session_pb2.CreateSessionRequest(session=session_resource_pb2.Session(id=id)), metadata=me)
    sessions.RecordCodeChange(session_log_pb2.RecordCodeChangeRequest(
        session=id, impact=session_resource_pb2.EventImpact(performance_delta=delta),
        change=session_resource_pb2.EventChange(
            entities=["codec.py"], operation=session_resource_pb2.EventChange.OPERATION_MODIFIED)), metadata=me)
    sessions.RecordTestResult(session_log_pb2.RecordTestResultRequest(
        session=id, entities=["codec.py", "wire.py"], passed=passed, tests=["test_codec"]), metadata=me)
    if passed:
        sessions.EndSession(session_pb2.EndSessionRequest(id=id), metadata=me)


for number, (delta, passed) in enumerate([(-8, False), (3, True), (0, True)]):
    work(number, delta, passed)

me = acting("ann")
files = ["codec.py", "wire.py", "readme.md"]
# Without a timeframe: of seven days. An event about several files counts once in the totals.
week = insight.GetImpactAnalysis(session_insight_pb2.GetImpactAnalysisRequest(entities=files), metadata=me)
totals = week.totals
print(f"{week.start_time.ToDatetime():%d %B} to {week.end_time.ToDatetime():%d %B}: {totals.session_count} sessions, "
      f"{totals.event_count} events by {', '.join(week.agents)}")
print(f"performance {totals.performance_delta} in all, {totals.worst_performance_delta} at worst")
for file in week.entities:
    states = [f"{State.Name(each.state).removeprefix('SESSION_STATE_')} {each.count}" for each in file.figures.states]
    print(f"{file.entity}: {', '.join([f'{file.figures.event_count} events', *sorted(states)])}")
found = insight.ListSessionsByEntity(
    session_insight_pb2.ListSessionsByEntityRequest(entity="codec.py"), metadata=me)
print(f"sessions about codec.py: {', '.join(each.session.id for each in found.sessions)}")
