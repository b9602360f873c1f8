import CairnAPI
import GRPC
import Postgres
import Wire

/// A request that the caller named: a repetition with the same id within 24 hours gets the first answer.
///
/// Unique per project, principal and method. The hash tells a repetition from another request that uses the
/// id again; it is that of the whole message, whose encoding is the same for equal messages.
package struct RequestKey: Sendable, Hashable {
  package let id: String
  /// SHA-256 of the request message, the id included.
  package let hash: [UInt8]

  package init(id: String, hash: [UInt8]) {
    self.id = id
    self.hash = hash
  }

  /// Nil when `id` is empty: the caller did not name the request. Check its length (128 characters) before.
  package init?(_ id: String, of request: some Message) {
    guard !id.isEmpty else { return nil }
    self.init(id: id, hash: Digest.sha256(request.serializedBytes()))
  }

  /// Second integer of the advisory lock that a twin waits for.
  func lockKey(in scope: CallScope) -> Int32 {
    var hash = UInt32(bitPattern: scope.project.lockKey)
    for text in [scope.principal, scope.operation, id] {
      for byte in text.utf8 { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
      hash = (hash ^ 0xff) &* 0x0100_0193
    }
    return Int32(bitPattern: hash)
  }

  /// What twins queue for.
  func row(in scope: CallScope) -> RowKey {
    RowKey(.request, "\(scope.principal)\u{0}\(scope.operation)\u{0}\(id)")
  }
}
