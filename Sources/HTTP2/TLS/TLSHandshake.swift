import EventLoop
import Glibc

/// A socket on its way to a secured one. It becomes a connection when the handshake is done; until then it
/// costs neither an HTTP/2 session nor a stream, and it has its time. Confined to its loop.
package final class TLSHandshake: LoopTimer, DescriptorHandler {
  private enum State { case shaking, lingering, over }

  private let session: TLSSession
  private let role: HTTP2Connection.Role
  private let descriptor: Int32
  private let loop: EventLoop
  private let serverName: String?
  private let budget: HandshakeBudget?
  private let completed: (TLSHandshake, Result<ByteTransport, TLSError>) -> Void
  private let closed: ((TLSHandshake) -> Void)?
  private var registration: Registration?
  private var state = State.shaking

  /// How long a client that was refused has to read why.
  private static let linger: Duration = .seconds(1)

  /// Takes over the connected, non-blocking `descriptor`; it is closed when the handshake fails.
  ///
  /// - Parameters:
  ///   - serverName: What a client expects of the server's certificate.
  ///   - budget: What a turn gives to all handshakes of the loop; nil for any time.
  ///   - completed: Called once, never before ``start(timeout:)``.
  ///   - closed: Called after that when a failed one has closed its socket.
  package init(
    _ role: HTTP2Connection.Role, _ context: TLSContext, descriptor: Int32, serverName: String? = nil,
    on loop: EventLoop, budget: HandshakeBudget? = nil, closed: ((TLSHandshake) -> Void)? = nil,
    completed: @escaping (TLSHandshake, Result<ByteTransport, TLSError>) -> Void
  ) {
    session = TLSSession(role, context, descriptor: descriptor)
    self.role = role
    self.descriptor = descriptor
    self.loop = loop
    self.serverName = serverName
    self.budget = budget
    self.completed = completed
    self.closed = closed
  }

  package func start(timeout: Duration) {
    registration = loop.register(descriptor, for: role == .server ? .read : [.read, .write], handler: self)
    loop.schedule(self, after: timeout)
    // A server waits for the first bytes, which the loop reports.
    guard role == .client else { return }
    do throws(TLSError) {
      if let serverName { try session.expect(server: serverName) }
      proceed()
    } catch {
      fail(error)
    }
  }

  /// Closes the socket without a word; `completed` hears of it.
  package func cancel(
    because error: TLSError = TLSError("the connection was given up during the TLS handshake")
  ) { fail(error) }

  package func descriptorReady(_ events: DescriptorEvents) {
    switch state {
    case .shaking: if budget?.run(on: loop, proceed) == nil { proceed() }
    case .lingering: discard()
    case .over: return
    }
  }

  /// The time is up.
  package override func fire() {
    if state == .lingering { return close() }
    fail(TLSError("the TLS handshake took too long"))
  }

  private func proceed() {
    do throws(TLSError) {
      switch try session.handshake() {
      case .wantsRead: registration?.update(.read)
      case .wantsWrite: registration?.update([.read, .write])
      case .done where role == .client && !session.hasChosenHTTP2:
        session.sayGoodbye()
        fail(TLSError("the server does not speak HTTP/2 (ALPN h2)"))
      case .done: succeed()
      }
    } catch {
      guard role == .server else { return fail(error) }
      // The alert that says why is on its way: closing now, with bytes unread, could overtake it.
      state = .lingering
      shutdown(descriptor, Int32(SHUT_WR))
      registration?.update(.read)
      loop.schedule(self, after: Self.linger)
      completed(self, .failure(error))
    }
  }

  private func succeed() {
    state = .over
    registration?.cancel()
    loop.cancel(self)
    completed(self, .success(ByteTransport(descriptor: descriptor, tls: session)))
  }

  private func fail(_ error: TLSError) {
    if state == .shaking {
      state = .lingering
      completed(self, .failure(error))
    }
    close()
  }

  private func discard() {
    withUnsafeTemporaryAllocation(byteCount: 4 << 10, alignment: 1) { buffer in
      let count = read(descriptor, buffer.baseAddress, buffer.count)
      if count == 0 || count < 0 && errno != EAGAIN && errno != EINTR { close() }
    }
  }

  private func close() {
    guard state != .over else { return }
    state = .over
    registration?.cancel()
    loop.cancel(self)
    Glibc.close(descriptor)
    closed?(self)
  }
}
