import CairnAPI
import GRPC
import Journal

extension VersionedKind {
  /// How relationships keep their versions. One that ended stays beside the next one with the same key, so the end is part
  /// of the row and not of the resource.
  static let relationships: VersionedKind = {
    var kind = VersionedKind(
      "relationship", lock: .relationship, tables: .init("relationship", history: "relationship_version"),
      key: [KeyColumn("from_id"), KeyColumn("kind", .smallint), KeyColumn("name"), KeyColumn("to_id")],
      part: [KeyColumn("valid_to", .timestamp)],
      columns: [
        VersionedColumn("valid_from", .value), VersionedColumn("create_time", .kept),
        VersionedColumn("update_time", .updateTime),
      ] + .values("weight", "metadata"),
      planned: ["valid_from"], deletion: .removal, actions: .init(returned: "created", removed: "removed"),
      rules: VersionRules(PackageResources.relationship_rules_sql))
    kind.keys = { ids in ids.map { RelationshipKey(text: $0) ?? .none }.columns }
    kind.locks = { ids, project in
      let keys = ids.map { RelationshipKey(text: $0) ?? .none }
      let locks = RelationshipLocks(keys, project, containing: keys.contains { $0.kind == .contains })
      return [WriteLock(.relationship, rows: locks.rows, [locks.statement])]
    }
    kind.check = WriteBackCheck(looks: ContainmentCheck.looks) { rows, looks throws(RPCError) in
      try ContainmentCheck(rows, looks)?.refused ?? []
    }
    return kind
  }()
}
