// Two agents share a session: one breaks something, the other reads what happened, repairs it and ends the session.

#include "cairn/v1/session.grpc.pb.h"
#include "client.h"

using namespace cairn::v1;

// One who works in sessions: the server knows by the metadata who it is.
struct As : Call {
  explicit As(const std::string& agent) { AddMetadata("cairn-agent", agent); }
};

static std::string name(const std::string& value) { return value.substr(value.rfind('_') + 1); }

static void changed(SessionService::Stub& sessions, const std::string& agent, const std::string& session) {
  RecordCodeChangeRequest request;
  request.set_session(session);
  request.mutable_change()->add_entities("bridge.cc");
  request.mutable_change()->set_operation(EventChange::OPERATION_MODIFIED);
  As call(agent);
  AppendEventResponse response;
  check(sessions.RecordCodeChange(&call, request, &response));
}

static std::string tested(
    SessionService::Stub& sessions, const std::string& agent, const std::string& session, bool passed) {
  RecordTestResultRequest request;
  request.set_session(session);
  request.add_entities("bridge.cc");
  request.set_passed(passed);
  if (!passed) request.add_tests("test_opens");
  As call(agent);
  AppendEventResponse response;
  check(sessions.RecordTestResult(&call, request, &response));
  return name(SessionState_Name(response.state()));
}

int main() {
  SessionService::Stub sessions(connect());
  CreateSessionRequest create;
  create.mutable_session()->set_title("Open the bridge");
  As begin("ann");
  Session session;
  check(sessions.CreateSession(&begin, create, &session));
  changed(sessions, "ann", session.id());
  std::cout << "after ann's change: " << tested(sessions, "ann", session.id(), false) << "\n";

  // Whoever comes later reads what happened; the sequence numbers have no gaps.
  JoinSessionRequest join;
  join.set_id(session.id());
  As joining("bob");
  check(sessions.JoinSession(&joining, join, &session));
  ListEventsRequest list;
  list.set_session(session.id());
  As reading("bob");
  ListEventsResponse log;
  check(sessions.ListEvents(&reading, list, &log));
  for (const SessionEvent& event : log.events()) {
    std::cout << event.sequence() << ": " << event.agent() << " " << name(SessionEvent::Type_Name(event.type())) << "\n";
  }
  changed(sessions, "bob", session.id());
  std::cout << "after bob's change: " << tested(sessions, "bob", session.id(), true) << "\n";

  EndSessionRequest end;
  end.set_id(session.id());
  As ending("bob");
  check(sessions.EndSession(&ending, end, &session));
  std::cout << session.last_sequence() << " events, ended " << name(SessionOutcome_Name(session.outcome())) << "\n";
}
