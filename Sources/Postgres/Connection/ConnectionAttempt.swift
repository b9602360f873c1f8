import CLibpq
import EventLoop

/// Makes one connection without blocking the loop. Confined to its loop.
final class ConnectionAttempt: DescriptorHandler {
  typealias Completion = (Result<OpaquePointer, PostgresError>) -> Void

  private let loop: EventLoop
  private var connection: OpaquePointer?
  private var registration: Registration?
  private var completion: Completion?
  private var timer: ClosureTimer?

  /// Starts connecting; `completion` is called on the loop, later.
  static func start(
    _ target: ConnectionString, on loop: EventLoop, blocking: BlockingPool, timeout: Duration,
    completion: @escaping Completion
  ) {
    let attempt = ConnectionAttempt(loop, completion)
    attempt.arm(timeout)
    Confined(attempt, to: loop).startTask { attempt in
      do throws(PostgresError) {
        var target = target
        if let hosts = target.hostsToResolve {
          let unresolved = target
          target = try await blocking.run(on: loop) { () throws(PostgresError) in
            var resolved = unresolved
            try resolved.resolve(hosts)
            return resolved
          }
        } else {
          // So that the caller has finished its turn of decisions before it hears of a failure.
          await Task.yield()
        }
        attempt.connect(target)
      } catch {
        attempt.finish(.failure(error))
      }
    }
  }

  private init(_ loop: EventLoop, _ completion: @escaping Completion) {
    self.loop = loop
    self.completion = completion
  }

  private func arm(_ timeout: Duration) {
    let timer = ClosureTimer { [self] in
      finish(.failure(PostgresError(.connectionFailed, "no connection to the database within \(timeout)")))
    }
    self.timer = timer
    loop.schedule(timer, after: timeout)
  }

  private func connect(_ target: ConnectionString) {
    guard completion != nil else { return }
    guard let started = target.withParameters({ PQconnectStartParams($0, $1, 0) }) else {
      return finish(.failure(PostgresError(.connectionFailed, "out of memory for a connection")))
    }
    connection = started
    // libpq prints what nobody receives.
    PQsetNoticeReceiver(started, { _, _ in }, nil)
    if PQstatus(started) == CONNECTION_BAD { return fail() }
    watch(.write)
  }

  func descriptorReady(_ events: DescriptorEvents) {
    guard let connection else { return }
    // The next address is another descriptor, and the old one's number may come back as it.
    registration?.cancel()
    registration = nil
    switch PQconnectPoll(connection) {
    case PGRES_POLLING_READING: watch(.read)
    case PGRES_POLLING_WRITING: watch(.write)
    case PGRES_POLLING_OK: finish(.success(connection))
    default: fail()
    }
  }

  private func watch(_ events: DescriptorEvents) {
    let descriptor = PQsocket(connection)
    guard descriptor >= 0 else { return fail() }
    registration = loop.register(descriptor, for: events, handler: self)
  }

  private func fail() {
    let reason = PostgresError.text(PQerrorMessage(connection))
    finish(.failure(PostgresError(.connectionFailed, reason.isEmpty ? "cannot connect" : reason)))
  }

  private func finish(_ result: Result<OpaquePointer, PostgresError>) {
    guard let completion = completion.take() else { return }
    if let timer { loop.cancel(timer) }
    timer = nil
    registration?.cancel()
    registration = nil
    if case .failure = result, let connection { PQfinish(connection) }
    connection = nil
    completion(result)
  }
}
