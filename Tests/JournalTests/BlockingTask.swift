import Foundation
import Postgres
import Synchronization

/// A thread for work that blocks, which a task can wait for.
final class BlockingTask: Sendable {
  private let isDone = Atomic<Bool>(false)

  init(_ body: @escaping @Sendable () -> Void) {
    Thread { [self] in
      body()
      isDone.store(true, ordering: .releasing)
    }.start()
  }

  var value: Void {
    get async {
      while !isDone.load(ordering: .acquiring) { try? await Task.sleep(for: .milliseconds(2)) }
    }
  }

  static func sleep(milliseconds: Int) { usleep(UInt32(milliseconds) * 1000) }
}

extension BlockingConnection {
  func run(_ body: (BlockingConnection) throws -> Void) throws { try body(self) }
}
