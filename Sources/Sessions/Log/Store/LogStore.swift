import EventLoop
import GRPC
import Journal
import Postgres
import Requests

/// The logs of sessions in PostgreSQL: the tables `session_event` and `session_entity`.
struct LogStore: Sendable {
  /// Writes what changes more than a log.
  let sessions: SessionStore
  /// What is appended to all logs.
  let feed: Feed<SessionEventRow>
  /// For events that take long to read.
  let blocking: BlockingPool
  /// The bodies that watchers of a loop want at the same moment.
  let bodies: PerLoop<SharedWork<[EventPlace], [[UInt8]]>>

  var journal: Journal { sessions.journal }
  var pool: PostgresPool { sessions.pool }

  /// Before ``Journal/start()``, because of the feed.
  init(sessions: SessionStore, blocking: BlockingPool) {
    self.sessions = sessions
    self.blocking = blocking
    feed = sessions.journal.feed(of: SessionEventRow.self)
    bodies = sessions.journal.sharedWork([EventPlace].self, [[UInt8]].self)
  }
}

/// Which event it is, in all projects.
struct EventPlace: Hashable, Sendable {
  let project: ProjectID
  let position: Int64
  let ordinal: Int32

  init(_ row: SessionEventRow) {
    project = row.project
    position = row.position
    ordinal = row.ordinal
  }
}
