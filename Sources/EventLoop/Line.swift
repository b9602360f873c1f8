/// First in, first out. Pure.
package struct Line<Member> {
  private var members: [Member?] = []
  private var next = 0

  package init() {}

  package var isEmpty: Bool { next == members.count }
  package var count: Int { members.count - next }
  package var first: Member? { isEmpty ? nil : members[next] }

  package mutating func append(_ member: Member) { members.append(member) }

  package mutating func popFirst() -> Member? {
    guard !isEmpty else { return nil }
    defer {
      next += 1
      if next == members.count {
        members.removeAll(keepingCapacity: members.capacity <= 64)
        next = 0
      } else if next > 32, next * 2 > members.count {
        members.removeFirst(next)
        next = 0
      }
    }
    return members[next].take()
  }

  /// Forgets those who are not wanted any more.
  package mutating func removeAll(where isUnwanted: (Member) -> Bool) {
    members = members[next...].filter { $0.map(isUnwanted) == false }
    next = 0
  }
}
