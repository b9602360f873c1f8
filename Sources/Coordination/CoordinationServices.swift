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
  let agents: AgentStore
  let figures: FigureStore

  /// Before ``Journal/start()``, because what happens has a feed of its own.
  ///
  /// - Parameter commits: What may be written with the completion of a task.
  package init(
    journal: Journal, pool: PostgresPool, blocking: BlockingPool, commits: CommitParts,
    configuration: CoordinationConfiguration = CoordinationConfiguration()
  ) {
    store = CoordinationStore(journal: journal, pool: pool, configuration: configuration)
    tasks = TaskStore(store: store, blocking: blocking, commits: commits)
    agents = AgentStore(store: store)
    figures = FigureStore(journal: journal, pool: pool)
    all = [
      AgentService(store: store, tasks: tasks), TaskService(store: tasks),
      AssignmentService(tasks: tasks, agents: agents),
      QueueService(queues: QueueStore(store: store, figures: figures)),
    ]
  }

  /// Streams end soon, or say that they will. After ``Journal/drain()``.
  package func drain() { store.wakes.ringAll() }
}
