import EventLoop

/// One value for each loop, so that what runs on a loop finds its own without a lock.
package struct PerLoop<Value: Sendable>: Sendable {
  private let values: [ObjectIdentifier: Value]
  private let loops: [EventLoop]

  package init(_ loops: [EventLoop], _ make: (EventLoop) -> Value) {
    self.loops = loops
    values = Dictionary(uniqueKeysWithValues: loops.map { (ObjectIdentifier($0), make($0)) })
  }

  /// The value of `loop`, which must be one of those given at the start.
  package subscript(loop: EventLoop) -> Value {
    guard let value = values[ObjectIdentifier(loop)] else {
      preconditionFailure("the loop \(loop.name) does not serve the journal")
    }
    return value
  }

  /// The value of the loop that the current task belongs to; nil when it belongs to none of them.
  package var ofCurrentTask: Value? {
    loops.first { $0.isExecutorOfCurrentTask }.flatMap { values[ObjectIdentifier($0)] }
  }

  package var all: some Collection<Value> & Sendable { Array(values.values) }
}
