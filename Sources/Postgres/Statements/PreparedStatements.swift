/// Names a statement among those prepared on one connection.
enum StatementKey: Hashable, Sendable {
  case named(Int)
  case composed(String)
}

/// Which statements one connection has prepared.
///
/// Named ones stay; composed ones share a bounded cache, and the one unused longest makes room.
/// Pure: says what to do, the connection does it.
struct PreparedStatements {
  enum Use {
    /// Execute under this name.
    case ready(CString)
    /// Prepare under this name first, after deallocating `evicting`.
    case prepare(CString, evicting: CString?)
  }

  private struct Composed {
    let name: CString
    var lastUse: Int
  }

  private struct Named {
    var isPrepared = false
    /// Differs from the statement's own once that was given up.
    var name: CString?
  }

  private let capacity: Int
  private var named: [Named] = []
  private var composed: [String: Composed] = [:]
  private var clock = 0

  init(composedCapacity: Int) { capacity = max(1, composedCapacity) }

  var composedCount: Int { composed.count }

  /// Says how to run `statement`, and takes it for prepared from now on.
  mutating func use(_ statement: Statement) -> Use {
    guard statement.isComposed else {
      return useNamed(statement)
    }
    clock += 1
    if let known = composed[statement.sql] {
      composed[statement.sql]!.lastUse = clock
      return .ready(known.name)
    }
    let evicted = composed.count < capacity ? nil : evictOldest()
    // A name is never used twice: a DEALLOCATE that was skipped then does no harm.
    let name = CString("c\(clock)")
    composed[statement.sql] = Composed(name: name, lastUse: clock)
    return .prepare(name, evicting: evicted)
  }

  private mutating func useNamed(_ statement: Statement) -> Use {
    while named.count <= statement.id { named.append(Named()) }
    let name = named[statement.id].name ?? statement.serverName
    if named[statement.id].isPrepared { return .ready(name) }
    named[statement.id].isPrepared = true
    return .prepare(name, evicting: nil)
  }

  /// The statement is prepared again before its next use, under another name: the server may still
  /// have it under the old one, with the plan that no longer fits.
  mutating func forget(_ key: StatementKey) {
    switch key {
    case .named(let id):
      clock += 1
      if id < named.count { named[id] = Named(isPrepared: false, name: CString("s\(id)_again\(clock)")) }
    case .composed(let sql): composed[sql] = nil
    }
  }

  private mutating func evictOldest() -> CString? {
    guard let oldest = composed.min(by: { $0.value.lastUse < $1.value.lastUse }) else { return nil }
    composed[oldest.key] = nil
    return oldest.value.name
  }
}

extension Statement {
  var key: StatementKey { isComposed ? .composed(sql) : .named(id) }
}
