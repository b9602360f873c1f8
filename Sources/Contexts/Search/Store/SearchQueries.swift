import Journal
import Postgres

/// The statements of searches and of the text index, under the names of their files.
enum SearchQueries {
  static let all: [any CheckedStatement] = [
    statistics, count, renewWords, renewOtherWords, awaitTransactions,
  ]

  static let statistics = Query<ProjectID, StatisticsColumns>(
    "search_statistics", PackageResources.search_statistics_sql, [CommonParameters.project])
  static let count = Query<ProjectID, OneColumn<Int64>>(
    "count_contexts", PackageResources.count_contexts_sql, [CommonParameters.project])
  static let renewWords = Query<RenewedWords<String>, RenewedColumns>(
    "renew_words", PackageResources.renew_words_sql,
    [
      .init("project") { $0.project.text },
      .init("after") { $0.after },
      .init("limit") { $0.limit },
      .init("bytes") { $0.bytes },
    ])
  static let renewOtherWords = Query<RenewedWords<Int64>, RenewedOtherColumns>(
    "renew_other_words", PackageResources.renew_other_words_sql,
    [
      .init("project") { $0.project.text },
      .init("after") { $0.after },
      .init("limit") { $0.limit },
      .init("bytes") { $0.bytes },
    ])
  static let awaitTransactions = Query<Int64, OneColumn<Bool>>(
    "await_transactions", PackageResources.await_transactions_sql, [.init("transaction") { $0 }])
  static let search = ComposedQuery<SearchColumns>(
    "search_contexts", SQLFragments(PackageResources.search_contexts_sql, including: .contexts))

  /// Words are made anew of so many contexts behind one, until their texts have so many bytes.
  typealias RenewedWords<Place> = (project: ProjectID, after: Place, limit: Int, bytes: Int64)

  struct RenewedColumns: ColumnLayout {
    let renewed, transaction: Column<Int64>
    let last: Column<String?>

    init(_ find: inout ColumnFinder) {
      renewed = find("renewed")
      last = find("last")
      transaction = find("transaction")
    }
  }

  struct RenewedOtherColumns: ColumnLayout {
    let renewed: Column<Int64>
    let last: Column<Int64?>

    init(_ find: inout ColumnFinder) {
      renewed = find("renewed")
      last = find("last")
    }
  }

  struct StatisticsColumns: ColumnLayout {
    let documents, indexed, bytes, lexemes, outdated: Column<Int64>
    let searchLanguage: Column<String>

    init(_ find: inout ColumnFinder) {
      documents = find("documents")
      indexed = find("indexed")
      bytes = find("bytes")
      lexemes = find("lexemes")
      outdated = find("outdated")
      searchLanguage = find("search_language")
    }
  }
}
