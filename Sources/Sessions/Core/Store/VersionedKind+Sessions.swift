import Journal
import Postgres

extension VersionedKind {
  /// How sessions keep their versions. How far their logs are is no part of them.
  static let sessions: VersionedKind = {
    var kind = VersionedKind(
      "session", lock: .session, tables: .init("session", history: "session_version"),
      key: [KeyColumn("session_id")],
      columns: [
        VersionedColumn("create_time", .kept), VersionedColumn("update_time", .updateTime),
        VersionedColumn("delete_time", .deletion),
        VersionedColumn("fork_sequence", .kept), VersionedColumn("is_purged", .kept),
        VersionedColumn("root", .excluded), VersionedColumn("depth", .excluded),
      ]
        + .values(
          "end_time", "state", "outcome", "title", "owner", "agents", "entities", "metadata", "ttl",
          "max_events", "checkpoint_interval", "checkpoint_id", "parent"),
      deletion: .soft, rules: VersionRules(PackageResources.session_rules_sql))
    kind.locks = { ids, project in
      [WriteLock(.session, rows: ids, [SessionQueries.lockHeads.bind((project, ids))])]
    }
    return kind
  }()
}

extension SessionStore {
  /// Sessions as a kind: those that a write-back has opened again expire, too.
  var kind: VersionedKind {
    var kind = VersionedKind.sessions
    kind.afterwards = { [pool] ids, project in
      // The time of the look alone: what fails is left to who appends, who compares the times itself.
      _ = try? await pool.write(ExpiryQueries.lookAgain, (project, ids))
    }
    return kind
  }
}
