import CairnAPI
import Postgres

/// The statements on memories, under the names of their files.
enum MemoryQueries {
  static let all: [any CheckedStatement] = [end]

  static let end = Query<IDsInProject, Context.Columns>(
    "end_memories", PackageResources.end_memories_sql, including: .contexts, CommonParameters.ids)

  /// What searches find, weighed.
  static let recall = ComposedQuery<WeighedMemories.Columns>(
    "recall_memories",
    SQLFragments(PackageResources.recall_memories_sql, including: SearchQueries.search.fragments))
}
