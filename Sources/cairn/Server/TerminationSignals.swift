import CLinux
import EventLoop
import Glibc

/// SIGTERM, SIGINT, SIGQUIT and SIGHUP as events of a loop, instead of the end of the process.
///
/// Make it on the main thread before others are started: threads inherit that the signals are blocked.
final class TerminationSignals: DescriptorHandler, @unchecked Sendable {
  private let descriptor: Int32
  private let loop: EventLoop
  private var registration: Registration?
  private var waiter: UnsafeContinuation<Int32, Never>?
  private var pending: [Int32] = []

  init(on loop: EventLoop) {
    self.loop = loop
    var signals = sigset_t()
    sigemptyset(&signals)
    for signal in [SIGTERM, SIGINT, SIGQUIT, SIGHUP] { sigaddset(&signals, signal) }
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    descriptor = signalfd(-1, &signals, Int32(SFD_NONBLOCK | SFD_CLOEXEC))
    registration = loop.register(descriptor, for: .read, handler: self)
  }

  /// Whether a signal came that was not taken yet.
  var hasPending: Bool { !pending.isEmpty }

  /// The number of the next signal.
  func next() async -> Int32 {
    if !pending.isEmpty { return pending.removeFirst() }
    return await withUnsafeContinuation { waiter = $0 }
  }

  func descriptorReady(_ events: DescriptorEvents) {
    var info = signalfd_siginfo()
    while read(descriptor, &info, MemoryLayout<signalfd_siginfo>.size) > 0 {
      let number = Int32(info.ssi_signo)
      if let waiting = waiter.take() { waiting.resume(returning: number) } else { pending.append(number) }
    }
  }
}
