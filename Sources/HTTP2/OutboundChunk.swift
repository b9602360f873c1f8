/// Bytes that are written to a stream in one piece: an array, or memory that a large message was written into and
/// that would only be copied to become one.
@usableFromInline package struct OutboundChunk: Sendable {
  private enum Content {
    case array([UInt8])
    case memory(OwnedMemory)
  }

  private let content: Content

  @usableFromInline package init(_ bytes: [UInt8]) { content = .array(bytes) }

  /// Takes over `memory`, which is deallocated when the last copy of the chunk goes.
  ///
  /// - Parameters:
  ///   - memory: As `allocate(byteCount:alignment:)` gave it.
  ///   - range: The bytes of it that are the chunk.
  @usableFromInline package init(adopting memory: UnsafeMutableRawPointer, range: Range<Int>) {
    content = .memory(OwnedMemory(memory, range))
  }

  package var count: Int {
    switch content {
    case .array(let bytes): bytes.count
    case .memory(let memory): memory.bytes.count
    }
  }

  package func withUnsafeBytes<T>(_ body: (UnsafeRawBufferPointer) -> T) -> T {
    switch content {
    case .array(let bytes): bytes.withUnsafeBytes(body)
    case .memory(let memory): withExtendedLifetime(memory) { body(memory.bytes) }
    }
  }
}

/// Memory that nobody writes to any more, so any thread may read it.
private final class OwnedMemory: @unchecked Sendable {
  private let memory: UnsafeMutableRawPointer
  let bytes: UnsafeRawBufferPointer

  init(_ memory: UnsafeMutableRawPointer, _ range: Range<Int>) {
    self.memory = memory
    bytes = UnsafeRawBufferPointer(start: memory + range.lowerBound, count: range.count)
  }

  deinit { memory.deallocate() }
}
