import CairnAPI
import GRPC
import Journal
import Postgres
import Wire

/// What is stored of the contexts that a write has locked.
struct StoredHeads {
  private var byID: [TextKey: StoredHead] = [:]
  /// Those that are about to be purged: no longer there for anybody, but their ids are not free yet.
  private var purged: Set<TextKey> = []

  /// From the rows of `lock_contexts`; nil for none.
  init(_ rows: Rows?) throws(RPCError) {
    guard let rows else { return }
    (byID, purged) = try database { () throws(PostgresError) in
      var heads: [TextKey: StoredHead] = [:]
      var purged: Set<TextKey> = []
      for row in rows {
        let head = try StoredHead(decoding: row)
        let life = try ContextLife(decoding: row, at: 2)
        if life == .purged { purged.insert(TextKey(head.id)) } else { heads[head.id] = head }
      }
      return (heads, purged)
    }
  }

  subscript(id: String) -> StoredHead? { byID[id] }

  /// The decision, unless it is to store a context under an id that is not free yet.
  func checked(_ decided: Result<DecidedWrite, RPCError>) -> Result<DecidedWrite, RPCError> {
    guard case .success(.insert(let draft)) = decided, purged.contains(draft.id) else { return decided }
    return .failure(.contextExists(draft.id, isDeleted: false))
  }
}

extension StoredHead {
  /// From a row of `lock_contexts`.
  fileprivate init(decoding row: Row) throws(PostgresError) {
    self.init(
      id: try row.decode(0), version: try row.decode(1), position: try row.decode(8),
      isDeleted: try ContextLife(decoding: row, at: 2) == .deleted,
      contentBytes: try row.decode(3), dataBytes: try row.decode(4),
      metadata: try row.decode(5, as: JSONB?.self)?.text,
      type: ContextType(rawValue: Int32(try row.decode(6, as: Int16.self))),
      memory: try row.decode(7, as: JSONB?.self).flatMap { MemoryJSON.memory(from: $0.text) })
  }
}
