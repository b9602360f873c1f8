import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import Wire

extension InsightStore {
  /// A page of the entities of a session, with what happened to each: one round trip. Throws SESSION_NOT_FOUND and
  /// SESSION_DELETED.
  func impacts(
    _ list: ImpactList, in project: ProjectID
  ) async throws(RPCError) -> ListSessionImpactsResponse {
    let rows = try await read(
      list.session, in: project, [InsightQueries.impacts(list, in: project).statement])
    return try database { () throws(PostgresError) in
      let found = try InsightQueries.impacts.results(rows[0])
      var response = ListSessionImpactsResponse()
      guard let first = found.rows.first else { return response }
      response.truncated = try first.decode(found.columns.isCut)
      response.impacts = try found.impacts(atMost: list.pageSize)
      if let last = response.impacts.last, let total = try first.decode(found.columns.total),
        response.impacts.count < total
      {
        response.nextPageToken = list.nextPageToken(after: last.entity)
      }
      return response
    }
  }

  /// A page of the sessions about an entity: one round trip.
  func sessions(
    _ list: EntitySessionList, in project: ProjectID
  ) async throws(RPCError) -> ListSessionsByEntityResponse {
    try await database { () async throws(PostgresError) in
      let found = try await pool.query(
        InsightQueries.entitySessions, InsightQueries.page(list, in: project))
      let columns = found.columns
      var response = ListSessionsByEntityResponse()
      guard let first = found.rows.first else { return response }
      let isFull = try first.decode(columns.isFull)
      let isOne = try first.decode(columns.isOne)
      for row in found.rows.prefix(list.pageSize) where !row.isNull(columns.session.id) {
        var item = try EntitySession(decoding: row, columns, about: list.entity)
        item.truncated = isFull && isOne
        response.sessions.append(item)
      }
      if response.sessions.count < (try first.decode(columns.total)), let last = response.sessions.last {
        response.nextPageToken = list.nextPageToken(after: last.session?.id ?? "")
      } else if isFull {
        response.nextPageToken = list.nextPageToken(after: try first.decode(columns.lookedID))
      }
      return response
    }
  }

  /// Figures of all sessions about some entities: one round trip.
  func aggregates(
    _ request: AggregateRequest, in project: ProjectID
  ) async throws(RPCError) -> SessionAggregates {
    try await database { () async throws(PostgresError) in
      let found = try await pool.query(
        InsightQueries.aggregates, InsightQueries.aggregates(request, in: project))
      let columns = found.columns
      var aggregates = SessionAggregates()
      var figures: [TextKey: ImpactFigures] = [:]
      for row in found.rows {
        let part = try ImpactFigures(decoding: row, columns)
        if let entity = try row.decode(columns.entity) {
          figures[entity] = part
          continue
        }
        aggregates.totals = part
        aggregates.agents = try row.decode(columns.actors) ?? []
        aggregates.truncated = try row.decode(columns.isCut)
        aggregates.startTime = request.conditions.startTime.map { WellKnown.Timestamp(microseconds: $0) }
        aggregates.endTime = request.conditions.endTime.map { WellKnown.Timestamp(microseconds: $0) }
        if let timeframe = request.conditions.timeframe {
          let now = try row.decode(columns.now)
          aggregates.endTime = WellKnown.Timestamp(now)
          aggregates.startTime = WellKnown.Timestamp(microseconds: now.microseconds - timeframe)
        }
      }
      aggregates.entities = request.entities.map { entity in
        var part = EntityFigures()
        part.entity = entity
        part.figures = figures[entity] ?? ImpactFigures()
        return part
      }
      return aggregates
    }
  }
}
