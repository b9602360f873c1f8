import Testing

@testable import Postgres

@Suite("Prepared statements")
struct PreparedStatementsTests {
  private func describe(_ use: PreparedStatements.Use) -> String {
    switch use {
    case .ready: "ready"
    case .prepare(_, evicting: nil): "prepare"
    case .prepare(_, evicting: _): "prepare, evicting"
    }
  }

  @Test("a named statement is prepared once, and again when it was forgotten")
  func named() {
    let statement = Statement("named", "SELECT 1")
    var prepared = PreparedStatements(composedCapacity: 2)
    #expect(describe(prepared.use(statement)) == "prepare")
    #expect(describe(prepared.use(statement)) == "ready")
    prepared.forget(statement.key)
    #expect(describe(prepared.use(statement)) == "prepare")
  }

  @Test("composed statements share a plan by their text, and the one unused longest makes room")
  func composed() {
    var prepared = PreparedStatements(composedCapacity: 2)
    var said: [String] = []
    for sql in ["a", "b", "a", "c", "a", "b"] { said.append(describe(prepared.use(.composed(sql)))) }
    #expect(said == ["prepare", "prepare", "ready", "prepare, evicting", "ready", "prepare, evicting"])
    #expect(prepared.composedCount == 2)
  }

  @Test("named statements have names of their own")
  func names() {
    let (first, second) = (Statement("same", "SELECT 1"), Statement("same", "SELECT 2"))
    #expect(first.id != second.id)
    #expect(String(cString: first.serverName.pointer) != String(cString: second.serverName.pointer))
  }
}
