import GRPC
import Postgres
import Wire

/// What tells the journal of this database from all others, and the secret of its servers.
struct JournalIdentity: Sendable, DecodableRow {
  /// A UUID in lower-case hexadecimal.
  let id: String
  let tokenKey: TokenKey

  /// The columns of `read_identity`.
  struct Columns: ColumnLayout {
    let id: Column<UUID128>
    let tokenKey: Column<[UInt8]>

    init(_ find: inout ColumnFinder) {
      id = find("journal_id")
      tokenKey = find("token_key")
    }
  }

  init(decoding row: Row, _ columns: Columns) throws(PostgresError) {
    id = try row.decode(columns.id).description
    tokenKey = TokenKey(try row.decode(columns.tokenKey))
  }
}

/// A response that says which journal its positions belong to. Answers that are a resource do not: two of them must be
/// equal where the resource is.
package protocol JournalAnswer: Message {
  var journalId: String { get set }
}

extension Journal {
  /// The key of this database.
  package func tokenKey() async throws(RPCError) -> TokenKey { try await identity().tokenKey }

  /// A list, or the outcomes of a batch, with the journal's id.
  package func naming<Answer: JournalAnswer>(_ answer: Answer) async throws(RPCError) -> Answer {
    var answer = answer
    answer.journalId = try await identity().id
    return answer
  }

  /// Tells the caller of a write, whatever it answers, which journal its position belongs to.
  func name(to call: CallContext) async throws(RPCError) {
    try call.setHeader("cairn-journal-id", try await identity().id)
  }

  /// Asks the database once.
  private func identity() async throws(RPCError) -> JournalIdentity {
    if let identity = keptIdentity.withLock({ $0 }) { return identity }
    let identity = try await database { () async throws(PostgresError) -> JournalIdentity in
      guard let found = try await pool.lookup(JournalQueries.readIdentity, ()).first(as: JournalIdentity.self)
      else { throw PostgresError(.invalidResult, "the database has no journal") }
      return found
    }
    keptIdentity.withLock { $0 = identity }
    return identity
  }
}
