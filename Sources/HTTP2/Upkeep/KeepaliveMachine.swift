import EventLoop

/// Finds out whether a silent peer is still there: after a while without a byte it is asked by PING, and
/// given up when nothing at all comes within the timeout. Pure.
///
///     watching ──silent──▶ asked ──byte──▶ watching
///        │  ▲                └──timeout──▶ lost
///      no calls, and not to be asked without
///        ▼  │ a call
///      dormant
struct KeepaliveMachine {
  enum State: Equatable {
    case watching
    case asked(at: Instant)
    case dormant, lost
  }
  enum Event: Equatable {
    /// The instant of ``due`` has come. `lastRead`: when the peer was last heard.
    case due(lastRead: Instant, openStreams: Int)
    case streamOpened(lastRead: Instant)
  }
  enum Action: Equatable { case none, ping, close }

  private let time: Duration
  private let timeout: Duration
  private let asksWithoutStreams: Bool
  private(set) var state = State.watching
  /// When the next event is wanted.
  private(set) var due: Instant?

  /// - Parameters:
  ///   - time: Silence after which the peer is asked.
  ///   - timeout: Silence after the question that means that it is gone.
  ///   - asksWithoutStreams: Whether a connection without calls is watched too.
  init(time: Duration, timeout: Duration, asksWithoutStreams: Bool, now: Instant) {
    self.time = time
    self.timeout = timeout
    self.asksWithoutStreams = asksWithoutStreams
    due = now + time
  }

  mutating func handle(_ event: Event, at now: Instant) -> Action {
    switch (state, event) {
    case (.asked(let asked), .due(let lastRead, let openStreams)):
      if lastRead >= asked { return watch(at: now, lastRead: lastRead, openStreams: openStreams) }
      guard now < asked + timeout else {
        state = .lost
        due = nil
        return .close
      }
      due = min(now + time, asked + timeout)
      return .none
    case (.watching, .due(let lastRead, let openStreams)):
      return watch(at: now, lastRead: lastRead, openStreams: openStreams)
    case (.dormant, .streamOpened(let lastRead)):
      state = .watching
      due = max(now, lastRead + time)
      return .none
    case (.dormant, .due), (.watching, .streamOpened), (.asked, .streamOpened), (.lost, _):
      return .none
    }
  }

  private mutating func watch(at now: Instant, lastRead: Instant, openStreams: Int) -> Action {
    state = .watching
    if lastRead + time > now {
      due = lastRead + time
      return .none
    }
    guard asksWithoutStreams || openStreams > 0 else {
      state = .dormant
      due = nil
      return .none
    }
    state = .asked(at: now)
    // Looked at before the timeout too: a peer that answers is asked again after the same silence.
    due = now + min(time, timeout)
    return .ping
  }
}
