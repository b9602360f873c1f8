import CProtobufC

extension RuntimeDescriptors {
  /// Parses `bytes` with libprotobuf-c and hands the message to `body`, for as long as `body` runs.
  func withUnpacked<T, E: Error>(
    _ bytes: UnsafeRawBufferPointer, as message: Int, mapping: (UnpackError) -> E,
    body: (UnpackedMessage) throws(E) -> T
  ) throws(E) -> T {
    let unpacked: UnsafeMutablePointer<ProtobufCMessage>
    do throws(UnpackError) {
      unpacked = try unpack(bytes, as: message)
    } catch {
      throw mapping(error)
    }
    defer { protobuf_c_message_free_unpacked(unpacked, nil) }
    return try body(UnpackedMessage(memory: UnsafeRawPointer(unpacked), index: message, descriptors: self))
  }

  func withUnpacked<T>(
    _ bytes: [UInt8], as name: String, body: (UnpackedMessage) throws(UnpackError) -> T
  ) throws(UnpackError) -> T {
    guard let message = indexByName[name] else {
      throw .malformed(message: name, reason: "the type is not known")
    }
    let result = bytes.withUnsafeBytes { buffer in
      Result { () throws(UnpackError) in
        try withUnpacked(buffer, as: message, mapping: { $0 }, body: body)
      }
    }
    return try result.get()
  }

  private func unpack(_ bytes: UnsafeRawBufferPointer, as message: Int) throws(UnpackError)
    -> UnsafeMutablePointer<ProtobufCMessage>
  {
    try WireCheck(descriptors: self).check(bytes, as: message)
    // An empty buffer has no address, and libprotobuf-c compares pointers into it.
    var nothing: UInt8 = 0
    let result = withUnsafePointer(to: &nothing) { nothing in
      let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) ?? nothing
      return protobuf_c_message_unpack(descriptor(message), nil, bytes.count, start)
    }
    guard let result else {
      throw .malformed(message: layouts[message].name, reason: "libprotobuf-c refused it")
    }
    return result
  }
}

/// A message in libprotobuf-c's memory, valid only inside the closure that it was given to.
///
/// Fields are asked for by number; a number that the layout lacks is a mistake of the caller.
struct UnpackedMessage {
  let memory: UnsafeRawPointer
  let index: Int
  let descriptors: RuntimeDescriptors

  var layout: MessageLayout { descriptors.layouts[index] }

  private func field(_ number: Int32) -> FieldLayout {
    guard let field = layout.field(number) else {
      preconditionFailure("\(layout.name) has no field \(number)")
    }
    return field
  }

  func has(_ field: FieldLayout) -> Bool {
    if field.isRepeated { return count(field) > 0 }
    if field.isInOneof {
      return memory.load(fromByteOffset: field.quantifier, as: UInt32.self) == UInt32(field.number)
    }
    if field.kind == .message {
      return memory.load(fromByteOffset: field.offset, as: UnsafeRawPointer?.self) != nil
    }
    return memory.load(fromByteOffset: field.quantifier, as: Int32.self) != 0
  }

  func count(_ field: FieldLayout) -> Int {
    memory.load(fromByteOffset: field.quantifier, as: Int.self)
  }

  /// Where the value is, or the first of a repeated field's values.
  func values(_ field: FieldLayout) -> UnsafeRawPointer? {
    field.isRepeated
      ? memory.load(fromByteOffset: field.offset, as: UnsafeRawPointer?.self)
      : has(field) ? memory + field.offset : nil
  }

  func bytes(at place: UnsafeRawPointer) -> UnsafeRawBufferPointer {
    let data = place.load(as: ProtobufCBinaryData.self)
    return UnsafeRawBufferPointer(start: data.data, count: data.len)
  }

  func message(at place: UnsafeRawPointer, _ field: FieldLayout) -> UnpackedMessage? {
    guard let nested = field.message, let memory = place.load(as: UnsafeRawPointer?.self) else { return nil }
    return UnpackedMessage(memory: memory, index: nested, descriptors: descriptors)
  }

  // MARK: By number, for types whose layout is known here

  /// Any kind of 32 bits, enums and booleans included.
  func int32(_ number: Int32) -> Int32? {
    values(field(number))?.load(as: Int32.self)
  }

  func bool(_ number: Int32) -> Bool? {
    int32(number).map { $0 != 0 }
  }

  /// Valid UTF-8: the check before unpacking saw to it.
  func string(_ number: Int32) -> String? {
    values(field(number)).map { String(decoding: bytes(at: $0), as: UTF8.self) }
  }

  func strings(_ number: Int32) -> [String] {
    map(number) { String(decoding: bytes(at: $0), as: UTF8.self) }
  }

  func int32s(_ number: Int32) -> [Int32] {
    map(number) { $0.load(as: Int32.self) }
  }

  func byteArrays(_ number: Int32) -> [[UInt8]] {
    map(number) { [UInt8](bytes(at: $0)) }
  }

  func message(_ number: Int32) -> UnpackedMessage? {
    let field = field(number)
    return values(field).flatMap { message(at: $0, field) }
  }

  func messages(_ number: Int32) -> [UnpackedMessage] {
    let field = field(number)
    return map(number) { message(at: $0, field) }.compactMap { $0 }
  }

  private func map<T>(_ number: Int32, body: (UnsafeRawPointer) -> T) -> [T] {
    let field = field(number)
    guard let first = values(field) else { return [] }
    return (0..<count(field)).map { body(first + $0 * field.kind.size) }
  }
}
