/// A value that belongs to a loop, to be carried through code that may run anywhere, such as what is called when a task
/// is cancelled.
///
/// The value itself need not be `Sendable`: it is looked at on its loop only. In debug builds that is checked.
package struct Confined<Value>: @unchecked Sendable {
  private let value: Value
  private let loop: EventLoop

  package init(_ value: Value, to loop: EventLoop) {
    self.value = value
    self.loop = loop
  }

  /// The value, for code on its loop.
  package var onLoop: Value {
    loop.assertOnLoop()
    return value
  }

  /// Starts a task with the value, as ``EventLoop/startTask(_:)`` does. On the loop only.
  @discardableResult
  package func startTask(_ body: @escaping @Sendable (Value) async -> Void) -> Task<Void, Never> {
    loop.startTask { await body(value) }
  }

  /// Makes a task with the value that begins in a later turn of its loop. From any thread.
  @discardableResult
  package func task(_ body: @escaping @Sendable (Value) async -> Void) -> Task<Void, Never> {
    Task(executorPreference: loop) { await body(value) }
  }

  /// Does something with the value in a later turn of its loop. From any thread.
  package func execute(_ body: @escaping @Sendable (Value) -> Void) {
    loop.execute { body(value) }
  }
}
