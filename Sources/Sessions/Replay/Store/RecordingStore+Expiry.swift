import GRPC
import Journal
import Postgres

extension RecordingStore {
  /// Microseconds after its end when a recording's last event is written down: whatever was appended before has committed
  /// or is gone by then.
  private static let grace: Int64 = 5_000_000
  private static let settledAtOnce = 100

  /// Writes down the ends of recordings that have lasted as long as they may, in short transactions. Nothing depends on it
  /// but the cost of reading them: their times decide.
  ///
  /// - Parameter mayGoOn: Asked before each.
  func settle(while mayGoOn: () async -> Bool) async throws(RPCError) {
    let projects = try await database { () async throws(PostgresError) in
      try await pool.read(RecordingQueries.expired, Self.grace).values().compactMap { ProjectID($0) }
    }
    for project in projects {
      while await mayGoOn() {
        let settled = try await database { () async throws(PostgresError) in
          try await pool.write(RecordingQueries.settle, (project, Self.grace, Self.settledAtOnce))
            .rows.affectedCount
        }
        if settled < Self.settledAtOnce { break }
      }
    }
  }
}
