import Patience
import Postgres
import TestSupport
import Testing

@testable import Journal

/// Kinds of the tests' own: cards, which are deleted softly, and ties, which are removed, and of which a resource may have
/// several rows.
enum TestKinds {
  static let card = VersionedKind(
    "card", lock: LockKind("card", rank: 1_010), tables: .init("card", history: "card_version"),
    key: [KeyColumn("card_id")],
    columns: [
      VersionedColumn("create_time", .kept), VersionedColumn("update_time", .updateTime),
      VersionedColumn("delete_time", .deletion),
    ] + .values("title", "size"),
    deletion: .soft)

  static let tie: VersionedKind = {
    var kind = VersionedKind(
      "tie", lock: LockKind("tie", rank: 1_020), tables: .init("tie", history: "tie_version"),
      key: [KeyColumn("source"), KeyColumn("sort", .smallint)], part: [KeyColumn("until", .timestamp)],
      columns: [VersionedColumn("create_time", .kept), VersionedColumn("update_time", .updateTime)]
        + .values("weight"),
      deletion: .removal, actions: .init(returned: "created", removed: "removed"))
    kind.keys = { ids in
      let parts = ids.map { $0.split(separator: "/", omittingEmptySubsequences: false) }
      return [parts.map { String($0[0]) }, parts.map { Int16($0.dropFirst().first ?? "") ?? -1 }]
    }
    return kind
  }()

  /// Makes their tables.
  static func create(_ database: TestDatabase) throws {
    let card =
      "create_time timestamptz, update_time timestamptz, delete_time timestamptz, title text, size bigint"
    let tie = "create_time timestamptz, update_time timestamptz, weight bigint"
    try database.connect().execute(
      """
      CREATE TABLE card (project_id text COLLATE "C", card_id text COLLATE "C", version bigint NOT NULL,
        position bigint NOT NULL, \(card), PRIMARY KEY (project_id, card_id));
      CREATE TABLE card_version (project_id text COLLATE "C", card_id text COLLATE "C", version bigint NOT NULL,
        from_position bigint NOT NULL, position bigint NOT NULL, \(card),
        PRIMARY KEY (project_id, card_id, position));
      CREATE TABLE tie (project_id text COLLATE "C", source text COLLATE "C", sort smallint, until timestamptz,
        version bigint NOT NULL, position bigint NOT NULL, \(tie), PRIMARY KEY (project_id, source, sort, until));
      CREATE TABLE tie_version (project_id text COLLATE "C", source text COLLATE "C", sort smallint,
        until timestamptz, version bigint NOT NULL, from_position bigint NOT NULL, position bigint NOT NULL, \(tie),
        PRIMARY KEY (project_id, source, sort, position, until));
      """)
  }
}

/// What a row of a test kind has.
struct TestState: Hashable {
  var values: [String]
  var isDeleted = false
  var version: Int64
}

/// The rows of each resource, by what tells them apart.
typealias TestRows = [String: [String: TestState]]

/// A kind, and how its tests write and read it.
struct TestKind: Sendable, CustomTestStringConvertible {
  let kind: VersionedKind
  let ids: [String]
  /// What one random change of a resource makes of it, and the statements for it, after those that supersede.
  let change:
    @Sendable (String, [String: TestState], inout SeededGenerator) -> (
      rows: [String: TestState], superseded: [String], statements: [BoundStatement]
    )
  /// From a row as statements return it, whose place is in the ninth column.
  let read: @Sendable (Row) throws -> (id: String, part: String, state: TestState)

  var testDescription: String { kind.name }

  /// The key columns of rows.
  func rows(_ id: String, parts: [String]) -> [any PostgresValue] {
    let keys = kind.keys(parts.map { _ in id })
    return kind.part.isEmpty
      ? keys : keys + [parts.map { PostgresTimestamp(microseconds: Int64($0)!) }]
  }

