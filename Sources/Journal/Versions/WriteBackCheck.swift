import GRPC
import Postgres
import Wire

/// What a domain has to say about a write-back: a state of the past may contradict what is there now.
package struct WriteBackCheck: Sendable {
  /// What it must see of the present, once the resources are locked.
  let looks: @Sendable ([String], ProjectID) -> [BoundStatement]
  /// The resources that may not be written.
  let refused: @Sendable ([PlannedRow], [Rows]) throws(RPCError) -> Set<TextKey>

  /// - Parameter refused: Given what is planned, and the results of `looks`.
  package init(
    looks: @escaping @Sendable ([String], ProjectID) -> [BoundStatement],
    refused: @escaping @Sendable ([PlannedRow], [Rows]) throws(RPCError) -> Set<TextKey>
  ) {
    self.looks = looks
    self.refused = refused
  }
}

/// A row of a resource that is to be written back.
package struct PlannedRow {
  package let step: WriteBackStep
  let row: Row

  /// A value of ``VersionedKind/part``, or after these of ``VersionedKind/planned``, the former values.
  package func decode<T: PostgresValue>(_ column: Int, as _: T.Type = T.self) throws(PostgresError) -> T {
    try row.decode(WriteBackRows.firstPart + column)
  }
}
