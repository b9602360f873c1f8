import Postgres

/// The statements on contexts, under the names of their files.
enum ContextQueries {
  static let get = Statement(
    "get_context", PackageResources.get_context_sql,
    merged: Statement("get_context_merged", PackageResources.get_context_merged_sql))
  static let getBasic = Statement(
    "get_context_basic", PackageResources.get_context_basic_sql,
    merged: Statement("get_context_basic_merged", PackageResources.get_context_basic_merged_sql))
  static let getSeveral = Statement("get_contexts", PackageResources.get_contexts_sql)
  static let getSeveralBasic = Statement("get_contexts_basic", PackageResources.get_contexts_basic_sql)
  static let images = Statement("context_images", PackageResources.context_images_sql)
  static let getAsOf = Statement("get_context_as_of", PackageResources.get_context_as_of_sql)
  static let getSeveralAsOf = Statement("get_contexts_as_of", PackageResources.get_contexts_as_of_sql)
  static let findIDs = Statement("find_context_ids", PackageResources.find_context_ids_sql)
  static let findCreated = Statement("find_created_context", PackageResources.find_created_context_sql)

  static let waitForContext = Statement("wait_for_context", PackageResources.wait_for_context_sql)
  static let create = Statement("create_context", PackageResources.create_context_sql, including: [.draw])
  static let insert = Statement("insert_contexts", PackageResources.insert_contexts_sql)
  static let lock = Statement("lock_contexts", PackageResources.lock_contexts_sql)
  static let update = Statement("update_context", PackageResources.update_context_sql)
  static let updateSeveral = Statement("update_contexts", PackageResources.update_contexts_sql)
  static let overwrite = Statement("overwrite_contexts", PackageResources.overwrite_contexts_sql)
  static let delete = Statement("delete_contexts", PackageResources.delete_contexts_sql)
  static let undelete = Statement("undelete_contexts", PackageResources.undelete_contexts_sql)

  static let list = QueryFragments(String(decoding: PackageResources.list_contexts_sql, as: UTF8.self))
  static let deferWords = Statement("defer_words", PackageResources.defer_words_sql)
  static let finishWords = Statement("finish_words", PackageResources.finish_words_sql)
  static let settleWords = Statement("settle_words", PackageResources.settle_words_sql)
  static let unfinishedWords = Statement("unfinished_words", PackageResources.unfinished_words_sql)
  /// Those of watches with a filter, and of lists the conditions.
  static let watch = QueryFragments(
    String(decoding: PackageResources.list_contexts_sql + PackageResources.watch_contexts_sql, as: UTF8.self)
  )
}
