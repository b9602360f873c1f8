import CairnAPI
import Wire

/// A conversation of ChatGPT's data export: a tree of messages, of which the branch that was shown last is
/// taken.
enum ChatGPTConversation {
  static func contexts(of conversation: JSONValue) -> [ForeignItem] {
    guard case .object(let nodes)? = conversation["mapping"] else {
      return [.failure(InputError("is no conversation of ChatGPT: it has no `mapping`"))]
    }
    var transcript = Transcript(source: "chatgpt", id: conversation.text("conversation_id", "id") ?? "")
    transcript.title = conversation.text("title") ?? ""
    transcript.created = conversation["create_time"]?.time
    transcript.updated = conversation["update_time"]?.time
    if let model = conversation.text("default_model_slug") { transcript.metadata["model"] = model }
    let byID = Dictionary(nodes.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    transcript.messages = branch(to: conversation.text("current_node"), byID).compactMap(message)
    return transcript.contexts().map { .success($0) }
  }

  /// The messages from the root to `last`, or to the newest one when none is said.
  private static func branch(to last: String?, _ nodes: [String: JSONValue]) -> [JSONValue] {
    let newest = nodes.max { time($0.value) < time($1.value) }?.key
    var messages: [JSONValue] = []
    var seen: Set<String> = []
    var next = last ?? newest
    while let id = next, let node = nodes[id], seen.insert(id).inserted {
      if let message = node["message"] { messages.append(message) }
      next = node.text("parent")
    }
    return messages.reversed()
  }

  private static func time(_ node: JSONValue) -> Double { node["message"]?["create_time"]?.number ?? 0 }

  /// Nil for what was not shown, or is empty.
  private static func message(_ message: JSONValue) -> Transcript.Message? {
    if message["metadata"]?["is_visually_hidden_from_conversation"] == .bool(true) { return nil }
    guard let content = message["content"] else { return nil }
    let parts = content["parts"]?.items?.map(text) ?? []
    let text = (parts + [content.text("text", "result") ?? ""]).filter { !$0.isEmpty }.joined(
      separator: "\n\n")
    let role = message["author"]?.text("role") ?? "unknown"
    if text.isEmpty { return nil }
    return Transcript.Message(speaker: role.prefix(1).uppercased() + role.dropFirst(), text: text)
  }

  private static func text(_ part: JSONValue) -> String {
    if let text = part.text { return text }
    return part.text("text") ?? part.text("content_type").map { "[\($0)]" } ?? ""
  }
}
