import CProtobufC
import Glibc

/// Messages in libprotobuf-c's memory on their way to bytes. All memory goes with the arena.
struct PackArena: ~Copyable {
  let descriptors: RuntimeDescriptors
  private var blocks: [UnsafeMutableRawPointer] = []

  init(_ descriptors: RuntimeDescriptors) {
    self.descriptors = descriptors
  }

  deinit {
    for block in blocks { free(block) }
  }

  /// A message without any field set. `message_init` is nil in our descriptors, so that
  /// `protobuf_c_message_init` must not be called: zeroed memory and the descriptor are all it takes.
  mutating func message(_ index: Int) -> PackedMessage {
    let memory = allocate(descriptors.layouts[index].size)
    memory.storeBytes(of: descriptors.descriptor(index), as: UnsafePointer<ProtobufCMessageDescriptor>.self)
    return PackedMessage(memory: memory, index: index)
  }

  /// - Parameter name: a type that is known to be there.
  mutating func message(_ name: String) -> PackedMessage {
    guard let index = descriptors.indexByName[name] else { preconditionFailure("no message \(name)") }
    return message(index)
  }

  func pack(_ root: PackedMessage) -> [UInt8] {
    let message = UnsafePointer(root.memory.assumingMemoryBound(to: ProtobufCMessage.self))
    let size = protobuf_c_message_get_packed_size(message)
    return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      count = size == 0 ? 0 : protobuf_c_message_pack(message, buffer.baseAddress)
    }
  }

  // MARK: Fields

  /// Marks a singular field as set and answers where its value goes.
  func place(_ field: FieldLayout, in message: PackedMessage) -> UnsafeMutableRawPointer {
    if field.isInOneof {
      message.memory.storeBytes(of: UInt32(field.number), toByteOffset: field.quantifier, as: UInt32.self)
    } else if field.kind != .message {
      message.memory.storeBytes(of: 1, toByteOffset: field.quantifier, as: Int32.self)
    }
    return message.memory + field.offset
  }

  /// Makes room for the values of a repeated field and answers where the first goes.
  mutating func places(_ field: FieldLayout, count: Int, in message: PackedMessage) -> UnsafeMutableRawPointer
  {
    let array = allocate(count * field.kind.size)
    message.memory.storeBytes(of: count, toByteOffset: field.quantifier, as: Int.self)
    message.memory.storeBytes(of: array, toByteOffset: field.offset, as: UnsafeMutableRawPointer.self)
    return array
  }

  /// A copy of `bytes` that lives as long as the arena.
  mutating func data(_ bytes: some Collection<UInt8>) -> ProtobufCBinaryData {
    guard !bytes.isEmpty else { return ProtobufCBinaryData(len: 0, data: nil) }
    let memory = allocate(bytes.count)
    UnsafeMutableRawBufferPointer(start: memory, count: bytes.count).copyBytes(from: bytes)
    return ProtobufCBinaryData(len: bytes.count, data: memory.assumingMemoryBound(to: UInt8.self))
  }

  mutating func allocate(_ size: Int) -> UnsafeMutableRawPointer {
    guard let block = calloc(1, max(size, 1)) else { fatalError("out of memory") }
    blocks.append(block)
    return block
  }

  // MARK: By number, for types whose layout is known here

  mutating func set(_ number: Int32, of message: PackedMessage, string: String) {
    place(field(number, of: message), in: message).storeBytes(
      of: data(string.utf8), as: ProtobufCBinaryData.self)
  }

  func set(_ number: Int32, of message: PackedMessage, uint64: UInt64) {
    place(field(number, of: message), in: message).storeBytes(of: uint64, as: UInt64.self)
  }

  mutating func set(_ number: Int32, of message: PackedMessage, messages: [PackedMessage]) {
    let places = places(field(number, of: message), count: messages.count, in: message)
    for (index, item) in messages.enumerated() {
      places.storeBytes(of: item.memory, toByteOffset: index * 8, as: UnsafeMutableRawPointer.self)
    }
  }

  private func field(_ number: Int32, of message: PackedMessage) -> FieldLayout {
    let layout = descriptors.layouts[message.index]
    guard let field = layout.field(number) else { preconditionFailure("\(layout.name) has no \(number)") }
    return field
  }
}

/// A message that an arena owns.
struct PackedMessage {
  let memory: UnsafeMutableRawPointer
  let index: Int
}
