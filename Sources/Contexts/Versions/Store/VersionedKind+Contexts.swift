import Journal

extension VersionedKind {
  /// How contexts keep their versions: by themselves (`context_follow`), contents of more than 2 KiB apart, so that former
  /// rows are read whole through `context_past`.
  static let contexts = VersionedKind(
    "context", lock: .context,
    tables: .init("context", history: "context_version", past: "context_past", keepsHistory: true),
    key: [KeyColumn("context_id")],
    columns: [
      VersionedColumn("create_time", .kept), VersionedColumn("update_time", .updateTime),
      VersionedColumn("delete_time", .deletion),
    ] + .values("type", "status", "title", "media_type", "owner", "session", "tags", "metadata") + [
      VersionedColumn("expire_time", .computed), VersionedColumn("purge_time", .deletion),
      VersionedColumn("memory", .value), VersionedColumn("content", .computed),
      VersionedColumn("data", .computed), VersionedColumn("number", .kept),
      VersionedColumn("payload_from", .apart),
    ],
    deletion: .soft, rules: VersionRules(PackageResources.context_rules_sql))
}

extension ContextStore {
  /// The kinds of this domain, as this store keeps them.
  var kinds: [VersionedKind] {
    var contexts = VersionedKind.contexts
    contexts.parameter = retentionSeconds
    contexts.prologue = [ContextQueries.deferWords.bind([])]
    contexts.afterwards = { ids, project in await words.finish(WrittenTexts(deferred: ids), in: project) }
    return [contexts, .relationships, .templates]
  }
}
