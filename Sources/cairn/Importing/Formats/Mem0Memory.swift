import CairnAPI
import Wire

/// Memories as mem0 lists them: a list, or an object with the list in `results` or `memories`.
enum Mem0Memory {
  static func contexts(of value: JSONValue) -> [ForeignItem] {
    if let list = (value["results"] ?? value["memories"])?.items { return list.map(context) }
    return [context(of: value)]
  }

  private static func context(of memory: JSONValue) -> ForeignItem {
    guard let text = memory.text("memory", "text", "content", "data") else {
      return .failure(InputError("is no memory: it has no text in `memory`"))
    }
    var context = Context()
    context.id = memory.text("id") ?? ""
    context.type = .memory
    context.title = String(text.prefix(100)).title(otherwise: "Memory")
    context.content = text
    context.owner = memory.text("user_id") ?? ""
    context.session = memory.text("run_id") ?? ""
    context.tags = (memory["categories"]?.items ?? []).compactMap(\.text).unique
    context.createTime = memory["created_at"]?.time
    context.updateTime = memory["updated_at"]?.time
    var metadata = memory["metadata"].flatMap { try? WellKnown.Struct($0) } ?? WellKnown.Struct()
    metadata.fields["source"] = metadata.fields["source"] ?? WellKnown.Value(.stringValue("mem0"))
    for name in ["agent_id", "app_id", "actor_id"] {
      if let value = memory.text(name) { metadata.fields[name] = WellKnown.Value(.stringValue(value)) }
    }
    context.metadata = metadata
    return .success(context)
  }
}
