import EventLoop
import GRPC
import Patience
import Postgres
import TestSupport

@testable import Journal

/// History written behind the server's back: a change a second, of every project, from an hour ago on.
/// Sendable because one task at a time uses its connection.
struct TestHistory: @unchecked Sendable {
  let connection: BlockingConnection
  /// Of the project `default`: positions, and when they were written, in microseconds before or after its beginning.
  private(set) var changes: [(position: Int64, at: PostgresTimestamp)] = []

  /// - Parameters:
  ///   - count: Changes of each project.
  ///   - gap: Most positions from one change to the next.
  ///   - crossing: Seconds by which times may be out of order.
  init(
    _ connection: BlockingConnection, count: Int, gap: Int64 = 4, crossing: ClosedRange<Double> = 0...0,
    projects: [String] = ["default"]
  ) throws {
    self.connection = connection
    var position: Int64 = 0
    var times: [Double] = []
    var positions: [Int64] = []
    for number in 0..<count {
      position += .random(in: 1...gap)
      positions.append(position)
      times.append(Double(number) + .random(in: crossing))
    }
    for project in projects {
      try connection.query(
        "INSERT INTO project (project_id) VALUES ($1) ON CONFLICT DO NOTHING", [project])
      try connection.query(
        """
        INSERT INTO change (project_id, position, ordinal, at, principal, operation, kind, id, action)
        SELECT $1, position, ordinal, now() - interval '1 hour' + seconds * interval '1 second', '', '', '', '', ''
        FROM unnest($2::bigint[], $3::float8[]) AS item (position, seconds), generate_series(0, 1) AS ordinal
        """, [project, positions, times])
    }
    try connection.query("SELECT setval('journal_position', $1)", [position])
    for row in try connection.query(
      "SELECT position, at FROM change WHERE project_id = 'default' AND ordinal = 0 ORDER BY position")
    {
      changes.append((try row.decode(0), try row.decode(1)))
    }
  }

  /// Has a project keep history for so many seconds; nil: for ever.
  func keep(_ seconds: Double?, in project: String = "default") throws {
    try connection.query(
      "UPDATE project SET history_retention = $2::float8 * 1e6 WHERE project_id = $1", [project, seconds])
  }

  func horizon(of project: String = "default") throws -> Int64 {
    try connection.query(
      "SELECT coalesce(max(position), 0) FROM horizon WHERE project_id = $1", [project]
    ).only().decode(0)
  }

  /// Positions of a project whose changes are there.
  func left(in project: String = "default") throws -> [Int64] {
    try connection.query(
      "SELECT DISTINCT position FROM change WHERE project_id = $1 ORDER BY position", [project]
    ).map { try $0.decode(0) }
  }
}

extension TestServer {
  /// What the duty does, with nobody to wait for.
  var pruning: Pruning {
    var configuration = JournalConfiguration()
    configuration.pruneGrace = .zero
    return Pruning(pool: pool, ticker: journal.ticker, loop: loop, configuration: configuration)
  }

  func settled(_ position: Int64) async throws(RPCError) {
    try await journal.settle(position, until: .now + .seconds(20), on: loop)
  }
}
