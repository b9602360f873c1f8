import Postgres
import Testing

@testable import Journal

@Suite struct TortureTests {
  @Test("no watcher misses or repeats a row, whatever happens to writers, connections and watchers")
  func exactlyOnce() async throws {
    try await withCluster { cluster in
      let torture = try Torture(cluster)
      try await torture.prepare()
      let logs = try await torture.run(for: .seconds(8))
      let rows = try cluster.connect().query(
        "SELECT position, ordinal, id FROM change ORDER BY position, ordinal")
      let table = try rows.map {
        (
          cursor: Cursor(position: try $0.decode(0), ordinal: try $0.decode(1)),
          id: try $0.decode(2, as: String.self)
        )
      }
      for log in logs {
        #expect(log.mistakes == [])
        let expected = table.filter { log.wants($0.id) }.map(\.cursor)
        let isEqual = log.seen == expected
        #expect(
          isEqual,
          "\(log.manner): \(log.seen.count) of \(expected.count), missed \(missed(expected, log.seen))")
      }
      let positions = try cluster.connect().query("SELECT pg_sequence_last_value('journal_position')").only()
        .decode(0, as: Int64.self)
      print(
        "torture: \(table.count) rows at \(Set(table.map(\.cursor.position)).count) of \(positions) positions, "
          + "cuts \(logs.map(\.cuts)), \(torture.kills) connections ended")
      #expect(table.count > 1000)
      #expect(torture.kills > 50)
      // Of a watcher that goes of its own will, and of the others, whose servers lost their connections.
      #expect(logs.filter { $0.manner == .cutting }.allSatisfy { $0.cuts > 5 })
    }
  }

  private func missed(_ expected: [Cursor], _ seen: [Cursor]) -> [Cursor] {
    Array(Set(expected).subtracting(seen).sorted().prefix(10))
  }
}
