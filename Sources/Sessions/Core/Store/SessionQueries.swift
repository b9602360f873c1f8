import CairnAPI
import Journal
import Postgres
import Requests
import Wire

/// The statements about sessions, under the names of their files.
enum SessionQueries {
  static let all: [any CheckedStatement] = [create, update, images, lockHeads]

  static let create = Query<NewSession, StampColumns>(
    "create_session", PackageResources.create_session_sql, including: fragments,
    parameters(CallScope.parameters) { $0.scope } + [
      .init("id") { $0.id },
      .init("title") { $0.draft.session.title },
      .init("owner") { $0.draft.session.owner },
      .init("agents") { $0.draft.session.agents },
      .init("entities") { $0.draft.session.entities },
      .init("metadata") { $0.draft.metadata.map { JSONB($0) } },
      .init("ttl") { $0.draft.session.livesFor },
      .init("max_events") { $0.draft.session.maxEvents },
      .init("checkpoint_interval") { $0.draft.session.checkpointInterval },
      .init("parent") { $0.draft.session.parent.isEmpty ? nil : $0.draft.session.parent },
      .init("actor") { $0.draft.session.agents.first ?? "" },
      .init("start") { $0.draft.start.map { $0.serializedBytes() } },
    ])
  static let update = Query<ChangedSession, NoColumns>(
    "update_session", PackageResources.update_session_sql, including: fragments,
    [
      .init("project") { $0.project.text },
      .init("id") { $0.session.id },
      .init("is_deletion") { $0.session.deleteTime != nil },
      .init("is_end") { $0.session.endTime == .ofTheWrite },
      .init("state") { Int16(truncatingIfNeeded: $0.session.state.rawValue) },
      .init("outcome") { Int16(truncatingIfNeeded: $0.session.outcome.rawValue) },
      .init("title") { $0.session.title },
      .init("owner") { $0.session.owner },
      .init("agents") { $0.session.agents },
      .init("metadata") { $0.metadata.map { JSONB($0) } },
      .init("ttl") { $0.session.livesFor },
      .init("max_events") { $0.session.maxEvents },
      .init("checkpoint_interval") { $0.session.checkpointInterval },
      .init("checkpoint") { $0.session.checkpoint.isEmpty ? nil : $0.session.checkpoint },
    ])
  static let images = Query<ChangedSessions, ImageColumns<Session.Columns>>(
    "session_images", PackageResources.session_images_sql, including: fragments,
    [
      .init("project") { $0.project.text },
      .init("ids") { $0.ids },
      .init("positions") { $0.positions },
      .init("bytes") { $0.bytes },
    ])
  static let lockHeads = Query<(project: ProjectID, ids: [String]), OneColumn<String>>(
    "lock_heads", PackageResources.lock_heads_sql,
    [.init("project") { $0.project.text }, .init("ids") { $0.ids }])
  static let read = ComposedQuery<StoredSession.Columns>(
    "read_sessions", SQLFragments(PackageResources.read_sessions_sql, including: fragments))
  static let list = ComposedQuery<ListedColumns<Session.Columns>>(
    "list_sessions", SQLFragments(PackageResources.list_sessions_sql, including: fragments))

  static let fragments = SQLFragments(
    PackageResources.session_fragments_sql, including: .journal)

  typealias NewSession = (scope: CallScope, id: String, draft: SessionDraft)
  typealias ChangedSession = (project: ProjectID, session: Session, metadata: String?)
  typealias ChangedSessions = (project: ProjectID, ids: [String], positions: [Int64], bytes: Int)
}

extension SessionQueries {
  /// One session, as it is or as of a position.
  static func one(_ id: String, at position: Int64? = nil, in project: ProjectID) -> Composition {
    var query = read.begin()
    if let position {
      query.add("past", ["project": project.text, "position": position])
    } else {
      query.add("present", ["project": project.text])
    }
    query.add("one", ["id": id])
    return query
  }

  static func page(_ list: SessionList, in project: ProjectID) -> Composition {
    let filter = list.filter
    var query = self.list.begin()
    query.add("page", ["project": project.text])
    if !list.showDeleted { query.add("live") }
    if filter.active { query.add("active") }
    if !filter.agent.isEmpty { query.add("agent", ["agent": filter.agent]) }
    if !filter.states.isEmpty {
      query.add("states", ["states": filter.states.map { Int16(truncatingIfNeeded: $0.rawValue) }])
    }
    if !filter.entity.isEmpty { query.add("entity", ["entity": filter.entity]) }
    if !filter.parent.isEmpty { query.add("parent", ["parent": filter.parent]) }
    if !filter.owner.isEmpty { query.add("owner", ["owner": filter.owner]) }
    if let from = list.createdFrom {
      query.add("created_from", ["created_from": PostgresTimestamp(microseconds: from)])
    }
    if let before = list.createdBefore {
      query.add("created_before", ["created_before": PostgresTimestamp(microseconds: before)])
    }
    if let after = list.after {
      query.add(
        "after", ["after_time": PostgresTimestamp(microseconds: after.time), "after_id": after.id])
    }
    query.add("end", ["limit": list.pageSize + 1, "bytes": Limits.answerBytes])
    return query
  }
}
