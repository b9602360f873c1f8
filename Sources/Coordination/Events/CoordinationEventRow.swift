import CairnAPI
import GRPC
import Journal
import Postgres
import Wire

/// A row of `coordination_event`: watched by task or agent. A class, because feeds hand one row to many watchers.
final class CoordinationEventRow: FeedRow {
  static let feedName = "coordination"
  let project: ProjectID
  let position: Int64
  let ordinal: Int32
  let type: CoordinationEvent.Type_
  let subject: TextKey
  private let provenance: Provenance
  private let body: [UInt8]

  var key: TextKey? { subject }

  /// `{coordination_event_columns}`.
  struct Columns: ColumnLayout {
    let project, principal, operation, subject: Column<String>
    let position: Column<Int64>
    let ordinal, type: Column<Int32>
    let at: Column<PostgresTimestamp>
    let agent, session, task, lease: Column<String?>
    let leaseEpoch: Column<Int64?>
    let body: Column<[UInt8]>

    init(_ find: inout ColumnFinder) {
      project = find("project_id")
      position = find("position")
      ordinal = find("ordinal")
      at = find("at")
      principal = find("principal")
      agent = find("agent")
      session = find("session")
      task = find("task")
      lease = find("lease")
      leaseEpoch = find("lease_epoch")
      operation = find("operation")
      type = find("type")
      subject = find("subject")
      body = find("body")
    }
  }

  init(decoding row: Row, _ columns: Columns) throws(PostgresError) {
    project = ProjectID(unchecked: try row.decode(columns.project))
    position = try row.decode(columns.position)
    ordinal = try row.decode(columns.ordinal)
    type = CoordinationEvent.Type_(rawValue: try row.decode(columns.type))
    subject = TextKey(try row.decode(columns.subject))
    body = try row.decode(columns.body)
    var provenance = Provenance()
    provenance.time = WellKnown.Timestamp(try row.decode(columns.at))
    provenance.principal = try row.decode(columns.principal)
    provenance.agent = try row.decode(columns.agent) ?? ""
    provenance.session = try row.decode(columns.session) ?? ""
    provenance.task = try row.decode(columns.task) ?? ""
    provenance.lease = try row.decode(columns.lease) ?? ""
    provenance.leaseEpoch = try row.decode(columns.leaseEpoch) ?? 0
    provenance.operation = try row.decode(columns.operation)
    self.provenance = provenance
  }

  /// The event with all that the row says.
  func event() throws(RPCError) -> CoordinationEvent {
    guard var event = try? CoordinationEvent(decoding: body) else {
      throw RPCError(.internal, .internal, "event \(ordinal) of position \(position) cannot be read")
    }
    event.type = type
    event.position = position
    event.ordinal = ordinal
    event.provenance = provenance
    // The fencing token of an assignment is the position of the write that made it.
    if type == .taskAssigned { event.epoch = position }
    return event
  }

  static var page: Query<FeedPage, Columns> { EventQueries.page }
  static var tail: Query<FeedTail, Columns> { EventQueries.tail }
  static let keyed: KeyedQueries<Columns>? = KeyedQueries(
    page: EventQueries.keyedPage, tail: EventQueries.keyedTail)
}
