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

extension ContextStores {
  /// The kinds of this domain, as these stores keep them.
  var kinds: [VersionedKind] {
    let words = contexts.words
    var kind = VersionedKind.contexts
    kind.parameter = contexts.retentionSeconds
    kind.prologue = [ContextQueries.deferWords.bind()]
    kind.afterwards = { ids, project in await words.finish(WrittenTexts(deferred: ids), in: project) }
    return [kind, .relationships, .templates]
  }
}
