import CairnAPI
import GRPC
import Requests
import Wire

/// What a write must know of the stored context before it may change it; read under the row's lock.
struct StoredHead: Equatable {
  let id: String
  let version: Int64
  /// Of its last change.
  let position: Int64
  let isDeleted: Bool
  /// Bytes of the stored content and data.
  let contentBytes: Int
  let dataBytes: Int
  /// The stored metadata as JSON text.
  let metadata: String?
  var type = ContextType.unspecified
  /// What makes it a memory, as far as it is stored.
  var memory: Memory?

  var etag: String { Etag.text(position) }

  /// Why `head` may not be updated or deleted; nil when it may.
  static func refusal(toChange head: StoredHead?, id: String, etag: String) -> RPCError? {
    guard let head else { return .contextNotFound(id) }
    if head.isDeleted { return .contextDeleted(id) }
    return head.refusal(ofEtag: etag)
  }

  /// Why `head` may not be brought back; nil when it may.
  static func refusal(toUndelete head: StoredHead?, id: String, etag: String) -> RPCError? {
    guard let head else { return .contextNotFound(id) }
    if !head.isDeleted { return .contextNotDeleted(id) }
    return head.refusal(ofEtag: etag)
  }

  private func refusal(ofEtag etag: String) -> RPCError? {
    etag.isEmpty || etag == self.etag ? nil : .etagMismatch(.context(id), given: etag, current: self.etag)
  }
}
