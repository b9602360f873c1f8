import Journal

extension VersionedKind {
  /// How templates keep their versions.
  static let templates = VersionedKind(
    "template", lock: .template, tables: .init("template", history: "template_version"),
    key: [KeyColumn("template_id")],
    columns: [
      VersionedColumn("create_time", .kept), VersionedColumn("update_time", .updateTime),
      VersionedColumn("delete_time", .deletion), VersionedColumn("definition", .value),
    ],
    deletion: .soft)
}
