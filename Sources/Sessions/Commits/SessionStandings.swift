import CairnAPI
import GRPC
import Journal
import Postgres
import Wire

/// Whether sessions take something new, for other domains that name them.
package enum SessionStandings {
  static let all: [any CheckedStatement] = [query]

  /// `{session_is_open}`.
  package static let fragments = SQLFragments(PackageResources.open_sessions_sql, including: .journal)

  private static let query = Query<(project: ProjectID, sessions: [String]), Columns>(
    "session_standings", PackageResources.session_standings_sql,
    [.init("project") { $0.project.text }, .init("sessions") { $0.sessions }])

  /// Looks at sessions in a write; locks nothing.
  package static func look(_ sessions: [String], in project: ProjectID) -> BoundStatement {
    query.bind((project, sessions))
  }

  /// Why those of the sessions that take nothing new do not: SESSION_NOT_FOUND, SESSION_DELETED, SESSION_ENDED or
  /// SESSION_EXPIRED.
  ///
  /// - Parameter rows: What ``look(_:in:)`` returned.
  package static func refusals(
    of sessions: [String], _ rows: Rows
  ) throws(PostgresError) -> [TextKey: RPCError] {
    var refusals: [TextKey: RPCError] = [:]
    for session in sessions { refusals[TextKey(session)] = .sessionNotFound(session) }
    let found = try query.results(rows)
    for row in found.rows {
      let id = try row.decode(found.columns.id)
      refusals[TextKey(id)] =
        if try row.decode(found.columns.isDeleted) {
          .sessionDeleted(id)
        } else if try row.decode(found.columns.hasEnded) {
          .sessionEnded(id)
        } else if let time = try row.decode(found.columns.expired) {
          .sessionExpired(id, at: WellKnown.Timestamp(time))
        } else {
          nil
        }
    }
    return refusals
  }

  struct Columns: ColumnLayout {
    let id: Column<String>
    let isDeleted, hasEnded: Column<Bool>
    let expired: Column<PostgresTimestamp?>

    init(_ find: inout ColumnFinder) {
      id = find("session_id")
      isDeleted = find("is_deleted")
      hasEnded = find("has_ended")
      expired = find("expired")
    }
  }
}
