/// Why bytes are not a message. Small on purpose: it is thrown from the innermost loops.
public enum WireError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The input ends inside a value, or a length reaches past the end of what holds it.
  case truncated
  /// A varint has more than ten bytes, or more than 64 bits.
  case malformedVarint
  /// A tag has field number 0 or one above 2^29 - 1, or takes more than five bytes.
  case invalidTag
  /// Wire types 6 and 7 do not exist.
  case invalidWireType
  /// An end-group tag without its start, or a group that never ends.
  case unmatchedGroup
  /// Messages or groups nest deeper than ``WireReader/nestingLimit``.
  case nestingTooDeep
  /// A `string` field holds bytes that are not UTF-8.
  case invalidUTF8
  /// What the message decodes to takes more memory than the reader was allowed.
  case tooMuchMemory

  public var description: String {
    switch self {
    case .truncated: "the message ends inside a field"
    case .malformedVarint: "a varint is longer than 64 bits"
    case .invalidTag: "a field has an invalid number"
    case .invalidWireType: "a field has an unknown wire type"
    case .unmatchedGroup: "a group is not closed, or closed without being open"
    case .nestingTooDeep: "messages nest deeper than \(WireReader.nestingLimit) levels"
    case .invalidUTF8: "a string field is not valid UTF-8"
    case .tooMuchMemory: "its elements take more memory than is allowed"
    }
  }
}
