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

  private let capacity: Int
  private var named: [Bool] = []
  private var composed: [String: Composed] = [:]
  private var clock = 0

  init(composedCapacity: Int) { capacity = max(1, composedCapacity) }

  var composedCount: Int { composed.count }

  /// Says how to run `statement`, and takes it for prepared from now on.
  mutating func use(_ statement: Statement) -> Use {
    guard statement.isComposed else {
      if statement.id < named.count, named[statement.id] { return .ready(statement.serverName) }
      while named.count <= statement.id { named.append(false) }
      named[statement.id] = true
      return .prepare(statement.serverName, evicting: nil)
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

  mutating func forget(_ key: StatementKey) {
    switch key {
    case .named(let id): if id < named.count { named[id] = false }
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
