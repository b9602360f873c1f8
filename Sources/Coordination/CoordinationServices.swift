import Commits
import EventLoop
import GRPC
import Journal
import Postgres

/// The services of this module, one for each feature, over the same tables.
package struct CoordinationServices: Sendable {
  package let all: [any RPCService]
  let store: CoordinationStore
  let tasks: TaskStore
  private let loop: EventLoop
  private let dispatcher: Dispatcher
  private let taskSweep: TaskSweep

  /// Before ``Journal/start()``, because what happens has a feed of its own.
  ///
  /// - Parameters:
  ///   - commits: What may be written with the completion of a task.
  ///   - loop: For what goes on in the background.
  package init(
    journal: Journal, pool: PostgresPool, blocking: BlockingPool, commits: CommitParts, on loop: EventLoop,
    configuration: CoordinationConfiguration = CoordinationConfiguration()
  ) {
    store = CoordinationStore(journal: journal, pool: pool, configuration: configuration)
    tasks = TaskStore(store: store, blocking: blocking, commits: commits)
    self.loop = loop
    dispatcher = Dispatcher(store, on: loop)
    taskSweep = TaskSweep(tasks, on: loop)
    let agents = AgentStore(store: store)
    all = [
      AgentService(store: store), TaskService(store: tasks),
      AssignmentService(tasks: tasks, agents: agents), QueueService(store: store),
    ]
  }

  /// Starts what goes on in the background.
  package func start() {
    store.beats.start(on: loop) { [store] agent in
      do throws(RPCError) { try await AgentStore(store: store).revive(agent) } catch {
        store.configuration.warn(
          "agent \(agent.agent) could not be revived by its heartbeat: \(error.message)")
      }
    }
    dispatcher.start()
    taskSweep.start()
  }

  /// Streams end soon, or say that they will. After ``Journal/drain()``.
  package func drain() { store.wakes.ringAll() }

  /// After the last call has ended, and before the pool is closed.
  package func stop() async {
    await dispatcher.stop()
    await taskSweep.stop()
    await store.beats.stop()
  }
}
