import Synchronization

/// What a server says about itself and its services, and who is watching. Usable from any thread.
package final class HealthStatuses: Sendable {
  package typealias Status = GrpcHealthV1HealthCheckResponse.ServingStatus

  private struct State: ~Copyable {
    var statuses: [String: Status] = [:]
    var watchers: [Int: (service: String, continuation: AsyncStream<Status>.Continuation)] = [:]
    var nextWatcher = 0
    var isFinished = false
  }
  private let state = Mutex(State())

  package init() {}

  /// Sets what is told about `service`; the empty name is the server as a whole.
  package func set(_ status: Status, for service: String) {
    state.withLock { state in
      guard state.statuses[service] != status else { return }
      state.statuses[service] = status
      for watcher in state.watchers.values where watcher.service == service {
        watcher.continuation.yield(status)
      }
    }
  }

  package subscript(service: String) -> Status? { state.withLock { $0.statuses[service] } }

  package var all: [String: Status] { state.withLock { $0.statuses } }

  /// The status now and each change; a slow reader sees the newest only.
  func watch(_ service: String) -> AsyncStream<Status> {
    AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
      let watcher = state.withLock { state -> Int? in
        continuation.yield(state.statuses[service] ?? .serviceUnknown)
        guard !state.isFinished else { return nil }
        state.nextWatcher += 1
        state.watchers[state.nextWatcher] = (service, continuation)
        return state.nextWatcher
      }
      guard let watcher else { return continuation.finish() }
      continuation.onTermination = { [weak self] _ in
        _ = self?.state.withLock { $0.watchers.removeValue(forKey: watcher) }
      }
    }
  }

  /// Ends every watch, now and later, so that a server can stop.
  package func finish() {
    let watchers = state.withLock { state in
      state.isFinished = true
      return Array(state.watchers.values)
    }
    // Not under the lock: the end of a watch takes it off the list.
    for watcher in watchers { watcher.continuation.finish() }
  }
}
