import CairnAPI
import EventLoop
import GRPC
import Journal
import Requests
import Wire

/// `cairn.v1.ReplayService`.
package struct ReplayService: ReplayServiceProvider {
  let store: ReplayStore

  private var recordings: RecordingStore { store.recordings }
  var journal: Journal { store.journal }

  package func startRecording(
    _ request: StartRecordingRequest, _ call: CallContext
  ) async throws(RPCError) -> Recording {
    let (draft, scope) = try await journal.accept(request, call) { RecordingDraft(validating: $0, &$1) }
    return try await recordings.start(draft, in: scope)
  }

  package func stopRecording(
    _ request: StopRecordingRequest, _ call: CallContext
  ) async throws(RPCError) -> Recording {
    let (_, scope) = try await journal.accept(request, call) { $1.identifier($0.id, at: "id") }
    return try await recordings.stop(request.id, in: scope)
  }

  package func getRecording(
    _ request: GetRecordingRequest, _ call: CallContext
  ) async throws(RPCError) -> Recording {
    var violations = Violations()
    violations.identifier(request.id, at: "id")
    try violations.check()
    return try await recordings.recording(
      request.id, in: try await journal.project(request.project, call))
  }

  package func listRecordings(
    _ request: ListRecordingsRequest, _ call: CallContext
  ) async throws(RPCError) -> ListRecordingsResponse {
    let project = try await journal.project(request.project, call)
    let list = try RecordingList(
      validating: request, in: project.text, key: try await journal.tokenKey())
    return try await journal.naming(try await recordings.list(list, in: project))
  }

  package func deleteRecording(
    _ request: DeleteRecordingRequest, _ call: CallContext
  ) async throws(RPCError) -> Recording {
    let (_, scope) = try await journal.accept(request, call) { $1.identifier($0.id, at: "id") }
    return try await recordings.delete(request.id, allowsMissing: request.allowMissing, in: scope)
  }

  package func purgeRecordings(
    _ request: PurgeRecordingsRequest, _ call: CallContext
  ) async throws(RPCError) -> PurgeRecordingsResponse {
    var violations = Violations()
    let age = violations.age(request.olderThan, at: "older_than")
    try violations.check()
    var scope = try await journal.scope(request.project, call)
    scope.effect = request.validateOnly ? .takenBack : .kept
    var response = PurgeRecordingsResponse()
    response.purged = try await recordings.purge(olderThan: age, in: scope)
    return response
  }

  package func getReplayStats(
    _ request: GetReplayStatsRequest, _ call: CallContext
  ) async throws(RPCError) -> GetReplayStatsResponse {
    var violations = Violations()
    violations.optionalIdentifier(request.recording, at: "recording")
    violations.optionalIdentifier(request.session, at: "session")
    try violations.check()
    let project = try await journal.project(request.project, call)
    if !request.recording.isEmpty { _ = try await recordings.recording(request.recording, in: project) }
    return try await recordings.stats((project, request.session, request.recording))
  }

  package func playReplay(
    _ requests: RequestStream<PlayReplayRequest>, _ responses: ResponseWriter<PlayReplayResponse>,
    _ call: CallContext
  ) async throws(RPCError) {
    let first = try await requests.next()
    let plan = try ReplayPlan(validating: first)
    let project = try await journal.project(first?.project ?? "", call)
    let window = try await store.window(plan.range, in: project)
    call.sendHeaders()
    let controls = ReplayControls(on: call.loop)
    let reader = ReplayReader(window, plan.filter, from: store, in: project, call)
    var player = ReplayPlayer(plan, reader, controls, responses, call)
    try await call.listening({ await controls.read(requests) }) { () async throws(RPCError) in
      defer { controls.close() }
      try await player.play()
    }
  }
}
