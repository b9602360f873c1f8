import Wire

/// What contains what, as far as it matters for new containments: finds the loops that they would make.
struct Containment {
  private struct Part {
    let id: String
    let from: Int64
    let to: Int64
  }

  private var parts: [TextKey: [Part]] = [:]

  /// Notes that `container` contains `part` from one moment until before another one, in microseconds.
  mutating func insert(_ part: String, in container: String, from: Int64, to: Int64) {
    parts[TextKey(container), default: []].append(Part(id: part, from: from, to: to))
  }

  /// The loop that `container` containing `part` would make: from `container` by way of `part` to itself,
  /// along what holds at some moment of the time given. Nil when there is none. The shortest, the first one
  /// stored.
  func loop(closing container: String, _ part: String, from: Int64, to: Int64) -> [String]? {
    if container.hasSameBytes(as: part) { return [container, part] }
    var parents: [TextKey: String] = [TextKey(part): container]
    var queue = [part]
    var next = 0
    while next < queue.count {
      let id = queue[next]
      next += 1
      for inner in parts[id] ?? [] where inner.from < to && from < inner.to {
        if inner.id.hasSameBytes(as: container) {
          return path(to: id, parents, from: container) + [container]
        }
        if parents[inner.id] == nil {
          parents[inner.id] = id
          queue.append(inner.id)
        }
      }
    }
    return nil
  }

  private func path(to id: String, _ parents: [TextKey: String], from start: String) -> [String] {
    var path = [id]
    while let last = path.last, !last.hasSameBytes(as: start), let parent = parents[last] {
      path.append(parent)
    }
    return path.reversed()
  }
}
