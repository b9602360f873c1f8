import CairnAPI
import GRPC
import Journal
import StandardProtos
import Wire

/// Everything that is wrong with a request, collected so that the caller learns of it at once.
package struct Violations {
  package struct Violation: Equatable {
    package let field: String
    package let description: String
    package let reason: ErrorReason
  }

  /// The first of them, as many as an error should carry.
  package private(set) var listed: [Violation] = []
  /// How many there are.
  package private(set) var count = 0

  private var listedBytes = 0
  private let listedBytesLimit: Int

  /// - Parameter bytes: How much an error may list; the rest is only counted.
  package init(listing bytes: Int = Limits.listedViolationBytes) { listedBytesLimit = bytes }

  package var isEmpty: Bool { count == 0 }

  /// Notes that `field` (a path from the request's root, as in `context.tags[3]`) is wrong; `description`
  /// completes the sentence "`field` …".
  package mutating func add(_ description: String, at field: String, reason: ErrorReason = .fieldInvalid) {
    count += 1
    if listedBytes >= listedBytesLimit { return }
    let violation = Violation(field: field.cut(to: 200), description: description, reason: reason)
    listedBytes += violation.field.utf8.count + description.utf8.count + 30
    listed.append(violation)
  }

  /// Adds what is wrong with one item of a batch, its fields below `prefix`.
  package mutating func add(_ others: Violations, below prefix: String) {
    for other in others.listed { add(other.description, at: prefix + other.field, reason: other.reason) }
    count += others.count - others.listed.count
  }

  /// Checks a message within the request, whose fields are below `prefix`.
  package mutating func below<Item>(_ prefix: String, _ validate: (inout Violations) -> Item) -> Item {
    var inner = Violations(listing: listedBytesLimit)
    let item = validate(&inner)
    add(inner, below: prefix)
    return item
  }

  /// Throws INVALID_ARGUMENT with a google.rpc.BadRequest unless all is well.
  package func check() throws(RPCError) {
    if let error = error() { throw error }
  }

  /// The error to answer with, or nil when all is well. Its reason is that of the violations where they
  /// agree.
  package func error() -> RPCError? {
    guard let first = listed.first else { return nil }
    let more = count == 1 ? "" : " (and \(count - 1) more)"
    let reason = listed.allSatisfy { $0.reason == first.reason } ? first.reason : .fieldInvalid
    return RPCError(
      .invalidArgument, reason, "\(first.field) \(first.description)\(more)",
      details: [.badRequest(listed.map { .init($0.field, $0.description, reason: $0.reason.text) })])
  }
}

extension String {
  /// The text, or its beginning and an ellipsis.
  package func cut(to limit: Int) -> String {
    unicodeScalars.prefix(limit + 1).count <= limit ? self : "\(String(unicodeScalars.prefix(limit)))…"
  }

  /// For messages: in backticks, cut when long.
  package var quoted: String { "`\(cut(to: 100))`" }
}
