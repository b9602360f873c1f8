import Postgres

/// The statements on memories, under the names of their files.
enum MemoryQueries {
  static let end = Statement("end_memories", PackageResources.end_memories_sql)

  static let recall = QueryFragments(
    String(decoding: PackageResources.search_contexts_sql, as: UTF8.self),
    String(decoding: PackageResources.recall_memories_sql, as: UTF8.self))
}
