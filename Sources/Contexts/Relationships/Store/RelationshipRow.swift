import CairnAPI
import Postgres
import Requests
import Wire

extension Relationship: DecodableRow {
  /// `{relationship_columns}`.
  package struct Columns: ColumnLayout {
    let source, name, target: Column<String>
    let kind: Column<Int32>
    let validFrom, validTo, createTime, updateTime: Column<PostgresTimestamp>
    let version, position: Column<Int64>
    let weight: Column<Double>
    let metadata: Column<JSONB?>

    package init(_ find: inout ColumnFinder) {
      source = find("from_id")
      kind = find("kind")
      name = find("name")
      target = find("to_id")
      validFrom = find("valid_from")
      validTo = find("valid_to")
      version = find("version")
      position = find("position")
      createTime = find("create_time")
      updateTime = find("update_time")
      weight = find("weight")
      metadata = find("metadata")
    }
  }

  package init(decoding row: Row, _ columns: Columns) throws(PostgresError) {
    self.init()
    source = try row.decode(columns.source)
    kind = RelationshipKind(rawValue: try row.decode(columns.kind))
    name = try row.decode(columns.name)
    target = try row.decode(columns.target)
    validFrom = WellKnown.Timestamp(try row.decode(columns.validFrom))
    let end = try row.decode(columns.validTo)
    if end != .infinity { validTo = WellKnown.Timestamp(end) }
    version = try row.decode(columns.version)
    position = try row.decode(columns.position)
    etag = Etag.text(position)
    createTime = WellKnown.Timestamp(try row.decode(columns.createTime))
    updateTime = WellKnown.Timestamp(try row.decode(columns.updateTime))
    weight = try row.decode(columns.weight)
    if let json = try row.decode(columns.metadata) { metadata = MetadataJSON.metadata(from: json.text) }
  }

  /// Bytes of the message that came from a row, at most: metadata may take six times their JSON text.
  func sizeBound(in row: Row, _ columns: Columns) -> Int {
    128 + source.utf8.count + target.utf8.count + name.utf8.count
      + 6 * row.withBytes(columns.metadata) { $0?.count ?? 0 }
  }

  var key: RelationshipKey { RelationshipKey(source: source, kind: kind, name: name, target: target) }

  /// The same without metadata: what the results of writes hold.
  var outline: Relationship {
    var outline = self
    outline.metadata = nil
    return outline
  }
}

extension StoredRelationship: DecodableRow {
  /// The columns of `find_relationships`.
  struct Columns: ColumnLayout {
    let relationship: Relationship.Columns
    let hasBegun: Column<Bool>

    init(_ find: inout ColumnFinder) {
      relationship = Relationship.Columns(&find)
      hasBegun = find("has_begun")
    }
  }

  init(decoding row: Row, _ columns: Columns) throws(PostgresError) {
    message = try Relationship(decoding: row, columns.relationship).outline
    key = message.key
    validFrom = try row.decode(columns.relationship.validFrom).microseconds
    validTo = try row.decode(columns.relationship.validTo).microseconds
    version = message.version
    position = message.position
    hasBegun = try row.decode(columns.hasBegun)
  }
}

extension ContextStates {
  /// The columns of `find_context_states`.
  struct Columns: ColumnLayout {
    let id: Column<String>
    let isDeleted: Column<Bool>

    init(_ find: inout ColumnFinder) {
      id = find("context_id")
      isDeleted = find("is_deleted")
    }
  }

  init(decoding found: Results<Columns>) throws(PostgresError) {
    for row in found.rows {
      isDeleted[TextKey(try row.decode(found.columns.id))] = try row.decode(found.columns.isDeleted)
    }
  }
}

extension [RelationshipKey] {
  /// One array each of `from`, kind, name and `to`, for the statements of their kind.
  var columns: [any PostgresValue] {
    [map(\.source), map { Int16($0.kind.rawValue) }, map(\.name), map(\.target)]
  }
}
