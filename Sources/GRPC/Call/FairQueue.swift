/// A queue in which keys take turns; within a key who came first goes first. Pure.
struct FairQueue<Key: Hashable, Element> {
  /// First in, first out.
  private struct Line<Member> {
    private var members: [Member] = []
    private var next = 0

    var isEmpty: Bool { next == members.count }

    mutating func append(_ member: Member) { members.append(member) }

    mutating func popFirst() -> Member? {
      guard !isEmpty else { return nil }
      defer {
        next += 1
        if next > 32, next * 2 > members.count {
          members.removeFirst(next)
          next = 0
        }
      }
      return members[next]
    }
  }

  private var lines: [Key: Line<Element>] = [:]
  /// The keys that have somebody waiting, in the order of their turns.
  private var turns = Line<Key>()

  var isEmpty: Bool { turns.isEmpty }

  mutating func append(_ element: Element, for key: Key) {
    if lines[key] == nil { turns.append(key) }
    lines[key, default: Line()].append(element)
  }

  mutating func popFirst() -> Element? {
    guard let key = turns.popFirst() else { return nil }
    let element = lines[key]?.popFirst()
    if lines[key]?.isEmpty == true { lines[key] = nil } else { turns.append(key) }
    return element
  }
}
