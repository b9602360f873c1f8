import CairnAPI
import Journal
import Postgres
import Requests
import Wire

/// The statements about forks and families, under the names of their files.
enum ForkQueries {
  static let all: [any CheckedStatement] = [
    keepHead, place, values, insert, root, tree, sharedPlace, sharedEvents,
  ]

  static let keepHead = Query<SessionInProject, OneColumn<String>>(
    "keep_head", PackageResources.keep_head_sql, session)
  static let place = Query<Wanted, PlaceColumns>(
    "fork_place", PackageResources.fork_place_sql, including: LogQueries.fragments,
    wanted + [.init("id") { $0.id }])
  static let values = Query<Wanted, ValueColumns>(
    "fork_values", PackageResources.fork_values_sql, including: fragments, wanted)
  static let insert = Query<(project: ProjectID, fork: Session), NoColumns>(
    "insert_fork", PackageResources.insert_fork_sql, including: fragments,
    [
      .init("project") { $0.project.text },
      .init("id") { $0.fork.id },
      .init("session") { $0.fork.parent },
      .init("sequence") { $0.fork.lastSequence },
      .init("state") { Int16(truncatingIfNeeded: $0.fork.state.rawValue) },
      .init("title") { $0.fork.title },
      .init("owner") { $0.fork.owner },
      .init("agents") { $0.fork.agents },
      .init("entities") { $0.fork.entities },
      .init("metadata") { $0.fork.metadata.flatMap { MetadataJSON.text(of: $0) }.map { JSONB($0) } },
      .init("ttl") { $0.fork.livesFor },
      .init("max_events") { $0.fork.maxEvents },
      .init("checkpoint_interval") { $0.fork.checkpointInterval },
      .init("checkpoint") { $0.fork.checkpoint.isEmpty ? nil : $0.fork.checkpoint },
    ])
  static let root = Query<SessionInProject, RootColumns>(
    "find_root", PackageResources.find_root_sql, session)
  static let tree = Query<TreePage, ListedColumns<TreeRow.Columns>>(
    "list_tree", PackageResources.list_tree_sql,
    [
      .init("project") { $0.project.text },
      .init("root") { $0.root },
      .init("is_first") { $0.tree.after == nil },
      .init("after_time") { PostgresTimestamp(microseconds: $0.tree.after?.time ?? 0) },
      .init("after_id") { $0.tree.after?.id ?? "" },
      .init("show_deleted") { $0.tree.showDeleted },
      .init("looked") { _ in SessionTree.looked },
      .init("limit") { $0.tree.pageSize + 1 },
      .init("bytes") { _ in Limits.answerBytes },
    ])
  static let sharedPlace = Query<(session: SessionInProject, place: Cursor), OneColumn<Int64>>(
    "shared_place", PackageResources.shared_place_sql,
    parameters(session) { $0.session } + [
      .init("position") { $0.place.position }, .init("ordinal") { $0.place.ordinal },
    ])
  static let sharedEvents = Query<SharedPage, SharedColumns>(
    "shared_events", PackageResources.shared_events_sql, including: LogQueries.fragments,
    parameters(session) { $0.session } + [
      .init("after") { $0.after }, .init("limit") { $0.limit }, .init("bytes") { $0.bytes },
    ])

  typealias SessionInProject = LogQueries.SessionInProject
  typealias TreePage = (project: ProjectID, root: String, tree: SessionTree)
  typealias SharedPage = (session: SessionInProject, after: Int64, limit: Int, bytes: Int)

  /// Where a fork is wanted.
  struct Wanted: Sendable {
    let project: ProjectID
    let origin: String
    /// Nil for the last event.
    let sequence: Int64?
    /// The fork's.
    let id: String
  }

  private static let fragments = SQLFragments(
    PackageResources.session_fragments_sql, including: LogQueries.fragments)
  private static let session: [Parameter<SessionInProject>] = [
    .init("project") { $0.project.text }, .init("session") { $0.session },
  ]
  private static let wanted: [Parameter<Wanted>] = [
    .init("project") { $0.project.text }, .init("session") { $0.origin }, .init("sequence") { $0.sequence },
  ]
}

extension ForkQueries {
  struct PlaceColumns: ColumnLayout {
    let oldestSequence: Column<Int64>
    let sessions: Column<Int>
    let isTaken: Column<Bool>

    init(_ find: inout ColumnFinder) {
      oldestSequence = find("oldest_sequence")
      sessions = find("sessions")
      isTaken = find("is_taken")
    }
  }

  struct ValueColumns: ColumnLayout {
    let session: Session.Columns
    let ledTo: Column<Int32?>

    init(_ find: inout ColumnFinder) {
      session = Session.Columns(&find)
      ledTo = find("led_to")
    }
  }

  struct RootColumns: ColumnLayout {
    let root: Column<String>
    let isDeleted: Column<Bool>

    init(_ find: inout ColumnFinder) {
      root = find("root")
      isDeleted = find("is_deleted")
    }
  }

  /// The columns of `shared_events`.
  struct SharedColumns: ColumnLayout {
    let event: SessionEventRow.Columns
    let isPublished: Column<Bool>

    init(_ find: inout ColumnFinder) {
      event = SessionEventRow.Columns(&find)
      isPublished = find("is_published")
    }
  }
}
