import CairnAPI
import GRPC
import Requests
import Wire

/// What a write must know of a stored relationship; read under the lock that keeps other writes away.
struct StoredRelationship {
  let key: RelationshipKey
  /// Microseconds since 1970.
  let validFrom: Int64
  /// ``open`` while it has no end.
  let validTo: Int64
  let version: Int64
  let position: Int64
  /// The relationship as clients see it, without metadata.
  let message: Relationship
  /// Whether it has begun by the time of the write, or by the end that it is to get.
  let hasBegun: Bool

  /// The end of what has none.
  static let open = Int64.max

  var isOpen: Bool { validTo == Self.open }
  var etag: String { Etag.text(position) }

  /// Why a change that expects `etag` is refused; nil when it is not.
  func refusal(ofEtag etag: String) -> RPCError? {
    etag.isEmpty || etag == self.etag
      ? nil : .etagMismatch(.relationship(key), given: etag, current: self.etag)
  }

  /// Whether both hold at some moment.
  func overlaps(from: Int64, to: Int64) -> Bool { validFrom < to && from < validTo }
}
