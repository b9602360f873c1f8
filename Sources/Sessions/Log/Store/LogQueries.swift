import CairnAPI
import Journal
import Postgres
import Requests

/// The statements about logs, under the names of their files.
enum LogQueries {
  static let all: [any CheckedStatement] = [
    append, appendAlone, appendShared.lock, appendShared.write, recent, find, bodies, page, tail, keyedPage,
    keyedTail,
  ]

  /// Of a write that has drawn.
  static let append = Query<AppendedEvents, NoColumns>(
    "append_events", PackageResources.append_events_sql, including: fragments, AppendedEvents.parameters)
  /// A whole write.
  static let appendAlone = Query<(scope: CallScope, append: LogAppend), AppendColumns>(
    "append_to_log", PackageResources.append_to_log_sql, including: fragments,
    parameters(CallScope.parameters) { $0.scope } + [
      .init("session") { $0.append.session },
      .init("expected") { $0.append.expected },
      .init("members") { $0.append.members },
      .init("renews") { !$0.append.keepsExpireTime },
      .init("is_published") { $0.append.isPublished },
    ] + parameters([SessionEvent].parameters) { $0.append.events })
  /// A whole write of several.
  static let appendShared = MergedWrites(
    lock: Query<[SharedAppend], NoColumns>(
      "lock_free_heads", PackageResources.lock_free_heads_sql, [SharedAppend].heads),
    write: Query<[SharedAppend], SharedColumns>(
      "append_to_logs", PackageResources.append_to_logs_sql, including: fragments, [SharedAppend].parameters))

  static let list = ComposedQuery<ListColumns>(
    "list_events", SQLFragments(PackageResources.list_events_sql, including: fragments))
  static let recent = Query<(session: SessionInProject, limit: Int, bytes: Int), SessionEventRow.Columns>(
    "recent_events", PackageResources.recent_events_sql, including: fragments,
    parameters(session) { $0.session } + [.init("limit") { $0.limit }, .init("bytes") { $0.bytes }])
  static let find = Query<(session: SessionInProject, sequence: Int64?), ExtentColumns>(
    "find_event", PackageResources.find_event_sql, including: fragments,
    parameters(session) { $0.session } + [.init("sequence") { $0.sequence }])

  static let bodies = Query<(project: ProjectID, rows: [SessionEventRow], bytes: Int), BodyColumns>(
    "event_bodies", PackageResources.event_bodies_sql,
    [
      .init("project") { $0.project.text },
      .init("sessions") { $0.rows.map(\.session.text) },
      .init("sequences") { $0.rows.map(\.sequence) },
      .init("positions") { $0.rows.map(\.position) },
      .init("bytes") { $0.bytes },
    ])
  static let page = Query<FeedPage, SessionEventRow.Columns>(
    "page_events", PackageResources.page_events_sql, including: fragments, FeedPage.parameters)
  static let tail = Query<FeedTail, SessionEventRow.Columns>(
    "tail_events", PackageResources.tail_events_sql, including: fragments, FeedTail.parameters)
  static let keyedPage = Query<FeedPage, SessionEventRow.Columns>(
    "page_log", PackageResources.page_log_sql, including: fragments, FeedPage.keyedParameters)
  static let keyedTail = Query<FeedTail, SessionEventRow.Columns>(
    "tail_logs", PackageResources.tail_logs_sql, including: fragments, FeedTail.keyedParameters)

  typealias SessionInProject = (project: ProjectID, session: String)

  private static let session: [Parameter<SessionInProject>] = [
    .init("project") { $0.project.text }, .init("session") { $0.session },
  ]
  static let fragments = SQLFragments(PackageResources.log_fragments_sql, including: .journal)
}

extension LogQueries {
  /// The columns of `append_to_log`. All are NULL but position and time when there is no session.
  struct AppendColumns: ColumnLayout {
    let stamp: StampColumns
    let isAppended: Column<Bool>
    let state: Column<Int32?>
    let lastSequence, maxEvents: Column<Int64?>
    let expireTime, deleteTime: Column<PostgresTimestamp?>
    let agents: Column<[String]?>

    init(_ find: inout ColumnFinder) {
      stamp = StampColumns(&find)
      isAppended = find("is_appended")
      state = find("state")
      lastSequence = find("last_sequence")
      maxEvents = find("max_events")
      expireTime = find("expire_time")
      deleteTime = find("delete_time")
      agents = find("agents")
    }
  }

  /// The columns of `append_to_logs`.
  struct SharedColumns: ColumnLayout {
    let stamp: StampColumns
    let state: Column<Int32>
    let sequence: Column<Int64>
    let expireTime: Column<PostgresTimestamp?>
    /// Which append it is of, for the pool.
    let place: Column<Int64>

    init(_ find: inout ColumnFinder) {
      stamp = StampColumns(&find)
      state = find("state")
      sequence = find("sequence")
      expireTime = find("expire_time")
      place = find("place")
    }
  }

  /// The columns of `list_events`. Those of the event are NULL where the page has none.
  struct ListColumns: ColumnLayout {
    let lastSequence, oldestSequence: Column<Int64>
    let isDeleted: Column<Bool>
    let total: Column<Int?>
    let event: SessionEventRow.Columns

    init(_ find: inout ColumnFinder) {
      lastSequence = find("last_sequence")
      oldestSequence = find("oldest_sequence")
      isDeleted = find("is_deleted")
      total = find("total")
      event = SessionEventRow.Columns(&find)
    }
  }

  /// The columns of `find_event`.
  struct ExtentColumns: ColumnLayout {
    let lastSequence, oldestSequence, sharedSequence: Column<Int64>
    let isDeleted: Column<Bool>
    let position: Column<Int64?>
    let ordinal: Column<Int32?>

    init(_ find: inout ColumnFinder) {
      lastSequence = find("last_sequence")
      oldestSequence = find("oldest_sequence")
      sharedSequence = find("shared_sequence")
      isDeleted = find("is_deleted")
      position = find("position")
      ordinal = find("ordinal")
    }
  }

  /// The columns of `event_bodies`.
  struct BodyColumns: ColumnLayout {
    let place: Column<Int>
    let body: Column<[UInt8]>

    init(_ find: inout ColumnFinder) {
      place = find("place")
      body = find("body")
    }
  }
}

extension LogQueries {
  static func page(_ list: EventList, in project: ProjectID) -> Composition {
    var query = self.list.begin()
    query.add("log", ["project": project.text, "session": list.session])
    let isNewestFirst = list.isNewestFirst
    let (from, to, limit) = (list.lowest ?? 0, list.highest ?? Int64.max, list.pageSize + 1)
    query.add(isNewestFirst ? "newest" : "oldest", ["from": from, "to": to])
    switch list.selection {
    case .all:
      query.add(isNewestFirst ? "next_newest" : "next_oldest", ["look": limit])
    case .messages:
      query.add("messages")
    case .matching(let look):
      query.add(isNewestFirst ? "next_newest" : "next_oldest", ["look": look])
      if !list.types.isEmpty {
        query.add("types", ["types": list.types.map { Int16(truncatingIfNeeded: $0.rawValue) }])
      }
      if !list.agents.isEmpty { query.add("agents", ["agents": list.agents]) }
    }
    query.add(isNewestFirst ? "of_newest" : "of_oldest", ["limit": limit])
    query.add(isNewestFirst ? "newest_first" : "oldest_first", ["limit": limit])
    query.add("end", ["bytes": list.pageBytes])
    return query
  }
}
