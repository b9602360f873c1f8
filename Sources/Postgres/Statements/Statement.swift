import Synchronization

/// A query with a name, prepared once on each connection that runs it.
///
/// Keep statements that the program always has in `static let`s: their number is bounded and they
/// are never deallocated. What a request composes from fragments goes through
/// ``composed(_:)``: such statements share a bounded cache on each connection.
package final class Statement: Sendable {
  /// For logs and errors, such as `get_context`.
  package let name: String
  package let sql: String

  /// Dense, so that a connection finds out with one array access whether it has prepared it;
  /// negative for composed statements, which are found by their text.
  let id: Int
  let serverName: CString
  let text: CString
  /// Answers several look-ups with this statement at once; nil when there is none such.
  package let merged: Statement?

  private static let nextID = Atomic<Int>(0)

  /// A named statement. Create each once, in a `static let`.
  ///
  /// - Parameter merged: For a look-up of at most one row whose parameters are all texts: takes an array of each of
  ///   them, and returns the rows of several look-ups. A row has the look-up's columns and the place of its
  ///   parameters in the arrays, counted from 1. Look-ups that get no row are asked again by themselves: so it is to
  ///   leave large rows out, which a result would hold in memory together.
  package init(_ name: String, _ sql: String, merged: Statement? = nil) {
    self.merged = merged
    self.name = name
    self.sql = sql
    id = Self.nextID.wrappingAdd(1, ordering: .relaxed).oldValue
    serverName = CString("s\(id)_\(name)")
    text = CString(sql)
  }

  /// A named statement from a `.sql` file embedded by SwiftPM:
  /// `Statement("get_context", PackageResources.get_context_sql)`.
  package convenience init(_ name: String, _ resource: [UInt8], merged: Statement? = nil) {
    self.init(name, String(decoding: resource, as: UTF8.self), merged: merged)
  }

  private init(composed sql: String) {
    merged = nil
    name = "composed"
    self.sql = sql
    id = -1
    serverName = CString("")
    text = CString(sql)
  }

  /// A statement made of SQL fragments; equal texts share a plan.
  package static func composed(_ sql: String) -> Statement { Statement(composed: sql) }

  var isComposed: Bool { id < 0 }

  /// The statement with values for its parameters `$1`, `$2`, ….
  package func bind(_ parameters: [any PostgresValue]) -> BoundStatement {
    BoundStatement(self, parameters)
  }
}

/// A statement with the values for its parameters.
package struct BoundStatement: Sendable {
  package let statement: Statement
  package let parameters: [any PostgresValue]

  package init(_ statement: Statement, _ parameters: [any PostgresValue] = []) {
    self.statement = statement
    self.parameters = parameters
  }
}

/// Text that C keeps a pointer to: converted once, not on each call. Never changed, so any thread may read it.
final class CString: @unchecked Sendable {
  let pointer: UnsafePointer<CChar>

  init(_ text: String) {
    let length = text.utf8.count
    let storage = UnsafeMutablePointer<CChar>.allocate(capacity: length + 1)
    text.withCString { storage.initialize(from: $0, count: length + 1) }
    pointer = UnsafePointer(storage)
  }

  deinit { pointer.deallocate() }
}
