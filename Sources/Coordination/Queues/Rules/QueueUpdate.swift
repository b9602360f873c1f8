import CairnAPI
import GRPC
import Journal
import Requests
import Wire

/// The fields of a queue that a client may change.
enum QueueField: String, UpdatableField {
  case description
  case concurrencyLimit = "concurrency_limit"
  case rateLimit = "rate_limit"
  case ratePeriod = "rate_period"

  static let resource = "queue"
  static let outputOnly: Set<String> = [
    "is_paused", "figures", "create_time", "update_time", "version", "etag", "position",
  ]
  static let metadataField: QueueField? = nil

  func isSet(in queue: Queue) -> Bool {
    switch self {
    case .description: !queue.description.isEmpty
    case .concurrencyLimit: queue.concurrencyLimit != 0
    case .rateLimit: queue.rateLimit != 0
    case .ratePeriod: queue.ratePeriod != nil
    }
  }
}

/// A change of a queue that may be tried.
struct QueueUpdate: Sendable {
  let id: String
  private let etag: String
  private let fields: Set<QueueField>
  private let values: Queue

  init(validating request: UpdateQueueRequest, _ violations: inout Violations) {
    let queue = request.queue ?? Queue()
    var fields: Set<QueueField> = []
    if request.queue == nil {
      violations.add("must be set", at: "queue")
    } else {
      fields =
        UpdateMask<QueueField>(validating: request.updateMask, of: queue, at: "update_mask", &violations)
        .fields
      violations.identifier(queue.id, at: "queue.id")
      if fields.contains(.description) {
        violations.text(queue.description, at: "queue.description", atMost: Limits.queueDescription)
      }
      if fields.contains(.concurrencyLimit) {
        violations.queueLimit(queue.concurrencyLimit, at: "queue.concurrency_limit")
      }
      if fields.contains(.rateLimit) { violations.queueLimit(queue.rateLimit, at: "queue.rate_limit") }
      if fields.contains(.ratePeriod), let period = queue.ratePeriod {
        violations.ratePeriod(period, at: "queue.rate_period")
      }
    }
    (id, etag, self.fields, values) = (queue.id, queue.etag, fields, queue)
  }

  /// Throws ETAG_MISMATCH.
  func applied(to stored: Queue) throws(RPCError) -> Queue {
    if !etag.isEmpty, etag != stored.etag {
      throw .etagMismatch(.queue(id), given: etag, current: stored.etag)
    }
    var queue = stored
    if fields.contains(.description) { queue.description = values.description }
    if fields.contains(.concurrencyLimit) { queue.concurrencyLimit = values.concurrencyLimit }
    if fields.contains(.rateLimit) { queue.rateLimit = values.rateLimit }
    if fields.contains(.ratePeriod) {
      queue.ratePeriod = values.ratePeriod.map { WellKnown.Duration(microseconds: $0.microseconds) }
    }
    // A period says nothing without a limit, and a limit is of some period.
    if queue.rateLimit == 0 {
      queue.ratePeriod = nil
    } else if queue.ratePeriod == nil {
      queue.ratePeriod = WellKnown.Duration(seconds: 1)
    }
    return queue
  }
}

extension Queue {
  /// Nil where that is what it is.
  func paused(_ isPaused: Bool) -> Queue? {
    if self.isPaused == isPaused { return nil }
    var queue = self
    queue.isPaused = isPaused
    return queue
  }
}

extension ResourceName {
  static func queue(_ id: String) -> ResourceName { ResourceName(Queue.self, "queue", id) }
}

extension Limits {
  /// Characters of what is said about a queue.
  static let queueDescription = 256
  /// Tasks of a queue that are held, or given out in a period.
  static let queueLimit: Int32 = 1_000_000
  /// Seconds of a rate's period.
  static let ratePeriod: ClosedRange<Int64> = 1...86_400
}

extension Violations {
  fileprivate mutating func queueLimit(_ limit: Int32, at field: String) {
    if (0...Limits.queueLimit).contains(limit) { return }
    add("must be between 0 and \(Limits.queueLimit)", at: field)
  }

  fileprivate mutating func ratePeriod(_ period: WellKnown.Duration, at field: String) {
    let range = Limits.ratePeriod
    guard range.contains(period.seconds), (0..<1_000_000_000).contains(period.nanos),
      period.seconds < range.upperBound || period.nanos == 0
    else { return add("must be between 1 second and 1 day", at: field) }
  }
}

extension UpdateQueueRequest: WriteRequest {}
extension PauseQueueRequest: WriteRequest {}
extension ResumeQueueRequest: WriteRequest {}
extension ListQueuesRequest: ListRequest {}
extension ListQueuesResponse: JournalAnswer {}
extension Queue: VersionedResource {}
