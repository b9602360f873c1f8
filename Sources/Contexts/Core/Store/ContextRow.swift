import CairnAPI
import Postgres
import Requests
import Wire

extension Context {
  /// `{context_columns}`, and content and data where a statement returns them.
  package struct Columns: ColumnLayout {
    let id, title, mediaType, owner, session: Column<String>
    let version, position: Column<Int64>
    let createTime, updateTime: Column<PostgresTimestamp>
    let deleteTime, expireTime, purgeTime: Column<PostgresTimestamp?>
    let type, status: Column<Int32>
    let tags: Column<[String]>
    let metadata, memory: Column<JSONB?>
    let content: Column<String>?
    let data: Column<[UInt8]>?

    package init(_ find: inout ColumnFinder) {
      id = find("context_id")
      version = find("version")
      position = find("position")
      createTime = find("create_time")
      updateTime = find("update_time")
      deleteTime = find("delete_time")
      type = find("type")
      status = find("status")
      title = find("title")
      mediaType = find("media_type")
      owner = find("owner")
      session = find("session")
      tags = find("tags")
      metadata = find("metadata")
      expireTime = find("expire_time")
      purgeTime = find("purge_time")
      memory = find("memory")
      content = find.ifAny("content")
      data = find.ifAny("data")
    }
  }

  package init(decoding row: Row, _ columns: Columns) throws(PostgresError) {
    self.init()
    id = try row.decode(columns.id)
    version = try row.decode(columns.version)
    position = try row.decode(columns.position)
    etag = Etag.text(position)
    createTime = WellKnown.Timestamp(try row.decode(columns.createTime))
    updateTime = WellKnown.Timestamp(try row.decode(columns.updateTime))
    if let time = try row.decode(columns.deleteTime) { deleteTime = WellKnown.Timestamp(time) }
    type = ContextType(rawValue: try row.decode(columns.type))
    status = ContextStatus(rawValue: try row.decode(columns.status))
    title = try row.decode(columns.title)
    mediaType = try row.decode(columns.mediaType)
    owner = try row.decode(columns.owner)
    session = try row.decode(columns.session)
    tags = try row.decode(columns.tags)
    if let json = try row.decode(columns.metadata) { metadata = MetadataJSON.metadata(from: json.text) }
    if let time = try row.decode(columns.expireTime) { expireTime = WellKnown.Timestamp(time) }
    if let time = try row.decode(columns.purgeTime) { purgeTime = WellKnown.Timestamp(time) }
    // Whatever earlier versions stored: a memory is one by its type, and has what makes it one.
    if type == .memory {
      memory = try row.decode(columns.memory).flatMap { MemoryJSON.memory(from: $0.text) } ?? .standard
    }
    if let content = columns.content, let data = columns.data {
      self.content = try row.decode(content)
      self.data = try row.decode(data)
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

extension Context.Columns {
  /// Bytes of a context's metadata as JSON text.
  func metadataBytes(in row: Row) -> Int { row.withBytes(metadata) { $0?.count ?? 0 } }
}

extension Context: DecodableRow {}
