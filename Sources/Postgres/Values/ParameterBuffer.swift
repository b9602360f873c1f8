/// The parameters of one statement in the form libpq takes them, in storage that is used again for
/// the next statement.
///
/// All values are encoded into one run of bytes; libpq gets pointers into it and copies them into
/// its own output buffer. Confined to one connection.
package final class ParameterBuffer {
  private var storage: UnsafeMutableRawPointer
  private var capacity: Int
  private var count = 0

  private var starts: [Int] = []
  private(set) var lengths: [Int32] = []
  private(set) var formats: [Int32] = []
  private(set) var types: [UInt32] = []
  private var pointers: [UnsafePointer<CChar>?] = []

  /// Storage beyond this is given back after the statement that needed it.
  private static let keptCapacity = 256 << 10

  package init(capacity: Int = 4096) {
    self.capacity = capacity
    storage = .allocate(byteCount: capacity, alignment: 8)
  }

  deinit { storage.deallocate() }

  var parameterCount: Int { lengths.count }

  /// Bytes of all values together.
  var byteCount: Int { count }

  /// Encodes `parameters` in place of what the buffer held.
  func fill(_ parameters: [any PostgresValue]) throws(PostgresError) {
    clear()
    for index in parameters.indices { try append(parameters[index]) }
  }

  private func append(_ value: some PostgresValue) throws(PostgresError) {
    let start = count
    starts.append(value.isNull ? -1 : start)
    if !value.isNull { try value.encode(into: self) }
    guard count - start <= Int32.max else {
      throw PostgresError(.invalidParameter, "parameter $\(starts.count) is larger than 2 GB")
    }
    lengths.append(Int32(count - start))
    formats.append(1)
    types.append(type(of: value).postgresType.oid)
  }

  private func clear() {
    if capacity > Self.keptCapacity {
      storage.deallocate()
      capacity = 4096
      storage = .allocate(byteCount: capacity, alignment: 8)
    }
    count = 0
    starts.removeAll(keepingCapacity: true)
    lengths.removeAll(keepingCapacity: true)
    formats.removeAll(keepingCapacity: true)
    types.removeAll(keepingCapacity: true)
  }

  /// Calls `body` with libpq's array of pointers to the values.
  func withPointers<T>(_ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> T) -> T {
    pointers.removeAll(keepingCapacity: true)
    for start in starts {
      // An empty value still needs a pointer: a null one means NULL.
      pointers.append(
        start < 0 ? nil : UnsafePointer((storage + start).assumingMemoryBound(to: CChar.self)))
    }
    return pointers.withUnsafeBufferPointer { body($0.baseAddress) }
  }

  // MARK: Writing values

  /// Makes room for `size` bytes and returns where they go.
  package func reserve(_ size: Int) -> UnsafeMutableRawPointer {
    if count + size > capacity { grow(to: count + size) }
    defer { count += size }
    return storage + count
  }

  private func grow(to needed: Int) {
    var larger = capacity
    while larger < needed { larger *= 2 }
    let moved = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 8)
    moved.copyMemory(from: storage, byteCount: count)
    storage.deallocate()
    storage = moved
    capacity = larger
  }

  package func write<T: FixedWidthInteger>(_ value: T) {
    reserve(MemoryLayout<T>.size).storeBytes(of: value.bigEndian, as: T.self)
  }

  package func write(_ bytes: UnsafeRawBufferPointer) {
    guard let source = bytes.baseAddress else { return }
    reserve(bytes.count).copyMemory(from: source, byteCount: bytes.count)
  }

  /// Leaves room for a length of four bytes, runs `body` and fills the length in.
  func writeLengthPrefixed(_ body: () throws(PostgresError) -> Void) throws(PostgresError) {
    let position = count
    _ = reserve(4)
    try body()
    guard let length = Int32(exactly: count - position - 4) else {
      throw PostgresError(.invalidParameter, "an element of a list is larger than 2 GB")
    }
    (storage + position).storeBytes(of: length.bigEndian, as: Int32.self)
  }
}
