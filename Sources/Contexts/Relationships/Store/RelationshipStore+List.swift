import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import Wire

extension RelationshipStore {
  /// One page of relationships: one round trip, two where those that lead from a context end and those that
  /// lead to it begin.
  func list(
    _ list: RelationshipList, at moment: Moment?, in project: ProjectID
  ) async throws(RPCError) -> ListRelationshipsResponse {
    try await database { () async throws(PostgresError) in
      var page = RelationshipPage(list, moment)
      if list.direction != .in, list.after?.isIncoming != true {
        try await read(
          list.composition(incoming: false, limit: page.room + 1, in: project, at: moment), into: &page)
      }
      if list.direction != .out, list.context != nil, !page.isFull {
        page.isIncoming = true
        try await read(
          list.composition(incoming: true, limit: page.room + 1, in: project, at: moment), into: &page)
      }
      return page.response
    }
  }

  private func read(_ query: Composition, into page: inout RelationshipPage) async throws(PostgresError) {
    let found = try await pool.query(RelationshipQueries.list, query)
    for row in found.rows {
      let relationship = try Relationship(decoding: row, found.columns)
      page.append(relationship, size: relationship.sizeBound(in: row, found.columns))
    }
  }
}

/// A page under construction.
private struct RelationshipPage {
  private let list: RelationshipList
  private let moment: Moment?
  private var bytes = 0
  private var last: RelationshipPlace?
  /// Whether a row did not fit.
  private(set) var isFull = false
  private(set) var response = ListRelationshipsResponse()
  var isIncoming = false

  init(_ list: RelationshipList, _ moment: Moment?) {
    self.list = list
    self.moment = moment
  }

  var room: Int { list.pageSize - response.relationships.count }

  mutating func append(_ relationship: Relationship, size: Int) {
    if isFull { return }
    bytes += size
    if room == 0 || (bytes > Limits.answerBytes && last != nil) {
      isFull = true
      if let last { response.nextPageToken = list.nextPageToken(after: last, at: moment) }
      return
    }
    response.relationships.append(relationship)
    let end = relationship.validTo?.microseconds
    last = RelationshipPlace(
      isIncoming: isIncoming, key: relationship.key, validTo: end ?? StoredRelationship.open)
  }
}

extension RelationshipList {
  /// The statement for this combination of conditions and page.
  func composition(
    incoming: Bool, limit: Int, in project: ProjectID, at moment: Moment?
  ) -> Composition {
    var query = RelationshipQueries.list.begin()
    if let moment {
      query.add("all_then", ["project": project.text, "position": moment.position])
    } else {
      query.add("all", ["project": project.text])
    }
    let (here, there) = incoming ? ("to", "from") : ("from", "to")
    if let context { query.add(here, [here: context]) }
    if let other { query.add(there, [there: other]) }
    if incoming, direction == .both { query.add("other_than_itself") }
    query.add(conditions, ended: showEnded, at: moment)
    if let moment {
      query.add("live_then", ["time": moment.time])
    } else {
      query.add("live")
    }
    if let after, after.isIncoming == incoming {
      let key = after.key
      let kind = Int16(key.kind.rawValue)
      let end = PostgresTimestamp(microseconds: after.validTo)
      if incoming {
        query.add(
          "after_to",
          ["after_kind": kind, "after_name": key.name, "after_from": key.source, "after_end": end])
      } else {
        query.add(
          "after_from",
          [
            "after_from": key.source, "after_kind": kind, "after_name": key.name, "after_to": key.target,
            "after_end": end,
          ])
      }
    }
    query.add(incoming ? "by_to" : "by_from")
    query.add("limit", ["limit": limit])
    return query
  }
}

extension Composition {
  /// Which relationships, now or at a moment of the past.
  /// - Parameter ended: Whatever the time in which they hold.
  mutating func add(_ conditions: RelationshipConditions, ended: Bool = false, at past: Moment?) {
    if !conditions.kinds.isEmpty { add("kinds", ["kinds": conditions.kinds.map { Int16($0.rawValue) }]) }
    if !conditions.names.isEmpty { add("names", ["names": conditions.names]) }
    if let time = PostgresTimestamp(conditions.validAt) ?? (ended ? nil : past?.time) {
      add("valid_at", ["valid_at": time])
    } else if !ended {
      add("valid_now")
    }
    if let weight = conditions.minWeight { add("min_weight", ["min_weight": weight]) }
  }
}
