/// What the writes of one batch have in common: their project, and where all of them lock the same row first, that row,
/// or may wait for rows of others, what these are.
package struct WriteGroup: Hashable, Sendable {
  /// Bytes, not texts: two keys that Swift takes for the same are two.
  private let name: [UInt8]
  private let key: [UInt8]?
  /// Whether its batches are one statement each (``MergedWrites``).
  private(set) var merges = false

  /// - Parameter key: What the prologue locks, or what the writes may find locked. The group's writes wait for each other
  ///   there, so more than one batch of them at a time on a loop would only hold connections. Nil where they lock nothing.
  package init(_ name: String, behind key: String? = nil) {
    self.init(name: Array(name.utf8), key: key.map { Array($0.utf8) })
  }

  /// The project's writes that become one statement.
  var merging: WriteGroup {
    var group = project
    group.merges = true
    return group
  }

  /// Whether its batches may wait for rows that others have locked.
  var mayWait: Bool { key != nil }

  /// The project's writes, whatever they wait for.
  package var project: WriteGroup { WriteGroup(name: name, key: nil) }

  private init(name: [UInt8], key: [UInt8]?) {
    self.name = name
    self.key = key
  }

  /// Batches that a loop may have under way at the same time.
  func batches(of configuration: PoolConfiguration) -> Int {
    key == nil ? configuration.writeBatchesPerGroup : 1
  }
}
