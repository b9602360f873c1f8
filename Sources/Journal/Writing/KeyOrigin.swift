/// Where the key of what is created comes from.
package enum KeyOrigin: Sendable {
  /// Made by the server, so nobody else can be inserting it: the write shares a commit with its neighbours.
  case server
  /// Chosen by the caller, so it may have to wait for another write: the write commits alone.
  case client(ChosenKey)

  /// The rows that the create queues for.
  var rows: [RowKey] { if case .client(let key) = self { [key.row] } else { [] } }
}
