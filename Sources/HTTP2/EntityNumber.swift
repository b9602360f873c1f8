import Synchronization

/// Numbers that tell servers, channels and connections of this process apart; none is given twice.
package enum EntityNumber {
  private static let last = Atomic<Int64>(0)

  package static func next() -> Int64 { last.add(1, ordering: .relaxed).newValue }
}
