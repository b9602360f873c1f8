import Wire

/// What events are watched by: a task or an agent, as the column `subject` has it.
enum EventSubject {
  static func task(_ id: String) -> TextKey { TextKey("task/\(id)") }
  static func agent(_ id: String) -> TextKey { TextKey("agent/\(id)") }
}

extension CoordinationEventRow {
  /// Whether it is watched by task.
  var isAboutTask: Bool { subject.text.utf8.starts(with: "task/".utf8) }
}
