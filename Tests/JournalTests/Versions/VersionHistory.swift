import GRPC
import Patience
import Postgres
import TestSupport
import Testing

@testable import Journal

/// A random history of a test kind, and what its rows were at each position.
///
/// Confined to one loop.
final class VersionHistory: @unchecked Sendable {
  let test: TestKind
  let server: TestServer
  private(set) var rows: TestRows = [:]
  /// After each write, in the order of positions.
  private(set) var moments: [(moment: Moment, rows: TestRows)] = [
    (Moment(position: 0, time: .negativeInfinity), [:])
  ]
  var random: SeededGenerator

  init(_ test: TestKind, _ server: TestServer, seed: UInt64) {
    self.test = test
    self.server = server
    random = SeededGenerator(seed: seed)
  }

  var positions: [Int64] { moments.map(\.moment.position) }

  func rows(at position: Int64) -> TestRows { moments.last { $0.moment.position <= position }!.rows }

  /// Writes of one to three resources each.
  func grow(by count: Int) async throws {
    for _ in 0..<count {
      var statements: [BoundStatement] = []
      var changes: [ChangeRecord] = []
      for id in test.ids.shuffled(using: &random).prefix(Int.random(in: 1...3, using: &random)) {
        let before = rows[id] ?? [:]
        let change = test.change(id, before, &random)
        if !change.superseded.isEmpty {
          statements += test.kind.superseding(rows: test.rows(id, parts: change.superseded), in: .default)
        }
        statements += change.statements
        rows[id] = change.rows
        changes.append(
          ChangeRecord(kind: test.kind.name, id: id, action: "written", oldVersion: nil, newVersion: nil))
      }
      let plan = WritePlan((), statements: statements, changes: changes)
      let result = try await server.journal.write(in: .test) { _ throws(RPCError) in plan }
      let stamp = try #require(result.written?.stamp)
      moments.append((Moment(position: stamp.position, time: stamp.at), rows))
    }
  }

  /// Notes what a write-back has made of the rows.
  func note(_ rows: TestRows, _ stamp: Stamp) {
    self.rows = rows
    moments.append((Moment(position: stamp.position, time: stamp.at), rows))
  }

  /// What the database says the rows of resources were.
  func read(at position: Int64, _ ids: [String]) async throws -> TestRows {
    let statement = test.kind.images(at: position, keys: test.kind.keys(ids), in: .default)
    var found: TestRows = [:]
    for row in try await server.pool.query(statement.statement, statement.parameters) {
      let (id, part, state) = try test.read(row)
      let place: Int = try row.decode(8)
      #expect(ids[place] == id)
      found[id, default: [:]][part] = state
    }
    return found
  }

  /// What the journal says differs between two moments, by resource, in pages of so many changes.
  func differences(
    from earlier: Moment, to later: Moment, limit: Int
  ) async throws -> [String: [ExpectedDifference]] {
    var found: [String: [ExpectedDifference]] = [:]
    var cursor: DifferenceCursor?
    repeat {
      let page = try await server.journal.differences(
        of: [test.kind], from: earlier, to: later, in: .default, after: cursor, limit: limit)
      for difference in page.differences {
        found[difference.id, default: []].append(ExpectedDifference(difference))
      }
      cursor = page.next
    } while cursor != nil
    return found
  }
}

extension TestRows {
  /// Of some resources, without those that have no rows.
  func only(_ ids: [String]) -> TestRows {
    filter { !$0.value.isEmpty && ids.contains($0.key) }
  }

  /// Without what only the writes know, and without resources that are deleted.
  var values: [String: [String: [String]]] {
    mapValues { $0.filter { !$0.value.isDeleted }.mapValues(\.values) }.filter { !$0.value.isEmpty }
  }
}
