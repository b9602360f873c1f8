import EventLoop
import GRPC
import Journal

/// Does what comes due for tasks: on every server for what that server knows of, as soon as it is due; and on one server at a time
/// for all there is.
final class TaskSweep: @unchecked Sendable {
  private let tasks: TaskStore
  private let loop: EventLoop
  private let bell: Bell
  private let duty: Duty
  private var task: Task<Void, Never>?
  private var isStopped = false

  /// - Parameter loop: Where it works.
  init(_ tasks: TaskStore, on loop: EventLoop) {
    self.tasks = tasks
    self.loop = loop
    bell = Bell(loop: loop)
    let configuration = tasks.store.configuration
    duty = Duty("coordination.tasks", journal: tasks.journal, on: loop, every: configuration.sweepInterval) {
      duty in
      do throws(RPCError) { try await tasks.sweep(while: duty.keep) } catch {
        configuration.warn("the sweep of tasks failed and will be tried again: \(error.message)")
      }
    }
  }

  func start() {
    let bell = Confined(bell, to: loop)
    tasks.store.dues.onSooner { bell.execute { $0.ring() } }
    duty.start()
    loop.execute { [self] in
      guard !isStopped else { return }
      task = loop.startTask { [self] in await run() }
    }
  }

  /// Ends after the write under way. Before the pool is closed.
  func stop() async {
    await duty.stop()
    await loop.run { [self] in
      isStopped = true
      bell.ring()
      await task?.value
    }
  }

  private func run() async {
    while !isStopped {
      let (due, next) = tasks.store.dues.take()
      for project in due where !isStopped {
        do throws(RPCError) { try await tasks.sweep(project) } catch {
          // The duty does it again.
          tasks.store.configuration.warn(
            "what is due in project \(project.text) could not be done yet: \(error.message)")
        }
      }
      if due.isEmpty, !isStopped { await bell.wait(atMost: next ?? Self.rest) }
    }
  }

  /// When nothing is known to come due.
  private static let rest = Duration.seconds(60)
}
