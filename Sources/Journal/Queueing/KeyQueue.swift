/// Decides which writers may write: those of one key have their turns one after the other, in the order in which they
/// came (a FIFO lock for each key). Pure.
///
/// A writer of several keys stands in all their lines from the start, so two that share keys never wait for each other.
struct KeyQueue<Key: Hashable> {
  enum Arrival: Equatable {
    case begins
    /// Until ``leave(_:)`` of another writer returns it.
    case waits
    /// The queue of its group is full.
    case refused
  }

  private struct Writer {
    let group: String
    let keys: [Key]
    /// The lines in which another writer is before it.
    var blocked: Int
  }

  /// How many writers of a group may wait.
  let limit: Int
  private var writers: [Int: Writer] = [:]
  /// Numbers of writers; the first one of each line has its turn there.
  private var lines: [Key: [Int]] = [:]
  private var waiting: [String: Int] = [:]

  init(limit: Int) { self.limit = limit }

  var isEmpty: Bool { writers.isEmpty && lines.isEmpty && waiting.isEmpty }

  /// A writer comes.
  ///
  /// - Parameter keys: Without repetitions.
  mutating func arrive(_ number: Int, for keys: [Key], of group: String) -> Arrival {
    let blocked = keys.count { lines[$0] != nil }
    if blocked > 0, waiting[group, default: 0] >= limit { return .refused }
    for key in keys { lines[key, default: []].append(number) }
    writers[number] = Writer(group: group, keys: keys, blocked: blocked)
    if blocked == 0 { return .begins }
    waiting[group, default: 0] += 1
    return .waits
  }

  /// A writer has written, or has given up. Returns the writers whose turn it is now.
  mutating func leave(_ number: Int) -> [Int] {
    guard let writer = writers.removeValue(forKey: number) else { return [] }
    if writer.blocked > 0 { stopWaiting(writer.group) }
    var next: [Int] = []
    for key in writer.keys {
      guard let first = takeOut(number, of: key) else { continue }
      writers[first]!.blocked -= 1
      if writers[first]!.blocked == 0 {
        stopWaiting(writers[first]!.group)
        next.append(first)
      }
    }
    return next
  }

  /// Returns the writer that became the first in the line of `key`.
  private mutating func takeOut(_ number: Int, of key: Key) -> Int? {
    guard let index = lines[key]?.firstIndex(of: number) else { return nil }
    lines[key]!.remove(at: index)
    guard let first = lines[key]!.first else {
      lines[key] = nil
      return nil
    }
    return index == 0 ? first : nil
  }

  private mutating func stopWaiting(_ group: String) {
    let left = waiting[group, default: 1] - 1
    waiting[group] = left == 0 ? nil : left
  }
}
