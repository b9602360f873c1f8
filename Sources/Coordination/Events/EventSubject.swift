import Wire

/// What events are watched by: a task, an agent, a queue or a schedule, as the column `subject` has it.
enum EventSubject {
  static func task(_ id: String) -> TextKey { TextKey("task/\(id)") }
  static func agent(_ id: String) -> TextKey { TextKey("agent/\(id)") }
  static func queue(_ id: String) -> TextKey { TextKey("queue/\(id)") }
  static func schedule(_ id: String) -> TextKey { TextKey("schedule/\(id)") }
}

extension CoordinationEventRow {
  /// Whether it is watched by task.
  var isAboutTask: Bool { subject.text.utf8.starts(with: "task/".utf8) }
}
