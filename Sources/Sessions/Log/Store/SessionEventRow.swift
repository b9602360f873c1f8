import CairnAPI
import GRPC
import Journal
import Postgres
import Wire

/// A row of `session_event`: watched by session. A class, because feeds hand one row to many watchers.
final class SessionEventRow: FeedRow {
  let project: ProjectID
  let session: TextKey
  let sequence: Int64
  let position: Int64
  let ordinal: Int32
  let type: SessionEvent.Type_
  /// Empty for nobody in particular.
  let actor: TextKey
  private let provenance: Provenance
  /// The event as it was appended. Nil where a feed does not hold it: it is looked up when it is sent.
  let body: [UInt8]?

  var key: TextKey? { session }

  /// `{event_columns}` and the body.
  struct Columns: ColumnLayout {
    let project, session, actor, principal, operation: Column<String>
    let sequence, position: Column<Int64>
    let ordinal, type: Column<Int32>
    let at: Column<PostgresTimestamp>
    let agent, ofSession, task, lease: Column<String?>
    let leaseEpoch: Column<Int64?>
    let body: Column<[UInt8]?>

    init(_ find: inout ColumnFinder) {
      project = find("project_id")
      session = find("session_id")
      sequence = find("sequence")
      position = find("position")
      ordinal = find("ordinal")
      at = find("at")
      principal = find("principal")
      agent = find("agent")
      ofSession = find("session")
      task = find("task")
      lease = find("lease")
      leaseEpoch = find("lease_epoch")
      operation = find("operation")
      type = find("type")
      actor = find("actor")
      body = find("body")
    }
  }

  init(decoding row: Row, _ columns: Columns) throws(PostgresError) {
    project = ProjectID(unchecked: try row.decode(columns.project))
    session = TextKey(try row.decode(columns.session))
    sequence = try row.decode(columns.sequence)
    position = try row.decode(columns.position)
    ordinal = try row.decode(columns.ordinal)
    type = SessionEvent.Type_(rawValue: try row.decode(columns.type))
    actor = TextKey(try row.decode(columns.actor))
    body = try row.decode(columns.body)
    var provenance = Provenance()
    provenance.time = WellKnown.Timestamp(try row.decode(columns.at))
    provenance.principal = try row.decode(columns.principal)
    provenance.agent = try row.decode(columns.agent) ?? ""
    provenance.session = try row.decode(columns.ofSession) ?? ""
    provenance.task = try row.decode(columns.task) ?? ""
    provenance.lease = try row.decode(columns.lease) ?? ""
    provenance.leaseEpoch = try row.decode(columns.leaseEpoch) ?? 0
    provenance.operation = try row.decode(columns.operation)
    self.provenance = provenance
  }

  /// The event with all that the row says.
  func event(_ body: [UInt8]) throws(RPCError) -> SessionEvent {
    guard var event = try? SessionEvent(decoding: body) else {
      throw RPCError(
        .internal, .internal, "event \(sequence) of session \(session.text.quoted) cannot be read")
    }
    event.session = session.text
    event.sequence = sequence
    event.position = position
    event.ordinal = ordinal
    event.provenance = provenance
    return event
  }

  static var feedName: String { "session_log" }
  static var page: Query<FeedPage, Columns> { LogQueries.page }
  static var tail: Query<FeedTail, Columns> { LogQueries.tail }
  static let keyed: KeyedQueries<Columns>? = KeyedQueries(
    page: LogQueries.keyedPage, tail: LogQueries.keyedTail)
}
