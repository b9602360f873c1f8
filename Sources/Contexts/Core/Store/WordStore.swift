import GRPC
import Journal
import Postgres

/// The words of texts that are made after the writes, so that no feed waits for them.
struct WordStore: Sendable {
  let pool: PostgresPool
  let configuration: ContextConfiguration
  private let upkeep = TextUpkeep()

  init(pool: PostgresPool, configuration: ContextConfiguration) {
    self.pool = pool
    self.configuration = configuration
  }

  /// Bytes of text whose words are made in one transaction, and one text more. A short text counts some bytes more.
  private static let bytesAtOnce: Int64 = 64 << 10
  /// Attempts without progress after which the sweep gets the rest: others write the same contexts.
  private static let attempts = 20
  /// To sort in the words of one write takes seconds at most.
  private static let settlingTime: Duration = .seconds(60)

  /// Makes the words that a write left, before the write is answered, so that its caller's next search finds them. The
  /// write is committed: when this fails, the sweep makes the words later.
  func finish(_ texts: WrittenTexts, in project: ProjectID) async {
    do throws(PostgresError) {
      try await finish(texts.unfinished, in: project)
      guard upkeep.isDue(after: texts.bytes) else { return }
      defer { upkeep.settled() }
      try await settleWords()
    } catch {
      configuration.warn("the words of some texts are made later: \(error)")
    }
  }

  /// Makes the words of writes whose servers ended before they had made them, and sorts new words into the index.
  func finishLeft(while mayGoOn: () async -> Bool) async throws(RPCError) {
    try await database { () async throws(PostgresError) in
      while await mayGoOn() {
        var left: [String: [String]] = [:]
        let found = try await pool.read(ContextQueries.unfinishedWords, 1_000)
        for row in found.rows {
          left[try row.decode(found.columns.project), default: []].append(try row.decode(found.columns.id))
        }
        var made: Int64 = 0
        for (project, ids) in left {
          guard let project = ProjectID(project) else { continue }
          made += try await finish(ids, in: project, while: mayGoOn)
        }
        if made == 0 { break }
      }
      try await settleWords()
    }
  }

  /// Returns of how many texts words were made.
  ///
  /// - Parameter mayGoOn: Asked before each transaction.
  @discardableResult
  private func finish(
    _ ids: [String], in project: ProjectID, while mayGoOn: () async -> Bool = { true }
  ) async throws(PostgresError) -> Int64 {
    var missing = ids
    var made: Int64 = 0
    var attempts = 0
    while !missing.isEmpty, attempts < Self.attempts, await mayGoOn() {
      let found = try await pool.write(ContextQueries.finishWords, (project, missing, Self.bytesAtOnce))
      let row = try found.rows.only()
      missing = try row.decode(found.columns.missing)
      let madeNow = try row.decode(found.columns.made)
      made += madeNow
      attempts = madeNow > 0 ? 0 : attempts + 1
    }
    return made
  }

  private func settleWords() async throws(PostgresError) {
    _ = try await pool.read(ContextQueries.settleWords, (), timeout: Self.settlingTime)
  }
}
