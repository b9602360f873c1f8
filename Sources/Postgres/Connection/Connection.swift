import CLibpq
import EventLoop

/// The maker of a connection hears of its end and of what comes unasked.
protocol ConnectionOwner: AnyObject {
  func connectionBroke(_ connection: Connection, because error: PostgresError)
  func connection(_ connection: Connection, received notification: (channel: String, payload: String))
}

/// One session with PostgreSQL in pipeline mode. Confined to `loop`.
///
/// Does the I/O; what it means is decided by ``PipelineMachine`` and ``PreparedStatements``. The state
/// is shared by this file's extensions only.
final class Connection: DescriptorHandler, Flushable {
  struct Settings: Sendable {
    var prepareStatements = true
    var composedStatements = 128
    var timeouts: SessionTimeouts
    var onNotice: (@Sendable (ServerMessage) -> Void)?
  }

  let id: Int
  let loop: EventLoop
  let settings: Settings
  weak var owner: (any ConnectionOwner)?
  var client: (any ConnectionClient)?

  var handle: OpaquePointer?
  var registration: Registration?
  var machine = Pipeline()
  var statements: PreparedStatements
  let parameters = ParameterBuffer()
  var delivery = Pipeline.Delivery.eachResult
  var lastResult: Result<Rows, PostgresError>?
  var fatal: ServerMessage?

  /// Of the session now; `nil` when a failure may have undone the last change.
  var timeouts: SessionTimeouts?
  /// Syncs sent.
  var roundTrips = 0
  /// Results that came, and the memory that libpq took for them.
  var results = 0
  var resultBytes = 0
  /// When the server last answered, or was asked after it owed nothing.
  var lastProgress: Instant
  var isQueuedForFlush = false

  /// The session knows something of the schema that no longer holds: it is closed when it comes back.
  var isStale = false
  /// Since when nobody waits for what runs, as far as it was looked at.
  var abandonedSince: Instant?
  /// A request to cancel is on its way.
  var isBeingCancelled = false
  /// Requests to cancel that were sent since the connection was lent out and have ended nothing yet. Each ends one
  /// statement at most: what ends by itself, by its time limit for one, is taken for that once, not again and again.
  var cancelsToCome = 0
  var afterCancel: (() -> Void)?

  /// Takes over a connection that was just made.
  init(
    id: Int, _ handle: OpaquePointer, on loop: EventLoop, settings: Settings, owner: any ConnectionOwner
  ) {
    self.id = id
    self.loop = loop
    self.settings = settings
    self.handle = handle
    self.owner = owner
    statements = PreparedStatements(composedCapacity: settings.composedStatements)
    timeouts = settings.prepareStatements ? settings.timeouts : nil
    lastProgress = loop.now
    PQsetnonblocking(handle, 1)
    PQenterPipelineMode(handle)
    // Not retained: the connection outlives its handle.
    PQsetNoticeReceiver(
      handle,
      { context, result in
        guard let context, let result, let message = ServerMessage(result) else { return }
        Unmanaged<Connection>.fromOpaque(context).takeUnretainedValue().noticed(message)
      }, Unmanaged.passUnretained(self).toOpaque())
    registration = loop.register(PQsocket(handle), for: .read, handler: self)
  }

  deinit { if let handle { PQfinish(handle) } }

  var isOpen: Bool { handle != nil }
  var isBusy: Bool { machine.isExpectingReply || machine.needsSync }
  /// Statements without an answer; a merged look-up counts as those it stands for.
  var weightUnderWay: Int { machine.weightUnderWay }
  var backendPID: Int32 { handle.map { PQbackendPID($0) } ?? 0 }
  /// Bytes of the parameters of the statement sent last.
  var lastParameterBytes: Int { parameters.byteCount }

  // MARK: The end

  /// Closes the connection; what is under way is lost.
  func close() {
    owner = nil
    breakOff("the connection was closed")
  }

  /// Breaks off when the caller, who may be in the middle of sending a batch, has returned.
  func breakOff(afterTurn reason: String) {
    Confined(self, to: loop).execute { $0.breakOff(reason) }
  }

  /// Ends the connection and tells everybody.
  func breakOff(_ reason: String) {
    guard let handle else { return }
    registration?.cancel()
    registration = nil
    self.handle = nil
    PQfinish(handle)
    let error = PostgresError(
      .connectionLost, "the connection to the database broke: \(fatal?.message ?? reason)", server: fatal)
    let fates = machine.disconnected()
    let client = client.take()
    let owner = owner
    // The owner first: it must not lend this connection to those who are told next.
    owner?.connectionBroke(self, because: error)
    client?.lost(fates, because: error)
  }

  /// For PQcancel, on another thread.
  func makeCancel() -> OpaquePointer? { handle.flatMap { PQgetCancel($0) } }
}
