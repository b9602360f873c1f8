import CairnAPI
import Postgres
import Requests
import Wire

extension Context {
  /// How many columns every query of contexts begins with; what else it returns stands after them.
  static let columnCount = 17

  /// From the columns that every query of contexts begins with.
  ///
  /// - Parameter contentColumn: Where content is, and data after it; nil when they are not wanted.
  init(decoding row: Row, contentColumn: Int?) throws(PostgresError) {
    self.init()
    id = try row.decode(0)
    version = try row.decode(1)
    position = try row.decode(2)
    etag = Etag.text(position)
    createTime = WellKnown.Timestamp(try row.decode(3, as: PostgresTimestamp.self))
    updateTime = WellKnown.Timestamp(try row.decode(4, as: PostgresTimestamp.self))
    if !row.isNull(5) { deleteTime = WellKnown.Timestamp(try row.decode(5, as: PostgresTimestamp.self)) }
    type = ContextType(rawValue: try row.decode(6))
    status = ContextStatus(rawValue: try row.decode(7))
    title = try row.decode(8)
    mediaType = try row.decode(9)
    owner = try row.decode(10)
    session = try row.decode(11)
    tags = try row.decode(12)
    if !row.isNull(13) { metadata = MetadataJSON.metadata(from: try row.decode(13, as: JSONB.self).text) }
    if !row.isNull(14) { expireTime = WellKnown.Timestamp(try row.decode(14, as: PostgresTimestamp.self)) }
    if !row.isNull(15) { purgeTime = WellKnown.Timestamp(try row.decode(15, as: PostgresTimestamp.self)) }
    // Whatever earlier versions stored: a memory is one by its type, and has what makes it one.
    if type == .memory {
      memory = try row.decode(16, as: JSONB?.self).flatMap { MemoryJSON.memory(from: $0.text) } ?? .standard
    }
    if let contentColumn {
      content = try row.decode(contentColumn)
      data = try row.decode(contentColumn + 1)
    }
  }

  /// The same without content and data.
  var basic: Context {
    var context = self
    context.content = ""
    context.data = []
    return context
  }

  /// Which context, and what a write gave it.
  var outline: Context {
    var outline = Context()
    outline.id = id
    outline.createTime = createTime
    outline.updateTime = updateTime
    outline.deleteTime = deleteTime
    outline.expireTime = expireTime
    outline.purgeTime = purgeTime
    outline.version = version
    outline.etag = etag
    outline.position = position
    return outline
  }

  /// Bytes of the message, at most. Exact figures would cost an encoding; what is estimated are the metadata,
  /// whose every value may take six times its JSON text.
  func sizeBound(metadataBytes: Int) -> Int {
    let texts = title.utf8.count + mediaType.utf8.count + owner.utf8.count + session.utf8.count
    // What it says of its origin is 640 characters at most.
    let memoryBytes = memory == nil ? 0 : 64 + 4 * 640
    let tagBytes = tags.reduce(0) { $0 + $1.utf8.count + 3 }
    return 256 + memoryBytes + id.utf8.count + texts + tagBytes + content.utf8.count + data.count + 6
      * metadataBytes
  }
}

extension Row {
  /// Bytes of a context's metadata as JSON text.
  var metadataBytes: Int { withBytes(13) { $0?.count ?? 0 } }
}
