import Journal

extension VersionedKind {
  /// How projects keep their versions: the settings that callers make. What is deleted stays deleted, and its versions go
  /// with all that it held.
  static let projects = VersionedKind(
    "project", lock: .project, tables: .init("project", history: "project_version"),
    key: [KeyColumn("project_id")],
    columns: [VersionedColumn("create_time", .kept)]
      + .values("title", "search_language", "history_retention") + [
        VersionedColumn("create_position", .excluded), VersionedColumn("delete_time", .excluded),
        VersionedColumn("delete_position", .excluded), VersionedColumn("purge_time", .excluded),
      ],
    deletion: .never)
}
