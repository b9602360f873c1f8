import CairnAPI
import GRPC
import Journal
import Requests
import Wire

extension SessionService {
  package func appendEvent(
    _ request: AppendEventRequest, _ call: CallContext
  ) async throws(RPCError) -> AppendEventResponse {
    try await append(request, bytes: request.readBytes, call) { LogAppend(validating: $0, &$1) }
  }

  package func recordCodeChange(
    _ request: RecordCodeChangeRequest, _ call: CallContext
  ) async throws(RPCError) -> AppendEventResponse {
    try await append(request, bytes: request.readBytes, call) { LogAppend(validating: $0, &$1) }
  }

  package func recordTestResult(
    _ request: RecordTestResultRequest, _ call: CallContext
  ) async throws(RPCError) -> AppendEventResponse {
    try await append(request, bytes: request.readBytes, call) { LogAppend(validating: $0, &$1) }
  }

  package func listEvents(
    _ request: ListEventsRequest, _ call: CallContext
  ) async throws(RPCError) -> ListEventsResponse {
    let project = try await journal.project(request.project, call)
    let list = try EventList(validating: request, in: project.text, key: try await journal.tokenKey())
    return try await journal.naming(try await log.list(list, in: project, call))
  }

  /// - Parameter bytes: What checking the request takes time for.
  func append<Request: WriteRequest>(
    _ request: Request, bytes: Int, _ call: CallContext,
    validate: @escaping @Sendable (Request, inout Violations) -> LogAppend
  ) async throws(RPCError) -> AppendEventResponse {
    let (append, key) = try await blocking.work(on: bytes, for: call) { _ throws(RPCError) in
      var violations = Violations()
      let append = validate(request, &violations)
      violations.requestID(request.requestId)
      try violations.check()
      return (append, request.requestKey)
    }
    let scope = try await journal.scope(of: request, key: key, call)
    return AppendEventResponse(try await log.append(append.by(scope.agent), in: scope, for: call))
  }
}

extension ListEventsResponse: JournalAnswer {}

extension AppendEventResponse {
  init(_ appended: Appended) {
    self.init()
    sequence = appended.lastSequence
    position = appended.stamp?.position ?? 0
    time = appended.stamp.map { WellKnown.Timestamp($0.at) }
    state = appended.state
    expireTime = appended.expireTime
  }
}
