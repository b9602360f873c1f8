import CairnAPI
import EventLoop
import GRPC
import Journal
import Requests
import Wire

extension SessionAnalyticsService {
  package func watchSessionStats(
    _ request: WatchSessionStatsRequest, _ responses: ResponseWriter<SessionStats>, _ call: CallContext
  ) async throws(RPCError) {
    var violations = Violations()
    let parts = violations.statsParts(request.parts, at: "parts")
    let interval = violations.statsInterval(request.interval, at: "interval")
    try violations.check()
    let project = try await journal.project(request.project, call)
    call.sendHeaders()
    while true {
      let due = Instant.now + interval
      try await responses.write(try await journal.naming(try await store.stats(parts, of: project, call)))
      try await wait(until: due, in: project, call)
    }
  }

  /// Looks now and then whether the server stops, or the project is gone.
  private func wait(until due: Instant, in project: ProjectID, _ call: CallContext) async throws(RPCError) {
    repeat {
      let pause = max(.milliseconds(1), min(due - .now, .milliseconds(500)))
      do throws(CancellationError) { try await call.loop.sleep(for: pause) } catch {
        throw RPCError(.cancelled, .callCancelled, "the call was cancelled")
      }
      if journal.isDraining { throw .shuttingDown }
      try await journal.require(project, on: call.loop)
    } while Instant.now < due
  }
}
