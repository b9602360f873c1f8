import EventLoop
import TestSupport
import Testing

@testable import Postgres

/// What one gets a hundred divided by, and which statement has done it. Many are not asked for numbers above 1000.
private let divide = Statement(
  "divide_text", "SELECT 100 / $1::text::int8, 'alone'",
  merged: Statement(
    "divide_text_merged",
    """
    SELECT 100 / wanted.number::int8, 'merged', wanted.place
    FROM unnest($1::text[]) WITH ORDINALITY AS wanted (number, place) WHERE wanted.number::int8 <= 1000
    """))

private let joined = Statement(
  "joined_text", "SELECT $1::text || $2::text",
  merged: Statement(
    "joined_text_merged",
    """
    SELECT one || other, place
    FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS wanted (one, other, place) ORDER BY place DESC
    """))

private struct Answer: Hashable {
  var number: Int64?
  var statement: String?
  var error: PostgresError.Kind?
}

@Suite struct MergedLookupTests {
  private func ask(_ numbers: [String], on pool: PostgresPool) async -> [(String, Answer)] {
    await withTaskGroup(of: (String, Answer).self) { group in
      for number in numbers {
        group.addTask {
          do throws(PostgresError) {
            let row = try await pool.lookup(divide, [number]).only()
            return (number, Answer(number: try row.decode(0), statement: try row.decode(1)))
          } catch {
            return (number, Answer(error: error.kind))
          }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
  }

  @Test func `Look-ups of a turn share a statement, and one alone has its own`() async throws {
    try await TestDatabase.withPool(loops: 1) { pool, _ in
      let alone = await ask(["7"], on: pool)
      #expect(alone.map(\.1) == [Answer(number: 14, statement: "alone")])
      let many = await ask((1...400).map { String($0 % 50 + 1) }, on: pool)
      #expect(many.count == 400)
      for (number, answer) in many { #expect(answer.number == 100 / Int64(number)!) }
      #expect(many.count { $0.1.statement == "merged" } > 200)
    }
  }

  @Test func `Each gets the row of its own parameters, in whatever order rows come`() async throws {
    try await TestDatabase.withPool(loops: 2) { pool, _ in
      let answers = try await withThrowingTaskGroup(of: Bool.self) { group in
        for number in 0..<300 {
          group.addTask {
            let rows = try await pool.lookup(joined, ["\(number)", "é\(number % 7)"])
            return try rows.only().decode(0) == "\(number)é\(number % 7)"
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(answers.count == 300 && answers.allSatisfy { $0 })
    }
  }

  @Test func `What the shared statement leaves out is asked for alone`() async throws {
    try await TestDatabase.withPool(loops: 1) { pool, _ in
      let answers = await ask((1...100).flatMap { ["\($0)", "\($0 + 1000)"] }, on: pool)
      #expect(answers.count == 200)
      for (number, answer) in answers {
        #expect(answer.number == 100 / Int64(number)!)
        if Int64(number)! > 1000 { #expect(answer.statement == "alone") }
      }
      #expect(answers.contains { $0.1.statement == "merged" })
    }
  }

  @Test(arguments: [("0", PostgresError.Kind.server), ("one", .server), ("1\0", .invalidParameter)])
  func `An error is that of one look-up and not of its neighbours`(bad: String, kind: PostgresError.Kind)
    async throws
  {
    try await TestDatabase.withPool(loops: 1) { pool, _ in
      let answers = await ask((0..<200).map { $0 % 20 == 3 ? bad : "\($0 % 20 + 1)" }, on: pool)
      #expect(answers.count == 200)
      for (number, answer) in answers {
        if number == bad {
          #expect(answer == Answer(error: kind))
        } else {
          #expect(answer.number == 100 / Int64(number)!)
        }
      }
    }
  }
}
