/// A timer that runs a closure.
package final class ClosureTimer: LoopTimer {
  private let body: () -> Void

  package init(_ body: @escaping () -> Void) { self.body = body }

  package override func fire() { body() }
}
