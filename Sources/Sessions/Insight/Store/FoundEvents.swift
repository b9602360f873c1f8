import CairnAPI
import GRPC
import Journal
import Postgres
import Requests

/// A page of events as `insight_events` returns it, not yet decoded.
struct FoundEvents: Sendable {
  let rows: Rows
  let columns: Columns
  let page: InsightPage

  /// Those of the event are NULL where the page has none.
  struct Columns: ColumnLayout {
    let looked, total: Column<Int>
    let lookedPosition: Column<Int64>
    let lookedOrdinal: Column<Int32>
    let event: SessionEventRow.Columns
    let rules: Column<[Int16]?>?
    let previous: Column<[Int64]?>?

    init(_ find: inout ColumnFinder) {
      looked = find("looked")
      total = find("total")
      lookedPosition = find("looked_position")
      lookedOrdinal = find("looked_ordinal")
      event = SessionEventRow.Columns(&find)
      rules = find.ifAny("rules")
      previous = find.ifAny("previous")
    }
  }

  init(_ rows: Rows, of page: InsightPage) throws(RPCError) {
    self.rows = rows
    self.page = page
    columns = try database { () throws(PostgresError) in try InsightQueries.events.results(rows).columns }
  }

  /// Bytes that decoding takes time for.
  var bytes: Int { rows.bytes(of: columns.event.body) }

  /// The events of the page, and the token of the next one; empty when this is the last one.
  func decoded() throws(RPCError) -> (events: [FoundEvent], next: String) {
    guard let first = rows.first else { return ([], "") }
    let (looked, total, last) = try database { () throws(PostgresError) in
      (
        try first.decode(columns.looked), try first.decode(columns.total),
        Cursor(
          position: try first.decode(columns.lookedPosition), ordinal: try first.decode(columns.lookedOrdinal)
        )
      )
    }
    var events: [FoundEvent] = []
    for row in rows.prefix(page.size) where !row.isNull(columns.event.sequence) {
      events.append(try FoundEvent(decoding: row, columns))
    }
    if events.count < total {
      let end = events.last?.cursor ?? page.after ?? Cursor(position: 0, ordinal: 0)
      return (events, page.nextPageToken(after: end))
    }
    return (events, looked == Limits.lookedEvents ? page.nextPageToken(after: last) : "")
  }
}

/// An event of a page.
struct FoundEvent {
  let event: SessionEvent
  /// Of a transition: numbers of SessionTransition.Rule.
  let rules: [Int16]
  /// Of a change: for each of its entities the event before that was about it; 0 for none.
  let previous: [Int64]

  fileprivate var cursor: Cursor { Cursor(position: event.position, ordinal: event.ordinal) }

  fileprivate init(decoding row: Row, _ columns: FoundEvents.Columns) throws(RPCError) {
    let (stored, rules, previous) = try database { () throws(PostgresError) in
      (
        try SessionEventRow(decoding: row, columns.event),
        try columns.rules.flatMap { column throws(PostgresError) in try row.decode(column) } ?? [],
        try columns.previous.flatMap { column throws(PostgresError) in try row.decode(column) } ?? []
      )
    }
    event = try stored.event(stored.body ?? [])
    (self.rules, self.previous) = (rules, previous)
  }

  var transition: SessionTransition {
    var transition = SessionTransition()
    transition.rules = rules.map { SessionTransition.Rule(rawValue: Int32($0)) }
    transition.event = event
    return transition
  }

  var change: SessionEntityChange {
    var change = SessionEntityChange()
    change.event = event
    change.versions = zip(event.change?.entities ?? [], previous).map { entity, previous in
      var version = EntityVersion()
      version.entity = entity
      version.version = event.sequence
      version.previousVersion = previous
      return version
    }
    return change
  }
}
