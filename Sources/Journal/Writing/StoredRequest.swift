import CairnAPI
import GRPC
import Postgres

/// What the table `request` says about a request.
enum StoredRequest {
  case unknown
  case expired
  case answered(hash: [UInt8], StoredAnswer)

  /// From what `find_request` returned.
  init(_ rows: Rows) throws(PostgresError) {
    guard let row = rows.first else {
      self = .unknown
      return
    }
    if try row.decode(4, as: Bool.self) {
      self = .expired
    } else {
      self = .answered(
        hash: try row.decode(0),
        StoredAnswer(bytes: try row.decode(1), stamp: try Stamp(decoding: row, at: 2)))
    }
  }

  /// The answer to `request`; nil when there is none. Throws REQUEST_ID_REUSED when the id belongs to another
  /// request.
  func answer(to request: RequestKey) throws(RPCError) -> StoredAnswer? {
    guard case .answered(let hash, let answer) = self else { return nil }
    guard hash == request.hash else {
      throw RPCError(
        .invalidArgument, .requestIdReused,
        "the request id '\(request.id)' was used for another request within the last 24 hours")
    }
    return answer
  }
}
