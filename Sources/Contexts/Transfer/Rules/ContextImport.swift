import CairnAPI
import GRPC
import Journal
import Requests
import Wire

/// An import that may begin, or go on.
struct ContextImport {
  enum Mode: Int16 {
    case skip = 1
    case overwrite, newIDs
  }

  /// Empty in a request: the server makes one.
  let id: String
  let mode: Mode
  let stopsAtErrors: Bool
  let isOnlyAsked: Bool
  let ignoresVersions: Bool

  init(validating options: ImportOptions?) throws(RPCError) {
    let options = options ?? ImportOptions()
    var violations = Violations()
    violations.optionalIdentifier(options.importId, at: "options.import_id")
    if case .unrecognized(let number) = options.mode {
      violations.add("has an unknown value, \(number)", at: "options.mode")
    }
    if case .unrecognized(let number) = options.onError {
      violations.add("has an unknown value, \(number)", at: "options.on_error")
    }
    try violations.check()
    id = options.importId.isEmpty ? ContextStore.newID() : options.importId
    mode = Mode(rawValue: Int16(options.mode.rawValue)) ?? .skip
    stopsAtErrors = options.onError == .stop
    isOnlyAsked = options.validateOnly
    ignoresVersions = options.ignoreVersions
  }
}

/// How far an import has come, and what became of the records so far.
struct ImportProgress: Equatable {
  /// When it began, in microseconds since 1970.
  var began: Int64 = 0
  /// Which of the calls that worked on it this is.
  var epoch: Int64 = 0
  /// Everything up to this place in the file is dealt with.
  var acknowledged: Int64 = 0
  var stored: Int64 = 0
  var overwritten: Int64 = 0
  var skipped: Int64 = 0
  var failed: Int64 = 0
  var ignored: Int64 = 0
  /// Former versions stored.
  var versions: Int64 = 0
  /// Of the last write; 0 before the first.
  var position: Int64 = 0
  /// The contexts that this import has stored as a former version says, and whose own record has not come
  /// yet.
  var unfinished: Set<TextKey> = []

  init() {}

  /// What is known of a batch before anybody looks at what is stored.
  ///
  /// - Parameter unfinished: What was so before it.
  init(of batch: ImportBatch, unfinished: Set<TextKey>) {
    acknowledged = batch.last
    skipped = batch.skipped
    failed = Int64(batch.failures.count)
    ignored = batch.ignored
    self.unfinished = unfinished
  }

  /// The progress after more records; `other` tells what became of them, and what is unfinished then.
  func adding(_ other: ImportProgress) -> ImportProgress {
    var sum = self
    sum.acknowledged = other.acknowledged
    sum.stored += other.stored
    sum.overwritten += other.overwritten
    sum.skipped += other.skipped
    sum.failed += other.failed
    sum.ignored += other.ignored
    sum.versions += other.versions
    sum.unfinished = other.unfinished
    sum.position = max(position, other.position)
    return sum
  }
}

extension RPCError {
  static func importIDReused(_ id: String) -> RPCError {
    RPCError(
      .invalidArgument, .importIdReused,
      "the import \(id.quoted) was begun with another mode: go on with that one, or choose another import_id")
  }

  static func importTakenOver(_ id: String) -> RPCError {
    RPCError(
      .aborted, .importTakenOver, "a later call goes on with the import \(id.quoted)",
      ["import_id": id])
  }

  static func importGap(expected: Int64, sequence: Int64) -> RPCError {
    RPCError(
      .invalidArgument, .importGap,
      "the records before \(sequence) are missing: the next one is \(expected)",
      ["expected": "\(expected)", "sequence": "\(sequence)"])
  }

  static var tooManyUnfinished: RPCError {
    .recordMalformed(
      "former versions of more than \(Limits.unfinishedImports) contexts stand before their contexts")
  }

  static func recordMalformed(_ why: String) -> RPCError {
    RPCError(.invalidArgument, .recordMalformed, why)
  }
}
