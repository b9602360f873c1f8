import EventLoop
import Journal
import Synchronization
import Wire

/// What is rung for on this server.
enum WakeTopic: Hashable, Sendable {
  /// Its tasks changed, or it was asked for something.
  case agent(ProjectID, TextKey)
  /// Tasks became ready, or there is room for tasks: the dispatcher's alone.
  case dispatch(ProjectID)
}

/// Rings for those of this server who wait, at once after a commit. A hint: who waits looks for itself, and does so without
/// a ring after some time. From any thread.
final class Wakes: Sendable {
  private struct State {
    var waiting: [WakeTopic: [UInt64: Wake]] = [:]
    var next: UInt64 = 0
    var dispatch: (@Sendable (ProjectID) -> Void)?
  }
  private let state = Mutex(State())

  /// How many wait.
  var count: Int { state.withLock { $0.waiting.values.reduce(0) { $0 + $1.count } } }

  /// Who gives out tasks: once, at the start.
  func onDispatch(_ body: @escaping @Sendable (ProjectID) -> Void) { state.withLock { $0.dispatch = body } }

  func ring(_ topic: WakeTopic) {
    if case .dispatch(let project) = topic { state.withLock { $0.dispatch }?(project) }
    let wakes = state.withLock { state in state.waiting[topic].map { Array($0.values) } ?? [] }
    for wake in wakes { wake.ring() }
  }

  /// Everybody of all projects, as when the server drains.
  func ringAll() {
    let wakes = state.withLock { state in state.waiting.values.flatMap { Array($0.values) } }
    for wake in wakes { wake.ring() }
  }

  /// Waits on `loop`, the caller's. What rings between two waits is kept, so look after each.
  func waiting<Value, Failure: Error>(
    for topic: WakeTopic, on loop: EventLoop, _ body: (Wake) async throws(Failure) -> Value
  ) async throws(Failure) -> Value {
    let wake = Wake(loop)
    let id = state.withLock { state in
      state.next += 1
      state.waiting[topic, default: [:]][state.next] = wake
      return state.next
    }
    defer {
      state.withLock { state in
        state.waiting[topic]?[id] = nil
        if state.waiting[topic]?.isEmpty == true { state.waiting[topic] = nil }
      }
    }
    return try await body(wake)
  }
}

/// One that waits. Rung from any thread, waited for on its loop by one task.
final class Wake: Sendable {
  private let bell: Confined<Bell>

  fileprivate init(_ loop: EventLoop) {
    bell = Confined(Bell(loop: loop), to: loop)
  }

  func wait(atMost duration: Duration) async { await bell.onLoop.wait(atMost: duration) }

  func ring() { bell.execute { $0.ring() } }
}
