/// First in, first out. Pure.
@usableFromInline package struct Line<Member> {
  @usableFromInline var members: [Member?] = []
  @usableFromInline var next = 0

  @inlinable package init() {}
  @inlinable package init(_ member: Member) { members = [member] }

  @inlinable package var isEmpty: Bool { next == members.count }
  @inlinable package var count: Int { members.count - next }
  @inlinable package var first: Member? { isEmpty ? nil : members[next] }

  @inlinable package mutating func append(_ member: Member) { members.append(member) }

  @inlinable package mutating func popFirst() -> Member? {
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
  @inlinable package mutating func removeAll(where isUnwanted: (Member) -> Bool) {
    members = members[next...].filter { $0.map(isUnwanted) == false }
    next = 0
  }
}
