/// A queue in storage that is used again: no allocation once it has grown to what is needed.
struct Ring<Element> {
  private var storage: [Element?] = []
  private var head = 0
  private(set) var count = 0

  var isEmpty: Bool { count == 0 }

  var first: Element? { count == 0 ? nil : storage[head] }

  mutating func append(_ element: Element) {
    if count == storage.count { grow() }
    storage[(head + count) & (storage.count - 1)] = element
    count += 1
  }

  mutating func prepend(_ elements: some Sequence<Element>) {
    let others = removeAll()
    for element in elements { append(element) }
    for element in others { append(element) }
  }

  mutating func popFirst() -> Element? {
    guard count > 0 else { return nil }
    let element = storage[head].take()
    head = (head + 1) & (storage.count - 1)
    count -= 1
    return element
  }

  /// Changes the element at `position` from the front.
  mutating func update<T>(at position: Int, body: (inout Element) -> T) -> T {
    precondition(position < count)
    return body(&storage[(head + position) & (storage.count - 1)]!)
  }

  subscript(position: Int) -> Element {
    precondition(position < count)
    return storage[(head + position) & (storage.count - 1)]!
  }

  mutating func removeAll() -> [Element] {
    var elements: [Element] = []
    while let element = popFirst() { elements.append(element) }
    return elements
  }

  /// The size stays a power of two, so that positions wrap with a mask.
  private mutating func grow() {
    var larger: [Element?] = []
    larger.reserveCapacity(max(16, storage.count * 2))
    for position in 0..<count { larger.append(storage[(head + position) & (storage.count - 1)]) }
    larger.append(contentsOf: repeatElement(nil, count: max(16, storage.count * 2) - count))
    storage = larger
    head = 0
  }
}
