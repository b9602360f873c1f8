import Postgres

/// The statements of `Queries/`, under the names of their files.
enum JournalQueries {
  static let lockProjectShared = Statement("lock_project_shared", PackageResources.lock_project_shared_sql)
  static let lockRequest = Statement("lock_request", PackageResources.lock_request_sql)
  static let lockLease = Statement("lock_lease", PackageResources.lock_lease_sql)
  static let findLease = Statement("find_lease", PackageResources.find_lease_sql)
  static let drawPosition = Statement("draw_position", PackageResources.draw_position_sql)
  static let lastPosition = Statement("last_position", PackageResources.last_position_sql)
  static let recordChanges = Statement("record_changes", PackageResources.record_changes_sql)

  static let findRequest = Statement("find_request", PackageResources.find_request_sql)
  static let storeRequest = Statement("store_request", PackageResources.store_request_sql)
  static let storeRefusals = Statement("store_refusals", PackageResources.store_refusals_sql)
  static let forgetRequest = Statement("forget_request", PackageResources.forget_request_sql)
  static let sweepRequests = Statement("sweep_requests", PackageResources.sweep_requests_sql)

  static let takeTransaction = Statement("take_transaction", PackageResources.take_transaction_sql)
  static let readSnapshot = Statement("read_snapshot", PackageResources.read_snapshot_sql)
  static let flushLog = Statement("flush_log", PackageResources.flush_log_sql)
  static let notifySettled = Statement("notify_settled", PackageResources.notify_settled_sql)
  static let oldestTransaction = Statement("oldest_transaction", PackageResources.oldest_transaction_sql)

  static let endFrozen = Statement("end_frozen", PackageResources.end_frozen_sql)

  static let takeDuty = Statement("take_duty", PackageResources.take_duty_sql)
  static let leaveDuty = Statement("leave_duty", PackageResources.leave_duty_sql)

  static let findMoment = Statement("find_moment", PackageResources.find_moment_sql)
  static let readTokenKey = Statement("read_token_key", PackageResources.read_token_key_sql)
  static let readJournal = Statement("read_journal", PackageResources.read_journal_sql)
  static let extendJournal = Statement("extend_journal", PackageResources.extend_journal_sql)
  static let pageChanges = Statement("page_changes", PackageResources.page_changes_sql)
  static let tailChanges = Statement("tail_changes", PackageResources.tail_changes_sql)

  static let projectState = Statement("project_state", PackageResources.project_state_sql)
  static let projectIDs = Statement("project_ids", PackageResources.project_ids_sql)
  static let deletedProjects = Statement("deleted_projects", PackageResources.deleted_projects_sql)

  static let beginOperation = Statement("begin_operation", PackageResources.begin_operation_sql)
  static let findOperation = Statement("find_operation", PackageResources.find_operation_sql)
  static let claimOperations = Statement("claim_operations", PackageResources.claim_operations_sql)
  static let holdOperation = Statement("hold_operation", PackageResources.hold_operation_sql)
  static let advanceOperation = Statement("advance_operation", PackageResources.advance_operation_sql)
  static let leaveOperation = Statement("leave_operation", PackageResources.leave_operation_sql)
  static let failOperation = Statement("fail_operation", PackageResources.fail_operation_sql)
  static let cancelOperation = Statement("cancel_operation", PackageResources.cancel_operation_sql)
  static let listOperations = QueryFragments(
    String(decoding: PackageResources.list_operations_sql, as: UTF8.self))
}

/// The schema of this module, for the migrator.
package enum JournalMigrations {
  /// What the server does with the tables: history is only added to.
  package static let rights = [
    TableRights("change", .insert),
    TableRights("journal"),
    TableRights("journal_history"),
    TableRights("journal_token_key"),
    TableRights("journal_duty", .insert, .update, .delete),
    TableRights("lease", .insert, .update, .delete),
    TableRights("operation", .insert, .update),
    TableRights("project", .insert, .update),
    TableRights("request", .insert, .update, .delete),
  ]

  package static let all = [
    Migration(module: "journal", file: "m0001_journal", PackageResources.m0001_journal_sql),
    Migration(module: "journal", file: "m0002_moments", PackageResources.m0002_moments_sql),
    Migration(module: "journal", file: "m0003_operations", PackageResources.m0003_operations_sql),
    Migration(module: "journal", file: "m0004_duties", PackageResources.m0004_duties_sql),
    Migration(module: "journal", file: "m0005_token_key", PackageResources.m0005_token_key_sql),
    Migration(module: "journal", file: "m0010_first_look", PackageResources.m0010_first_look_sql),
    Migration(module: "journal", file: "m0011_leases", PackageResources.m0011_leases_sql),
    Migration(module: "journal", file: "m0020_operation_lanes", PackageResources.m0020_operation_lanes_sql),
    Migration(module: "journal", file: "m0021_project_deletion", PackageResources.m0021_project_deletion_sql),
  ]
}

extension SQLFragment {
  /// `{draw}`: how a statement that is a whole write draws its position.
  package static let draw = SQLFragment("draw", PackageResources.draw_sql)
}
