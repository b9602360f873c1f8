import Postgres

extension VersionedKind {
  /// Keeps the present rows of resources as history, valid until the write that has drawn its position. Before the
  /// statement that changes or removes them. Nothing where the table does so by itself.
  ///
  /// - Parameter rows: One array for each column of ``key`` and ``part``.
  package func superseding(rows: [any PostgresValue], in project: ProjectID) -> [BoundStatement] {
    statements.supersede.map { [$0.bind([project.text] + rows)] } ?? []
  }

  /// The resources as they were at a position that is settled, in the order asked for. A row has the key, ``part``,
  /// `version`, `position`, then ``columns`` as far as history has them, and last the place among those asked for,
  /// counted from 0. No row for one that was not there.
  ///
  /// - Parameter keys: One array for each column of ``key``.
  package func images(at position: Int64, keys: [any PostgresValue], in project: ProjectID) -> BoundStatement
  {
    statements.images.bind([project.text, position] + keys)
  }

  /// Gives one locked resource the values of one of its versions, in a write that has drawn its position. The last one
  /// returns the row as ``images(at:keys:in:)`` does, without a place; no row where the version is not kept.
  ///
  /// - Parameter row: One array for each column of ``key`` and ``part``, with one element.
  package func restoring(
    version: Int64, row: [any PostgresValue], in project: ProjectID
  ) -> [BoundStatement] {
    superseding(rows: row, in: project) + [
      statements.restore.bind([project.text, version, boundParameter] + row)
    ]
  }

  /// Removes locked rows of a kind that goes by removal. After ``superseding(rows:in:)``, unless nothing of them is to
  /// stay.
  package func removing(rows: [any PostgresValue], in project: ProjectID) -> BoundStatement {
    guard deletion == .removal, let remove = statements.delete else {
      preconditionFailure("a \(name) is not removed")
    }
    return remove.bind([project.text] + rows)
  }

  /// NULL where the kind has none.
  var boundParameter: any PostgresValue { parameter ?? Int64?.none }
}
