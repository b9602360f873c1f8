import CairnAPI
import Wire

/// A conversation as Markdown, in as many contexts as it needs.
struct Transcript {
  struct Message: Equatable {
    let speaker: String
    let text: String
  }

  /// Of the service it comes from: `chatgpt`.
  let source: String
  /// The conversation's id there.
  let id: String
  var title = ""
  var created: WellKnown.Timestamp?
  var updated: WellKnown.Timestamp?
  var messages: [Message] = []
  var metadata: [String: String] = [:]

  /// Bytes of text in a context, below what one may hold.
  static let limit = 1_000_000

  /// One context, or several parts where the conversation is too long for one. Cut between messages, and
  /// inside only those that are too long themselves.
  func contexts(limit: Int = Self.limit) -> [Context] {
    var parts: [String] = [""]
    for message in messages {
      for piece in "**\(message.speaker)**\n\n\(message.text)\n\n".pieces(atMost: limit) {
        if parts[parts.count - 1].utf8.count + piece.utf8.count > limit { parts.append("") }
        parts[parts.count - 1] += piece
      }
    }
    return parts.enumerated().map { number, text in
      var context = Context()
      let part = number == 0 ? "" : "/\(number + 1)"
      context.id = id.isEmpty ? "" : "\(source)-\(id)\(part)"
      let whole = title.title(otherwise: "Untitled conversation")
      context.title =
        parts.count == 1 ? whole : "\(whole) (\(number + 1)/\(parts.count))".title(otherwise: whole)
      context.type = .conversation
      context.content = text
      context.mediaType = "text/markdown"
      context.tags = [source]
      context.createTime = created
      context.updateTime = updated
      if let created, let updated, (updated.seconds, updated.nanos) < (created.seconds, created.nanos) {
        context.updateTime = created
      }
      var fields = metadata
      fields["source"] = source
      if !id.isEmpty { fields["conversation_id"] = id }
      var metadata = WellKnown.Struct()
      metadata.fields = Dictionary(
        uniqueKeysWithValues: fields.map { (TextKey($0), WellKnown.Value(.stringValue($1))) })
      context.metadata = metadata
      return context
    }
  }
}

extension String {
  /// The text in pieces of bounded size, cut between characters.
  fileprivate func pieces(atMost limit: Int) -> [Substring] {
    if utf8.count <= limit { return [self[...]] }
    var pieces: [Substring] = []
    var (start, size) = (startIndex, 0)
    for index in unicodeScalars.indices {
      let width = unicodeScalars[index].utf8.count
      if size + width > limit {
        pieces.append(self[start..<index])
        (start, size) = (index, 0)
      }
      size += width
    }
    return pieces + [self[start...]]
  }
}
