import Postgres

extension JournalQueries {
  static let horizon: [any CheckedStatement] = [
    advanceHorizon, keepHorizon, newestHorizon, pendingHorizons, projectsWithRetention, pruneHistory,
    dropPartition,
    takeHold, holdAt, holdHere, releaseHold, sweepOperations, sweepLeases, sweepHolds,
  ]

  static let advanceHorizon = Query<(project: String, settled: Int64), OneColumn<Bool>>(
    "advance_horizon", PackageResources.advance_horizon_sql,
    [.init("project") { $0.project }, .init("settled") { $0.settled }])
  static let keepHorizon = Query<ProjectID, OneColumn<Int64>>(
    "keep_horizon", PackageResources.keep_horizon_sql, [.init("project") { $0.text }])
  static let newestHorizon = Query<[String], OneColumn<Int64>>(
    "newest_horizon", PackageResources.newest_horizon_sql, [.init("projects") { $0 }])
  static let pendingHorizons = Query<Int64, PendingColumns>(
    "pending_horizons", PackageResources.pending_horizons_sql, [.init("limit") { $0 }])
  static let projectsWithRetention = Query<(after: String, limit: Int64), OneColumn<String>>(
    "projects_with_retention", PackageResources.projects_with_retention_sql,
    [.init("after") { $0.after }, .init("limit") { $0.limit }])
  static let pruneHistory = Query<(project: String, through: Int64), OneColumn<Bool>>(
    "prune_history", PackageResources.prune_history_sql,
    [.init("project") { $0.project }, .init("through") { $0.through }])
  static let dropPartition = Query<Int64, OneColumn<Bool>>(
    "drop_partition", PackageResources.drop_partition_sql, [.init("settled") { $0 }])

  struct PendingColumns: ColumnLayout {
    let project: Column<String>
    let position: Column<Int64>

    init(_ find: inout ColumnFinder) {
      project = find("project_id")
      position = find("position")
    }
  }
}

extension JournalQueries {
  static let takeHold = Query<(name: HoldName, position: Int64?, seconds: Double), HoldColumns>(
    "take_hold", PackageResources.take_hold_sql,
    parameters(HoldName.parameters) { $0.name } + [
      .init("position") { $0.position },
      .init("seconds") { $0.seconds },
    ])
  static let holdAt = Query<(name: HoldName, position: Int64), NoColumns>(
    "hold_at", PackageResources.hold_at_sql,
    parameters(HoldName.parameters) { $0.name } + [.init("position") { $0.position }])
  static let holdHere = Query<HoldName, NoColumns>(
    "hold_here", PackageResources.hold_here_sql, HoldName.parameters)
  static let releaseHold = Query<(project: ProjectID, id: String), NoColumns>(
    "release_hold", PackageResources.release_hold_sql,
    [.init("project") { $0.project.text }, .init("id") { $0.id }])

  /// Whose hold it is, and what for.
  struct HoldName: Sendable {
    let project: ProjectID
    let id: String
    let kind: Hold.Kind

    fileprivate static let parameters: [Parameter<HoldName>] = [
      .init("project") { $0.project.text },
      .init("id") { $0.id },
      .init("kind") { $0.kind.rawValue },
    ]
  }

  struct HoldColumns: ColumnLayout {
    let position: Column<Int64>
    let pruned: Column<Int64>

    init(_ find: inout ColumnFinder) {
      position = find("position")
      pruned = find("pruned")
    }
  }
}

extension JournalQueries {
  /// What ended so many seconds ago.
  typealias SweepInput = (project: String, seconds: Double, limit: Int64)

  static let sweepOperations = Query<SweepInput, NoColumns>(
    "sweep_operations", PackageResources.sweep_operations_sql, sweepParameters)
  static let sweepLeases = Query<SweepInput, NoColumns>(
    "sweep_leases", PackageResources.sweep_leases_sql, sweepParameters)
  static let sweepHolds = Query<(project: String, limit: Int64), NoColumns>(
    "sweep_holds", PackageResources.sweep_holds_sql,
    [.init("project") { $0.project }, .init("limit") { $0.limit }])

  private static let sweepParameters: [Parameter<SweepInput>] = [
    .init("project") { $0.project },
    .init("seconds") { $0.seconds },
    .init("limit") { $0.limit },
  ]
}
