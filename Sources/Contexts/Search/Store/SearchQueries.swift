import Postgres

/// The statements of searches and of the text index, under the names of their files.
enum SearchQueries {
  static let statistics = Statement("search_statistics", PackageResources.search_statistics_sql)
  static let count = Statement("count_contexts", PackageResources.count_contexts_sql)
  static let renewWords = Statement("renew_words", PackageResources.renew_words_sql)
  static let renewOtherWords = Statement("renew_other_words", PackageResources.renew_other_words_sql)
  static let awaitTransactions = Statement("await_transactions", PackageResources.await_transactions_sql)
  static let search = QueryFragments(String(decoding: PackageResources.search_contexts_sql, as: UTF8.self))
}
