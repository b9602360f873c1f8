import Postgres

/// Where the key of what is created comes from.
package enum KeyOrigin: Sendable {
  /// Made by the server, so nobody else can be inserting it: the write shares a commit with its neighbours.
  case server
  /// Chosen by the caller, so it may have to wait for another write: the write commits alone.
  case client(ChosenKey)
  /// The next place of a log: appends to one log that wait at the same moment share a commit.
  case next(LogHead)

  /// The rows that a create which commits alone queues for.
  var rows: [RowKey] {
    switch self {
    case .server: []
    case .client(let key): [key.row]
    case .next(let head): [head.row]
    }
  }

  /// Whether there may be nothing to write to.
  var mayWriteNothing: Bool { if case .next = self { true } else { false } }

  /// Taken before the position is drawn.
  var lock: BoundStatement? {
    switch self {
    case .server: nil
    case .client(let key): key.lock
    case .next(let head): head.lock
    }
  }
}

/// The row that says how far a log is: each append locks it, so that places follow positions.
package struct LogHead: Sendable {
  let row: RowKey
  let lock: BoundStatement

  /// - Parameter lock: `SELECT … FOR UPDATE` of the head. Where there is none the append itself must write nothing.
  package init(_ row: RowKey, lock: BoundStatement) {
    self.row = row
    self.lock = lock
  }

  func group(in project: ProjectID) -> WriteGroup {
    WriteGroup(project.text, behind: "\(row.kind.name)\u{0}\(row.id)")
  }
}
