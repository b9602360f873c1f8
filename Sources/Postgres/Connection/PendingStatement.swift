typealias Pipeline = PipelineMachine<PendingStatement>

/// One statement under way and what became of it. Confined to a loop.
class PendingStatement {
  final let statement: Statement
  final let parameters: [any PostgresValue]
  /// The caller that waits for just this; `nil` for members of a batch that is awaited as a whole.
  final var waiter: UnsafeContinuation<Result<Rows, PostgresError>, Never>?
  final var outcome: Result<Rows, PostgresError>?
  /// Whose turn it is when look-ups wait for each other.
  final let caller: Int64
  /// Its place in a batch.
  final var order: [UInt8] = []
  /// How often it was sent.
  final var attempts = 0
  /// Of the waiter; asked only whether it was cancelled.
  private let task: UnsafeCurrentTask?

  /// A request to cancel ended it that was meant for another, or for one that nobody waits for.
  final var wasInterrupted = false
  /// A shared statement had no answer for it: it goes alone.
  final var goesAlone = false

  /// A statement that keeps failing for reasons beyond it is given up.
  static let maximumAttempts = 4

  init(
    _ statement: Statement, _ parameters: [any PostgresValue],
    waiter: UnsafeContinuation<Result<Rows, PostgresError>, Never>? = nil, caller: Int64 = 0
  ) {
    self.statement = statement
    self.parameters = parameters
    self.waiter = waiter
    self.caller = caller
    task = waiter == nil ? nil : withUnsafeCurrentTask { $0 }
  }

  /// How many look-ups it stands for.
  var weight: Int { 1 }

  /// Whether somebody waits for just this.
  var isAwaited: Bool { waiter != nil }

  /// Whether the waiter was cancelled: the answer is of no use to anybody. False when there is no waiter.
  var isAbandoned: Bool { waiter != nil && task?.isCancelled == true }

  convenience init(_ bound: BoundStatement) { self.init(bound.statement, bound.parameters) }

  /// Keeps the outcome and tells whoever waits.
  func finish(_ outcome: Result<Rows, PostgresError>) {
    if let waiter = waiter.take() {
      waiter.resume(returning: outcome)
    } else {
      self.outcome = outcome
    }
  }

  final var error: PostgresError? {
    if case .failure(let error) = outcome { error } else { nil }
  }
}
