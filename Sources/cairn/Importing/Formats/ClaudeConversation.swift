import CairnAPI
import Wire

/// A conversation of Claude's data export: a list of messages.
enum ClaudeConversation {
  static func contexts(of conversation: JSONValue) -> [ForeignItem] {
    guard let messages = conversation["chat_messages"]?.items else {
      return [.failure(InputError("is no conversation of Claude: it has no `chat_messages`"))]
    }
    var transcript = Transcript(source: "claude", id: conversation.text("uuid") ?? "")
    transcript.title = conversation.text("name") ?? ""
    transcript.created = conversation["created_at"]?.time
    transcript.updated = conversation["updated_at"]?.time
    transcript.messages = messages.compactMap(message)
    return transcript.contexts().map { .success($0) }
  }

  private static func message(_ message: JSONValue) -> Transcript.Message? {
    let parts = message["content"]?.items?.compactMap { $0.text("text") } ?? []
    let said = parts.isEmpty ? message.text("text") ?? "" : parts.joined(separator: "\n\n")
    let attached = (message["attachments"]?.items ?? []).compactMap(attachment)
    let text = ([said] + attached).filter { !$0.isEmpty }.joined(separator: "\n\n")
    if text.isEmpty { return nil }
    let sender = message.text("sender") ?? "unknown"
    return Transcript.Message(speaker: sender.prefix(1).uppercased() + sender.dropFirst(), text: text)
  }

  private static func attachment(_ attachment: JSONValue) -> String? {
    guard let name = attachment.text("file_name", "name") else { return attachment.text("extracted_content") }
    return "[\(name)]\n\n" + (attachment.text("extracted_content") ?? "")
  }
}
