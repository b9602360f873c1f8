import DynamicMessage

/// The reasons of an API: the enum whose values' comments say `STATUS. What happened. metadata: what it tells.`
struct ErrorReasons {
  static let type = "ErrorReason"
  static let file = "errors.md"

  struct Reason {
    /// As an error carries it: `ETAG_MISMATCH`.
    let name: String
    /// The status code, and what there is to say of it.
    let status: String
    let meaning: String
    /// What the error's metadata say; empty: nothing.
    let metadata: String

    var anchor: String { name.lowercased() }
  }

  let comment: String?
  let all: [Reason]
  private let byName: [String: Reason]

  init(_ type: SchemaEnum) {
    comment = type.comments.leading
    all = type.values.filter { $0.number != 0 }.map(Self.reason)
    byName = Dictionary(all.map { ($0.name, $0) }) { first, _ in first }
  }

  subscript(name: String) -> Reason? { byName[name] }

  private static func reason(_ value: SchemaEnumValue) -> Reason {
    let text = CommentText(value.comments.leading).oneLine
    let (status, rest) = split(text, at: ". ")
    let (meaning, metadata) = split(rest, at: "metadata: ")
    return Reason(
      name: value.name.replacing("ERROR_REASON_", with: ""), status: status,
      meaning: meaning.hasSuffix(" ") ? String(meaning.dropLast()) : meaning,
      metadata: metadata.hasSuffix(".") ? String(metadata.dropLast()) : metadata)
  }

  private static func split(_ text: String, at separator: String) -> (String, String) {
    guard let range = text.firstRange(of: separator) else { return (text, "") }
    return (String(text[..<range.lowerBound]), String(text[range.upperBound...]))
  }
}