  static let cards = TestKind(
    kind: TestKinds.card, ids: ["a", "b", "c", "d", "e", "f"],
    change: { id, rows, random in
      let title = ["x", "y", "z"].randomElement(using: &random)!
      guard var state = rows[""] else {
        let insert = Statement.composed(
          """
          INSERT INTO card SELECT 'default', $1, 1, drawn.position, drawn.at, drawn.at, NULL, $2, 0 FROM drawn
          """)
        return (
          ["": TestState(values: [title, "0"], version: 1)], [], [insert.bind([id, title])]
        )
      }
      state.version += 1
      if state.isDeleted || Int.random(in: 0..<3, using: &random) == 0 {
        state.isDeleted.toggle()
      } else {
        state.values = [title, String(Int.random(in: 0..<2, using: &random))]
      }
      let update = Statement.composed(
        """
        UPDATE card SET version = version + 1, position = drawn.position, update_time = drawn.at, title = $2,
          size = $3, delete_time = CASE WHEN $4 THEN drawn.at END
        FROM drawn WHERE card_id = $1
        """)
      return (
        ["": state], [""],
        [update.bind([id, state.values[0], Int64(state.values[1])!, state.isDeleted])]
      )
    },
    read: { row in
      (
        try row.decode(0), "",
        TestState(
          values: [try row.decode(6), String(try row.decode(7, as: Int64.self))], isDeleted: !row.isNull(5),
          version: try row.decode(1))
      )
    })

  static let ties = TestKind(
    kind: TestKinds.tie, ids: ["a/1", "a/2", "b/1", "c/7"],
    change: { id, rows, random in
      let keys = TestKinds.tie.keys([id])
      let (source, sort) = ((keys[0] as! [String])[0], (keys[1] as! [Int16])[0])
      let weight = Int64.random(in: 0..<3, using: &random)
      let open = "1000000"
      guard let state = rows[open] else {
        let insert = Statement.composed(
          """
          INSERT INTO tie SELECT 'default', $1, $2, $3, 1, drawn.position, drawn.at, drawn.at, $4 FROM drawn
          """)
        var rows = rows
        rows[open] = TestState(values: [String(weight)], version: 1)
        return (rows, [], [insert.bind([source, sort, PostgresTimestamp(microseconds: 1_000_000), weight])])
      }
      var rows = rows
      switch Int.random(in: 0..<4, using: &random) {
      case 0:
        rows[open] = nil
        let remove = Statement.composed("DELETE FROM tie WHERE source = $1 AND sort = $2 AND until = $3")
        return (
          rows, [open], [remove.bind([source, sort, PostgresTimestamp(microseconds: 1_000_000)])]
        )
      case 1:
        // It ends: another row, which stays beside the next one that is open.
        rows[open] = nil
        let ended = (1...).first { rows[String($0)] == nil }!
        rows[String(ended)] = TestState(values: state.values, version: state.version + 1)
        let end = Statement.composed(
          """
          UPDATE tie SET version = version + 1, position = drawn.position, update_time = drawn.at, until = $4
          FROM drawn WHERE source = $1 AND sort = $2 AND until = $3
          """)
        return (
          rows, [open],
          [
            end.bind([
              source, sort, PostgresTimestamp(microseconds: 1_000_000),
              PostgresTimestamp(microseconds: Int64(ended)),
            ])
          ]
        )
      default:
        rows[open] = TestState(values: [String(weight)], version: state.version + 1)
        let update = Statement.composed(
          """
          UPDATE tie SET version = version + 1, position = drawn.position, update_time = drawn.at, weight = $4
          FROM drawn WHERE source = $1 AND sort = $2 AND until = $3
          """)
        return (
          rows, [open],
          [update.bind([source, sort, PostgresTimestamp(microseconds: 1_000_000), weight])]
        )
      }
    },
    read: { row in
      let (source, sort, until) = (
        try row.decode(0, as: String.self), try row.decode(1, as: Int16.self),
        try row.decode(2, as: PostgresTimestamp.self)
      )
      return (
        "\(source)/\(sort)", String(until.microseconds),
        TestState(values: [String(try row.decode(7, as: Int64.self))], version: try row.decode(3))
      )
    })
}
