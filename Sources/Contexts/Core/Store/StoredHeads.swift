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
      let found = try ContextQueries.lock.results(rows)
      for row in found.rows {
        let head = try StoredHead(decoding: row, found.columns)
        let life = try ContextLife(decoding: row, found.columns.life)
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

extension StoredHead: DecodableRow {
  /// The columns of `lock_contexts`.
  struct Columns: ColumnLayout {
    let id: Column<String>
    let version, position, life: Column<Int64>
    let contentBytes, dataBytes: Column<Int>
    let metadata, memory: Column<JSONB?>
    let type: Column<Int32>

    init(_ find: inout ColumnFinder) {
      id = find("context_id")
      version = find("version")
      position = find("position")
      life = find("life")
      contentBytes = find("content_bytes")
      dataBytes = find("data_bytes")
      metadata = find("metadata")
      memory = find("memory")
      type = find("type")
    }
  }

  init(decoding row: Row, _ columns: Columns) throws(PostgresError) {
    self.init(
      id: try row.decode(columns.id), version: try row.decode(columns.version),
      position: try row.decode(columns.position),
      isDeleted: try ContextLife(decoding: row, columns.life) == .deleted,
      contentBytes: try row.decode(columns.contentBytes), dataBytes: try row.decode(columns.dataBytes),
      metadata: try row.decode(columns.metadata)?.text,
      type: ContextType(rawValue: try row.decode(columns.type)),
      memory: try row.decode(columns.memory).flatMap { MemoryJSON.memory(from: $0.text) })
  }
}
