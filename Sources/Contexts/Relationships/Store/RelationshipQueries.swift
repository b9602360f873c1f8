import Postgres

/// The statements on relationships, under the names of their files.
enum RelationshipQueries {
  static let lock = Statement("lock_relationships", PackageResources.lock_relationships_sql)
  static let contextStates = Statement("find_context_states", PackageResources.find_context_states_sql)
  static let contextStatesAsOf = Statement(
    "find_context_states_as_of", PackageResources.find_context_states_as_of_sql)
  static let contextsThere = Statement("find_contexts_there", PackageResources.find_contexts_there_sql)
  static let images = Statement("relationship_images", PackageResources.relationship_images_sql)
  static let find = Statement("find_relationships", PackageResources.find_relationships_sql)
  static let containers = Statement("find_containers", PackageResources.find_containers_sql)
  static let insert = Statement("insert_relationships", PackageResources.insert_relationships_sql)
  static let update = Statement("update_relationships", PackageResources.update_relationships_sql)
  static let end = Statement("end_relationships", PackageResources.end_relationships_sql)
  static let lockPurged = Statement(
    "lock_purged_relationships", PackageResources.lock_purged_relationships_sql)
  static let purgeVersions = Statement(
    "purge_relationship_versions", PackageResources.purge_relationship_versions_sql)

  static let list = QueryFragments(
    text(PackageResources.list_relationships_sql), text(PackageResources.relationship_conditions_sql))
  static let walk = QueryFragments(
    text(PackageResources.walk_relationships_sql), text(PackageResources.relationship_conditions_sql),
    text(PackageResources.list_contexts_sql))

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
