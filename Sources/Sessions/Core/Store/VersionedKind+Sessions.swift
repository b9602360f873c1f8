import Journal

extension VersionedKind {
  /// How sessions keep their versions. How far their logs are is no part of them.
  static let sessions = VersionedKind(
    "session", lock: .session, tables: .init("session", history: "session_version"),
    key: [KeyColumn("session_id")],
    columns: [
      VersionedColumn("create_time", .kept), VersionedColumn("update_time", .updateTime),
      VersionedColumn("delete_time", .deletion),
    ]
      + .values(
        "end_time", "state", "outcome", "title", "owner", "agents", "entities", "metadata", "ttl",
        "max_events", "parent"),
    deletion: .soft)
}
