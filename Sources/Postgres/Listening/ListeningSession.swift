import EventLoop

/// The connection of a ``NotificationListener``, made again and again. Confined to `loop`.
final class ListeningSession: ConnectionOwner, ConnectionClient {
  let loop: EventLoop
  private let target: ConnectionString
  private let channels: [String]
  private let blocking: BlockingPool
  private let handler: @Sendable (ListenerEvent) -> Void
  private let backoff = Backoff(first: .milliseconds(50), longest: .seconds(5))

  private var connection: Connection?
  private var timer: ClosureTimer?
  private var failures = 0
  private var isClosed = false
  private var attempts = 0

  private static let connectTimeout: Duration = .seconds(5)
  /// How often the connection is asked for a sign of life, and how long it may take to give one.
  private static let heartbeat: Duration = .seconds(15)

  init(
    _ target: ConnectionString, _ channels: [String], _ loop: EventLoop, _ blocking: BlockingPool,
    _ handler: @escaping @Sendable (ListenerEvent) -> Void
  ) {
    self.loop = loop
    self.target = target
    self.channels = channels
    self.blocking = blocking
    self.handler = handler
  }

  func start() {
    timer = ClosureTimer { [unowned self] in timePassed() }
    connect()
  }

  func close() {
    isClosed = true
    if let timer { loop.cancel(timer) }
    timer = nil
    connection.take()?.close()
  }

  private func connect() {
    guard !isClosed else { return }
    attempts += 1
    let id = attempts
    ConnectionAttempt.start(target, on: loop, blocking: blocking, timeout: Self.connectTimeout) {
      [self] result in
      switch result {
      case .failure(let error): lost(error)
      case .success(let handle):
        let settings = Connection.Settings(
          prepareStatements: false, timeouts: SessionTimeouts(statement: .zero, lock: .zero))
        let connection = Connection(id: id, handle, on: loop, settings: settings, owner: self)
        if isClosed { return connection.close() }
        listen(on: connection)
      }
    }
  }

  private func listen(on connection: Connection) {
    self.connection = connection
    connection.client = self
    for channel in channels {
      let name = BlockingConnection.quoted(channel)
      connection.send(PendingStatement(.composed("LISTEN \(name)"), []), delivery: .atSync(commits: false))
    }
    connection.sync()
    schedule(Self.heartbeat)
  }

  private func schedule(_ delay: Duration) {
    if let timer { loop.schedule(timer, after: delay) }
  }

  private func timePassed() {
    guard let connection else { return connect() }
    if connection.isBusy { return connection.breakOff("no sign of life for \(Self.heartbeat)") }
    connection.ping()
    schedule(Self.heartbeat)
  }

  private func lost(_ error: PostgresError) {
    guard !isClosed else { return }
    connection = nil
    failures += 1
    handler(.lost(error))
    schedule(backoff.delay(afterFailures: failures, jitter: .random(in: 0...1)))
  }

  // MARK: What the connection tells

  func segmentEnded(_ statements: [PendingStatement], failed: Bool, on connection: Connection) {
    guard !statements.isEmpty else { return }
    if let error = statements.lazy.compactMap(\.error).first {
      return connection.breakOff("LISTEN failed: \(error.message)")
    }
    failures = 0
    handler(.listening)
  }

  func connection(_: Connection, received notification: (channel: String, payload: String)) {
    guard !isClosed else { return }
    handler(.notification(channel: notification.channel, payload: notification.payload))
  }

  func connectionBroke(_: Connection, because error: PostgresError) { lost(error) }

  func progressed(_: Connection) {}
  func isAbandoned(_: Connection) -> Bool { false }
  func mustRunAgain(_: PendingStatement, on _: Connection) {}
  func lost(_: [(member: PendingStatement, fate: Pipeline.Fate)], because _: PostgresError) {}
}
