/// Why bytes are not a message of the expected type.
package enum UnpackError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Truncated, an over-long varint, a field with the wrong wire type, …
  case malformed(message: String, reason: String)
  /// A group, the deprecated wire type that libprotobuf-c does not read.
  case group(message: String, field: Int32)
  case invalidUTF8(message: String, field: String)
  /// Messages nested deeper than `limit`.
  case tooDeep(limit: Int)

  package var description: String {
    switch self {
    case .malformed(let message, let reason): "not a \(message): \(reason)"
    case .group(let message, let field): "field \(field) of \(message) is a group: groups are not supported"
    case .invalidUTF8(let message, let field): "\(message).\(field) is not valid UTF-8"
    case .tooDeep(let limit): "messages are nested more than \(limit) deep"
    }
  }
}
