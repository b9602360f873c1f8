import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import Wire

/// The table `task_queue`, and how the tasks of queues stand.
struct QueueStore: Sendable {
  let store: CoordinationStore
  let figures: FigureStore

  /// What is known of a queue, also of one that nobody used.
  func queue(_ id: String, in project: ProjectID, _ call: CallContext) async throws(RPCError) -> Queue {
    try await figures.catchUp(project, call)
    return try await database { () async throws(PostgresError) in
      let found = try await store.pool.read(QueueQueries.find, (project, id))
      return try Queue(decoding: try found.rows.only(), found.columns)
    }
  }

  func list(_ page: ListPage, _ call: CallContext) async throws(RPCError) -> [Queue] {
    try await figures.catchUp(page.project, call)
    return try await database { () async throws(PostgresError) in
      let found = try await store.pool.read(QueueQueries.list, (page.project, page.after, page.limit))
      return try found.rows.map { row throws(PostgresError) in try Queue(decoding: row, found.columns) }
    }
  }

  /// Says something of a queue, while no task is given out: two round trips.
  ///
  /// - Parameters:
  ///   - what: For those who watch.
  ///   - decide: Given what was said of it before, also when nothing was. Nil when nothing changes.
  func write(
    _ id: String, _ what: String, in scope: CallScope,
    decide: @escaping (Queue) throws(RPCError) -> Queue?
  ) async throws(RPCError) -> Queue {
    let lock = DispatchLock.lock(scope.project, [QueueQueries.settings.bind((scope.project, id))])
    let result = try await store.journal.write(in: scope, locking: [lock]) { locked throws(RPCError) in
      let stored = try database { () throws(PostgresError) -> Queue in
        let found = try QueueQueries.settings.results(locked.rows[1])
        guard let row = found.rows.first else {
          var queue = Queue()
          queue.id = id
          return queue
        }
        return try Queue(decoding: row, found.columns)
      }
      guard let planned = try decide(stored)?.planned() else {
        return WritePlan(stored, answer: { stored.serializedBytes() })
      }
      var event = CoordinationEvent()
      event.type = .queueChanged
      event.queue = id
      event.message = what
      return WritePlan(
        statements: [
          QueueQueries.set.bind((scope.project, planned)), RecordedEvents([event]).statement(in: scope),
        ],
        changes: [], answer: { planned.serializedBytes() }
      ) { written in
        written.stamp.map { planned.written($0) } ?? planned.asked(over: stored)
      }
    }
    switch result {
    case .written(let write):
      if write.stamp != nil { store.wakes.ring(.dispatch(scope.project)) }
      return write.value
    case .repeated(let answer): return (try answer.decoded() as Queue).written(answer.stamp)
    }
  }
}
