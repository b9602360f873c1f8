import CairnAPI
import Postgres
import Requests
import Wire

extension Relationship {
  /// From the twelve columns that queries of relationships return.
  init(decoding row: Row) throws(PostgresError) {
    self.init()
    source = try row.decode(0)
    kind = RelationshipKind(rawValue: Int32(try row.decode(1, as: Int16.self)))
    name = try row.decode(2)
    target = try row.decode(3)
    validFrom = WellKnown.Timestamp(try row.decode(4, as: PostgresTimestamp.self))
    let end = try row.decode(5, as: PostgresTimestamp.self)
    if end != .infinity { validTo = WellKnown.Timestamp(end) }
    version = try row.decode(6)
    position = try row.decode(7)
    etag = Etag.text(position)
    createTime = WellKnown.Timestamp(try row.decode(8, as: PostgresTimestamp.self))
    updateTime = WellKnown.Timestamp(try row.decode(9, as: PostgresTimestamp.self))
    weight = try row.decode(10, as: Double.self)
    if !row.isNull(11) { metadata = MetadataJSON.metadata(from: try row.decode(11, as: JSONB.self).text) }
  }

  /// Bytes of the message that came from a row, at most: metadata may take six times their JSON text.
  func sizeBound(in row: Row) -> Int {
    128 + source.utf8.count + target.utf8.count + name.utf8.count + 6 * row.withBytes(11) { $0?.count ?? 0 }
  }

  var key: RelationshipKey { RelationshipKey(source: source, kind: kind, name: name, target: target) }

  /// The same without metadata: what the results of writes hold.
  var outline: Relationship {
    var outline = self
    outline.metadata = nil
    return outline
  }
}

extension StoredRelationship {
  /// From a row of `find_relationships`.
  init(decoding row: Row) throws(PostgresError) {
    message = try Relationship(decoding: row).outline
    key = message.key
    validFrom = try row.decode(4, as: PostgresTimestamp.self).microseconds
    validTo = try row.decode(5, as: PostgresTimestamp.self).microseconds
    version = message.version
    position = message.position
    hasBegun = try row.decode(12)
  }
}

extension ContextStates {
  /// From the rows of `find_context_states`.
  init(decoding rows: Rows) throws(PostgresError) {
    for row in rows { isDeleted[try row.decode(0)] = try row.decode(1, as: Bool.self) }
  }
}

extension [RelationshipKey] {
  /// One array each of `from`, kind, name and `to`, for the statements that take relationships.
  var columns: [any PostgresValue] {
    [map(\.source), map { Int16($0.kind.rawValue) }, map(\.name), map(\.target)]
  }
}

extension PostgresTimestamp {
  /// NULL where there is no moment.
  init?(_ microseconds: Int64?) {
    guard let microseconds else { return nil }
    self.init(microseconds: microseconds)
  }
}
