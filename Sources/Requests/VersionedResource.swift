import Journal
import Postgres
import Wire

/// A resource with the fields that every kind with versions has. Name yours: `extension Thing: VersionedResource {}`.
package protocol VersionedResource: Message {
  var version: Int64 { get set }
  var etag: String { get set }
  var position: Int64 { get set }
  var createTime: WellKnown.Timestamp? { get set }
  var updateTime: WellKnown.Timestamp? { get set }
}

/// The columns `version`, `position`, `create_time` and `update_time`.
package struct VersionColumns: ColumnLayout {
  fileprivate let version, position: Column<Int64>
  fileprivate let createTime, updateTime: Column<PostgresTimestamp>

  package init(_ find: inout ColumnFinder) {
    version = find("version")
    position = find("position")
    createTime = find("create_time")
    updateTime = find("update_time")
  }
}

extension VersionedResource {
  /// Takes what the columns say, and the etag that follows from them.
  package mutating func take(_ columns: VersionColumns, of row: Row) throws(PostgresError) {
    version = try row.decode(columns.version)
    position = try row.decode(columns.position)
    etag = Etag.text(position)
    createTime = WellKnown.Timestamp(try row.decode(columns.createTime))
    updateTime = WellKnown.Timestamp(try row.decode(columns.updateTime))
  }
}

extension LockKind {
  /// The id of what is created, and where it comes from: the client's, or one that the server makes where there is none.
  package func key(chosen id: String) -> (id: String, origin: KeyOrigin) {
    if id.isEmpty { return (UUID128.makeVersion7().description, .server) }
    return (id, .client(ChosenKey(RowKey(self, id))))
  }
}
