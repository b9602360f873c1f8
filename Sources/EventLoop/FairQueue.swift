/// A queue in which keys take turns; within a key who came first goes first. Pure.
package struct FairQueue<Key: Hashable, Element> {
  private var lines: [Key: Line<Element>] = [:]
  /// The keys that have somebody waiting, in the order of their turns.
  private var turns = Line<Key>()

  package init() {}

  package var isEmpty: Bool { turns.isEmpty }

  package mutating func append(_ element: Element, for key: Key) {
    if lines[key] == nil { turns.append(key) }
    lines[key, default: Line()].append(element)
  }

  package mutating func popFirst() -> Element? {
    guard let key = turns.popFirst() else { return nil }
    let element = lines[key]?.popFirst()
    if lines[key]?.isEmpty == true { lines[key] = nil } else { turns.append(key) }
    return element
  }
}
