import EventLoop

/// Ctrl-C and its like in the middle of a command that has something to say about it.
final class Interruption: Sendable {
  private let signals: TerminationSignals
  private let loop: EventLoop

  /// Make it before threads are started.
  init(on loop: EventLoop) {
    self.loop = loop
    signals = TerminationSignals(on: loop)
  }

  /// Runs `body` on the loop when a signal comes.
  func handle(_ body: @escaping @Sendable () -> Never) {
    let signals = signals
    loop.startTask {
      _ = await signals.next()
      body()
    }
  }
}
