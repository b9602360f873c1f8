import DynamicMessage

/// How large messages are, and which hold themselves. Each is looked at once.
final class InlineSizes {
  private let messages: [String: SchemaMessage]
  /// The messages that a message shares a circle with have its number. Repeated fields and maps do not count: their
  /// elements are on the heap.
  private let circles: [String: Int]
  private var known: [String: Int] = [:]

  init(_ messages: [String: SchemaMessage]) {
    self.messages = messages
    circles =
      Circles(
        messages.mapValues { message in
          message.fields.filter { $0.kind == .message && !$0.isRepeated }.compactMap(\.typeName)
        }
      ).numbers
  }

  /// Whether a message that has a field of this type, inline, comes back to itself through it.
  func isRecursive(_ message: String, _ type: String) -> Bool {
    circles[message].map { $0 == circles[type] } ?? (message == type)
  }

  func isBoxed(_ field: SchemaField, in message: String) -> Bool {
    guard field.kind == .message, !field.isRepeated, let type = field.typeName else { return false }
    return isRecursive(message, type) || size(of: type) > 128
  }

  /// About how many bytes a value of a message takes, without what it has on the heap.
  private func size(of fullName: String) -> Int {
    if let size = known[fullName] { return size }
    let unknownFields = 8
    let size =
      messages[fullName]?.fields.reduce(unknownFields) { size, field in
        if field.isRepeated || isBoxed(field, in: fullName) { return size + 8 }
        return switch field.kind {
        case .message: size + self.size(of: field.typeName ?? "") + 1
        case .string: size + 16
        default: size + 8
        }
      } ?? unknownFields
    known[fullName] = size
    return size
  }
}

/// The strongly connected parts of a directed graph (Tarjan), in linear time.
struct Circles {
  /// Two nodes have the same number when each can be reached from the other.
  private(set) var numbers: [String: Int] = [:]

  private struct Visit {
    let node: String
    var next = 0
  }

  /// - Parameter edges: Nodes without an entry have no edges.
  init(_ edges: [String: [String]]) {
    var order: [String: Int] = [:]
    var lowest: [String: Int] = [:]
    var open: [String] = []
    for start in edges.keys.sorted() where order[start] == nil {
      // A stack of its own: a chain of messages may be longer than the thread's.
      var visits = [Visit(node: start)]
      while let visit = visits.last {
        let node = visit.node
        if visit.next == 0, order[node] == nil {
          order[node] = order.count
          lowest[node] = order[node]
          open.append(node)
        }
        let targets = edges[node] ?? []
        guard visit.next < targets.count else {
          if lowest[node] == order[node] {
            repeat { numbers[open[open.count - 1]] = order[node] } while open.removeLast() != node
          }
          visits.removeLast()
          if let parent = visits.last?.node { lowest[parent] = min(lowest[parent] ?? 0, lowest[node] ?? 0) }
          continue
        }
        visits[visits.count - 1].next += 1
        let target = targets[visit.next]
        if order[target] == nil {
          visits.append(Visit(node: target))
        } else if numbers[target] == nil {
          lowest[node] = min(lowest[node] ?? 0, order[target] ?? 0)
        }
      }
    }
  }
}
