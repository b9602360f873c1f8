import GRPC

/// The queue of records of an import that were read and are not stored yet: the reader reads on while the writer
/// writes. Bounded: the reader waits while there is enough (backpressure).
///
/// Confined to the call's loop; one task puts, one takes.
package final class ImportIntake<Record>: @unchecked Sendable {
  private let limit: Int
  private var records: ArraySlice<Record> = []
  private var bytes = 0
  private var end: Result<Void, RPCError>?
  private var isClosed = false
  private var writer: UnsafeContinuation<Void, Never>?
  private var reader: UnsafeContinuation<Void, Never>?

  /// - Parameter bytes: How much may be there before the reader waits.
  package init(limit bytes: Int) { limit = bytes }

  /// Adds records, and waits until there is room for more. False when the writer has stopped.
  package func put(_ new: [Record], bytes: Int) async -> Bool {
    records += new
    self.bytes += bytes
    writer.take()?.resume()
    if self.bytes > limit, !isClosed { await withUnsafeContinuation { reader = $0 } }
    return !isClosed
  }

  /// Says that nothing more comes, and why.
  package func finish(_ end: Result<Void, RPCError>) {
    self.end = end
    writer.take()?.resume()
  }

  /// Everything that is there, waiting until there is something; nil at the end. Throws what ended the
  /// reading early, after what was read before it.
  package func take() async throws(RPCError) -> ArraySlice<Record>? {
    while records.isEmpty {
      if let end {
        try end.get()
        return nil
      }
      await withUnsafeContinuation { writer = $0 }
    }
    defer {
      records = []
      bytes = 0
      reader.take()?.resume()
    }
    return records
  }

  /// The writer has stopped: the reader need not wait any more.
  package func close() {
    isClosed = true
    reader.take()?.resume()
  }
}
