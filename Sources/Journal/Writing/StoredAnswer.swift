import GRPC
import Wire

/// What was answered to a request before.
package struct StoredAnswer: Sendable {
  /// As the write gave it to the journal: the answer without what only the write itself knows.
  package let bytes: [UInt8]
  /// When and where the write was.
  package let stamp: Stamp

  /// The message that the write gave to the journal.
  package func decoded<M: Message>() throws(RPCError) -> M {
    guard let message = try? M(decoding: bytes) else { throw .storedAnswerUnreadable }
    return message
  }

  /// The answers of the two parts that ``WritePart/and(_:)`` put together; nil for a part that gave none.
  package func divided() throws(RPCError) -> (StoredAnswer?, StoredAnswer?) {
    guard let pair = StoredPair(bytes: bytes) else { throw .storedAnswerUnreadable }
    return (
      pair.first.map { StoredAnswer(bytes: $0, stamp: stamp) },
      pair.second.map { StoredAnswer(bytes: $0, stamp: stamp) }
    )
  }

  /// The answers of so many parts that ``WritePart/all(_:)`` put together; nil for a part that gave none.
  package func divided(into count: Int) throws(RPCError) -> [StoredAnswer?] {
    var answers: [StoredAnswer?] = []
    var rest: StoredAnswer? = self
    for _ in 0..<count {
      guard let (before, last) = try rest?.divided() else { throw .storedAnswerUnreadable }
      answers.append(last)
      rest = before
    }
    return answers.reversed()
  }
}

/// The answers of two parts as one: which of them are there, the length of the first one, and both. Pure.
struct StoredPair: Equatable {
  let first: [UInt8]?
  let second: [UInt8]?

  init(_ first: [UInt8]?, _ second: [UInt8]?) {
    self.first = first
    self.second = second
  }

  var bytes: [UInt8] {
    let length = UInt32(first?.count ?? 0)
    return [(first == nil ? 0 : 1) | (second == nil ? 0 : 2)]
      + (0..<4).map { UInt8(truncatingIfNeeded: length >> ($0 * 8)) } + (first ?? []) + (second ?? [])
  }

  /// Nil for bytes that are none.
  init?(bytes: [UInt8]) {
    guard bytes.count >= 5, bytes[0] < 4 else { return nil }
    let length = (0..<4).reduce(0) { $0 | Int(bytes[1 + $1]) << ($1 * 8) }
    guard length <= bytes.count - 5 else { return nil }
    first = bytes[0] & 1 == 0 ? nil : Array(bytes[5..<5 + length])
    second = bytes[0] & 2 == 0 ? nil : Array(bytes[(5 + length)...])
  }
}

extension RPCError {
  fileprivate static var storedAnswerUnreadable: RPCError {
    RPCError(.internal, .internal, "the stored answer to this request cannot be read")
  }
}
