/// A queue in which keys take turns; within a key who came first goes first. Pure.
///
/// Inlinable, as ``Line`` is: every look-up passes through one of another module, where generic code that is not
/// specialized asks the runtime for its types again and again.
@usableFromInline package struct FairQueue<Key: Hashable, Element> {
  @usableFromInline var lines: [Key: Line<Element>] = [:]
  /// The keys that have somebody waiting, in the order of their turns.
  @usableFromInline var turns = Line<Key>()

  @inlinable package init() {}

  @inlinable package var isEmpty: Bool { turns.isEmpty }

  @inlinable package mutating func append(_ element: Element, for key: Key) {
    if let place = lines.index(forKey: key) {
      lines.values[place].append(element)
    } else {
      turns.append(key)
      lines[key] = Line(element)
    }
  }

  @inlinable package mutating func popFirst() -> Element? {
    guard let key = turns.popFirst(), let place = lines.index(forKey: key) else { return nil }
    let element = lines.values[place].popFirst()
    if lines.values[place].isEmpty { lines.remove(at: place) } else { turns.append(key) }
    return element
  }
}
