import CairnAPI
import GRPC
import Postgres

/// What the table `request` says about a request.
enum StoredRequest {
  case unknown
  case expired
  case answered(hash: [UInt8], StoredAnswer)

  /// The columns of `find_request`.
  struct Columns: ColumnLayout {
    let hash: Column<[UInt8]>
    let answer: Column<[UInt8]>
    let stamp: StampColumns
    let isExpired: Column<Bool>

    init(_ find: inout ColumnFinder) {
      hash = find("hash")
      answer = find("answer")
      stamp = StampColumns(&find)
      isExpired = find("is_expired")
    }
  }

  init(_ found: Results<Columns>) throws(PostgresError) {
    let columns = found.columns
    guard let row = found.rows.first else {
      self = .unknown
      return
    }
    if try row.decode(columns.isExpired) {
      self = .expired
    } else {
      self = .answered(
        hash: try row.decode(columns.hash),
        StoredAnswer(
          bytes: try row.decode(columns.answer), stamp: try Stamp(decoding: row, columns.stamp)))
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
