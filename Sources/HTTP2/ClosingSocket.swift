import EventLoop
import Glibc

/// A socket whose connection has said its last word and whose peer may still be talking.
///
/// Closing a socket with bytes unread makes the kernel reset it, and a reset overtakes what the peer has not
/// read yet, such as the GOAWAY that tells it why. So nothing more is sent, what comes is thrown away, and
/// the socket is closed when the peer closes too, falls silent, or has had its time. Confined to `loop`.
final class ClosingSocket: LoopTimer, DescriptorHandler {
  private let descriptor: Int32
  private let loop: EventLoop
  private let buffers: TransportBuffers
  private var registration: Registration?
  private var discarded = 0
  private let begun: Instant
  private var lastHeard: Instant

  /// How long a peer may be silent: one that has bytes on their way goes on sending.
  private static let patience: Duration = .seconds(1)
  /// How long a peer has altogether, which a slow one may need to have said everything.
  private static let longest: Duration = .seconds(10)
  /// What a peer may send meanwhile: more than fits into a socket's buffer at once.
  private static let mostBytes = 16 << 20
  /// How many of them a loop keeps: what cannot wait is closed as it is.
  private static let most = 256

  /// Takes over `descriptor`, to which nothing will be written any more.
  static func close(_ descriptor: Int32, on loop: EventLoop, buffers: TransportBuffers) {
    guard buffers.closingCount < most, shutdown(descriptor, Int32(SHUT_WR)) == 0 else {
      Glibc.close(descriptor)
      return
    }
    // The loop keeps it for its registration.
    _ = ClosingSocket(descriptor, loop, buffers)
  }

  private init(_ descriptor: Int32, _ loop: EventLoop, _ buffers: TransportBuffers) {
    self.descriptor = descriptor
    self.loop = loop
    self.buffers = buffers
    begun = loop.now
    lastHeard = loop.now
    super.init()
    buffers.closingCount += 1
    registration = loop.register(descriptor, for: .read, handler: self)
    loop.schedule(self, after: Self.patience)
  }

  override func fire() {
    let end = min(lastHeard + Self.patience, begun + Self.longest)
    if end > loop.now { loop.schedule(self, at: end) } else { close() }
  }

  func descriptorReady(_ events: DescriptorEvents) {
    guard registration != nil else { return }
    let input = buffers.input
    let count = read(descriptor, input.baseAddress!, input.count)
    if count < 0, errno == EAGAIN || errno == EINTR { return }
    discarded += max(0, count)
    lastHeard = loop.now
    if count <= 0 || discarded > Self.mostBytes { close() }
  }

  private func close() {
    guard let registration = registration.take() else { return }
    registration.cancel()
    loop.cancel(self)
    Glibc.close(descriptor)
    buffers.closingCount -= 1
  }
}
