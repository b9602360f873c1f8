import CairnAPI
import Journal
import Postgres

/// The statements that replays read with beside those of logs, under the names of their files.
enum ReplayQueries {
  static let all: [any CheckedStatement] = [snapshot, place, sequence]

  static let snapshot = Query<SnapshotPlace, SnapshotColumns>(
    "replay_snapshot", PackageResources.replay_snapshot_sql, including: LogQueries.fragments,
    [
      .init("project") { $0.project.text }, .init("session") { $0.session },
      .init("sequence") { $0.sequence }, .init("position") { $0.position },
    ])
  static let place = Query<(project: ProjectID, session: String, sequence: Int64), PlaceColumns>(
    "replay_place", PackageResources.replay_place_sql, including: LogQueries.fragments,
    [
      .init("project") { $0.project.text }, .init("session") { $0.session },
      .init("sequence") { $0.sequence },
    ])
  static let sequence = Query<TimeInWindow, OneColumn<Int64>>(
    "sequence_at", PackageResources.sequence_at_sql,
    [
      .init("project") { $0.project.text },
      .init("session") { $0.window.session },
      .init("first") { $0.window.from },
      .init("last") { $0.window.to },
      .init("time") { PostgresTimestamp(microseconds: $0.time) },
    ])

  typealias SnapshotPlace = (project: ProjectID, session: String, sequence: Int64, position: Int64?)
  typealias TimeInWindow = (project: ProjectID, window: ReplayWindow, time: Int64)

  /// The columns of `replay_snapshot`.
  struct SnapshotColumns: ColumnLayout {
    let state: Column<Int32>
    let agents: Column<[String]>
    let metadata: Column<JSONB?>

    init(_ find: inout ColumnFinder) {
      state = find("state")
      agents = find("agents")
      metadata = find("metadata")
    }
  }

  /// The columns of `replay_place`.
  struct PlaceColumns: ColumnLayout {
    let sequence: Column<Int64>
    let at: Column<PostgresTimestamp>

    init(_ find: inout ColumnFinder) {
      sequence = find("sequence")
      at = find("at")
    }
  }
}
