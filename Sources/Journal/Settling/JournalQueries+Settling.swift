import Postgres

extension JournalQueries {
  static let settling: [any CheckedStatement] = [
    takeTransaction, readSnapshot, flushLog, notifySettled, oldestTransaction, endFrozen,
  ]

  static let takeTransaction = Query<Void, TransactionColumns>(
    "take_transaction", PackageResources.take_transaction_sql)
  static let readSnapshot = Query<Void, SnapshotColumns>("read_snapshot", PackageResources.read_snapshot_sql)
  static let flushLog = Query<Void, NoColumns>("flush_log", PackageResources.flush_log_sql)
  static let notifySettled = Query<Int64, NoColumns>(
    "notify_settled", PackageResources.notify_settled_sql, [.init("position") { String($0) }])
  static let oldestTransaction = Query<Void, SettleStatus.Blocker.Columns>(
    "oldest_transaction", PackageResources.oldest_transaction_sql)
  /// Given how many seconds without a sign of life are too many.
  static let endFrozen = Query<Double, NoColumns>(
    "end_frozen", PackageResources.end_frozen_sql, [.init("seconds") { $0 }])

  struct TransactionColumns: ColumnLayout {
    let id: Column<Int64>
    let log: Column<Int64>

    init(_ find: inout ColumnFinder) {
      id = find("id")
      log = find("log")
    }
  }

  struct SnapshotColumns: ColumnLayout {
    let oldest: Column<Int64>
    let flushed: Column<Int64>

    init(_ find: inout ColumnFinder) {
      oldest = find("oldest")
      flushed = find("flushed")
    }
  }
}
