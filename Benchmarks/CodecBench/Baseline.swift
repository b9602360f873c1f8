import CProtobufC
import Glibc

/// libprotobuf-c, and the copies between its structs and ours that a Swift program would need.
enum Baseline {
  /// Only libprotobuf-c: the message is made and freed.
  static func plainDecode(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    guard let message = unpack(bytes) else { fatalError("libprotobuf-c refuses the message") }
    defer { protobuf_c_message_free_unpacked(message, nil) }
    return message.withMemoryRebound(to: CNote.self, capacity: 1) { $0.pointee.tagCount }
  }

  static func decode(_ bytes: UnsafeBufferPointer<UInt8>) -> Note {
    guard let message = unpack(bytes) else { fatalError("libprotobuf-c refuses the message") }
    defer { protobuf_c_message_free_unpacked(message, nil) }
    return message.withMemoryRebound(to: CNote.self, capacity: 1) { Note(copying: $0.pointee) }
  }

  /// Only libprotobuf-c, from a struct that is there already.
  static func plainEncode(_ note: UnsafeMutablePointer<CNote>, into buffer: inout [UInt8]) -> Int {
    note.withMemoryRebound(to: ProtobufCMessage.self, capacity: 1) { message in
      let size = protobuf_c_message_get_packed_size(message)
      if buffer.count < size { buffer = Array(repeating: 0, count: size * 2) }
      return protobuf_c_message_pack(message, &buffer)
    }
  }

  static func encode(_ note: Note, into buffer: inout [UInt8], _ arena: StringArena) -> Int {
    arena.reset()
    var copy = CNote()
    copy.base.descriptor = UnsafePointer(CDescriptors.note)
    copy.id = arena.copy(note.id)
    copy.title = arena.copy(note.title)
    copy.content = arena.copy(note.content)
    copy.mediaType = arena.copy(note.mediaType)
    copy.owner = arena.copy(note.owner)
    copy.session = arena.copy(note.session)
    copy.agent = arena.copy(note.agent)
    copy.etag = arena.copy(note.etag)
    copy.version = note.version
    copy.kind = note.kind
    copy.pinned = note.pinned ? 1 : 0
    return withUnsafeTemporaryAllocation(of: UnsafeMutablePointer<CChar>?.self, capacity: note.tags.count) {
      tags in
      for (index, tag) in note.tags.enumerated() { tags[index] = arena.copy(tag) }
      copy.tagCount = tags.count
      copy.tags = tags.baseAddress
      var created = CMoment(note.createTime)
      var updated = CMoment(note.updateTime)
      return withUnsafeMutablePointer(to: &created) { created in
        withUnsafeMutablePointer(to: &updated) { updated in
          copy.createTime = note.createTime == nil ? nil : created
          copy.updateTime = note.updateTime == nil ? nil : updated
          return plainEncode(&copy, into: &buffer)
        }
      }
    }
  }

  static func unpack(_ bytes: UnsafeBufferPointer<UInt8>) -> UnsafeMutablePointer<ProtobufCMessage>? {
    protobuf_c_message_unpack(CDescriptors.note, nil, bytes.count, bytes.baseAddress)
  }
}

/// C strings, one after the other in memory that is used again.
final class StringArena {
  private var memory = UnsafeMutablePointer<CChar>.allocate(capacity: 65_536)
  private var used = 0

  deinit { memory.deallocate() }

  func reset() { used = 0 }

  func copy(_ text: String) -> UnsafeMutablePointer<CChar> {
    var text = text
    let target = memory + used
    let size = text.withUTF8 { bytes in
      if let source = bytes.baseAddress { memcpy(target, source, bytes.count) }
      return bytes.count
    }
    target[size] = 0
    used += size + 1
    return target
  }
}

extension Note {
  fileprivate init(copying note: CNote) {
    self.init()
    id = Self.text(note.id)
    title = Self.text(note.title)
    content = Self.text(note.content)
    mediaType = Self.text(note.mediaType)
    owner = Self.text(note.owner)
    session = Self.text(note.session)
    agent = Self.text(note.agent)
    etag = Self.text(note.etag)
    tags.reserveCapacity(note.tagCount)
    for index in 0..<note.tagCount { tags.append(Self.text(note.tags?[index])) }
    version = note.version
    kind = note.kind
    pinned = note.pinned != 0
    createTime = note.createTime.map { Moment(copying: $0.pointee) }
    updateTime = note.updateTime.map { Moment(copying: $0.pointee) }
  }

  private static func text(_ bytes: UnsafeMutablePointer<CChar>?) -> String {
    bytes.map { String(cString: $0) } ?? ""
  }
}

extension Moment {
  fileprivate init(copying moment: CMoment) {
    self.init()
    seconds = moment.seconds
    nanos = moment.nanos
  }
}

extension CMoment {
  fileprivate init(_ moment: Moment?) {
    base.descriptor = UnsafePointer(CDescriptors.moment)
    seconds = moment?.seconds ?? 0
    nanos = moment?.nanos ?? 0
  }
}
