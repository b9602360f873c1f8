import CLibpq
import Postgres

/// A connection that asks the server what it makes of statements, without running them.
final class Describer {
  private let handle: OpaquePointer
  private var count = 0

  init(url: String) throws {
    guard let handle = PQconnectdb(url), PQstatus(handle) == CONNECTION_OK else {
      throw Refusal(message: url)
    }
    self.handle = handle
  }

  deinit { PQfinish(handle) }

  /// What the server said against a statement.
  struct Refusal: Error {
    let message: String
  }

  /// Prepares a statement with parameters of these types; returns the columns of its results.
  func columns(
    of statement: Statement, _ types: [PostgresType]
  ) throws(Refusal) -> [ResultColumn] {
    count += 1
    let name = "described_\(count)"
    try check(PQprepare(handle, name, statement.sql, Int32(types.count), types.map(\.oid)))
    let described = try check(PQdescribePrepared(handle, name))
    let taken = (0..<PQnparams(described)).map { PostgresType(oid: PQparamtype(described, $0)) }
    if taken != types {
      throw Refusal(
        message: "takes parameters of the types \(taken.map(\.oid)), given are \(types.map(\.oid))")
    }
    return (0..<PQnfields(described)).map { column in
      ResultColumn(
        name: String(cString: PQfname(described, column)),
        type: PostgresType(oid: PQftype(described, column)))
    }
  }

  @discardableResult
  private func check(_ result: OpaquePointer?) throws(Refusal) -> OpaquePointer {
    guard let result, PQresultStatus(result) == PGRES_COMMAND_OK else {
      throw Refusal(message: String(cString: PQerrorMessage(handle)))
    }
    return result
  }
}
