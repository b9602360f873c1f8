import CairnAPI
import Postgres
import Requests
import Wire

@testable import Contexts
@testable import Journal

/// Statements that are put together for requests, made as requests make them. Those of each query have every fragment
/// together.
enum Samples {
  static func all() throws -> [any CheckedStatement] {
    try operations + contexts() + watches() + searches() + recalls() + relationships() + walks + exports()
      + sessions() + tasks() + agents
  }

  static let key = TokenKey([UInt8](repeating: 1, count: 32))
  private static let past = Moment(position: 7, time: PostgresTimestamp(microseconds: 7))
  static let time = WellKnown.Timestamp(seconds: 1)

  private static var operations: [any CheckedStatement] {
    [
      OperationPage(kinds: [], states: [], limit: 1),
      OperationPage(before: "id", kinds: ["reindex"], states: [.running], limit: 1),
    ].map { JournalQueries.listOperations.sample($0.composition(in: .default)) }
  }

  // MARK: Contexts

  /// Every condition that a filter may have.
  private static func filter(types: [ContextType] = [.plan, .memory]) -> ContextFilter {
    var filter = ContextFilter()
    filter.types = types
    filter.statuses = [.active, .archived]
    filter.tags = ["tag"]
    filter.owner = "owner"
    filter.session = "session"
    filter.createdFrom = time
    filter.createdBefore = time
    filter.updatedFrom = time
    filter.updatedBefore = time
    return filter
  }

  private static func conditions(_ filter: ContextFilter = filter()) throws -> ContextConditions {
    var violations = Violations()
    let conditions = ContextConditions(validating: filter, showDeleted: false, at: "filter", &violations)
    try violations.check()
    return conditions
  }

  private static func contexts() throws -> [any CheckedStatement] {
    var one = ContextFilter()
    one.types = [.plan]
    one.statuses = [.archived]
    var samples: [any CheckedStatement] = []
    for order in ["create_time", "update_time", "id"].flatMap({ [$0, "\($0) desc"] }) {
      for moment in [nil, past] {
        for showDeleted in [false, true] {
          var request = ListContextsRequest()
          request.filter = showDeleted ? one : filter()
          request.orderBy = order
          request.showDeleted = showDeleted
          request.view = showDeleted ? .basic : .full
          let first = try ContextList(validating: request, project: "default", key: key)
          request.pageToken = first.nextPageToken(after: PageToken(time: 1, id: "id", moment: moment))
          let list = try ContextList(validating: request, project: "default", key: key)
          samples.append(ContextQueries.list.sample(list.composition(in: .default, at: moment)))
        }
      }
    }
    return samples
  }

  private static func watches() throws -> [any CheckedStatement] {
    let changed = (project: ProjectID.default, ids: ["id"], positions: [1 as Int64], bytes: 1)
    return [ContextQueries.watch.sample(try conditions().images(of: changed))]
  }

  // MARK: Searches

  private static func searches() throws -> [any CheckedStatement] {
    var samples: [any CheckedStatement] = []
    for order in ["relevance", "create_time", "create_time desc", "update_time", "update_time desc"] {
      for moment in [nil, past] {
        for query in ["", "words -none"] {
          var request = SearchRequest()
          request.query = query
          request.filter = query.isEmpty ? ContextFilter() : filter()
          request.facets = query.isEmpty ? [] : SearchFacet.allCases.map(\.rawValue)
          request.orderBy = order
          request.highlight = !query.isEmpty
          request.view = query.isEmpty ? .basic : .full
          if !query.isEmpty {
            let first = try ContextSearch(validating: request, project: "default", key: key)
            let place = SearchPlace(value: 1, number: 1, newest: 1)
            request.pageToken = place.token(moment).text(for: first.seal)
          }
          let search = try ContextSearch(validating: request, project: "default", key: key)
          samples.append(
            SearchQueries.search.sample(search.composition(in: .default, at: moment, considering: 10)))
        }
      }
    }
    return samples
  }

  private static func recalls() throws -> [any CheckedStatement] {
    var samples: [any CheckedStatement] = []
    for query in ["", "words \"a phrase\" -none"] {
      for matchesAll in [false, true] {
        for moment in [nil, past] {
          var request = RecallRequest()
          request.query = query
          request.matchAll = matchesAll
          if !query.isEmpty {
            request.filter = filter(types: [])
            request.kinds = [.fact]
            request.minImportance = .high
            request.minConfidence = 0.5
            request.sources = [.user]
            if matchesAll { request.validAt = time }
          }
          let recall = try Recall(validating: request)
          samples.append(
            MemoryQueries.recall.sample(recall.composition(in: .default, at: moment, weighing: 10)))
        }
      }
    }
    return samples
  }

  // MARK: Relationships

  private static func relationshipFilter(validAt: Bool) -> RelationshipFilter {
    var filter = RelationshipFilter()
    filter.kinds = [.contains, .custom]
    filter.names = ["name"]
    filter.minWeight = 0.5
    if validAt { filter.validAt = time }
    return filter
  }

  private static func relationships() throws -> [any CheckedStatement] {
    var samples: [any CheckedStatement] = []
    for moment in [nil, past] {
      for incoming in [false, true] {
        for validAt in [false, true] {
          var request = ListRelationshipsRequest()
          request.context = "a"
          request.other = "b"
          request.direction = .both
          request.filter = relationshipFilter(validAt: validAt)
          let first = try RelationshipList(validating: request, project: "default", key: key)
          let relationship = RelationshipKey(source: "a", kind: .contains, name: "", target: "b")
          let place = RelationshipPlace(isIncoming: incoming, key: relationship, validTo: 1)
          request.pageToken = first.nextPageToken(after: place, at: moment)
          let list = try RelationshipList(validating: request, project: "default", key: key)
          samples.append(
            RelationshipQueries.list.sample(
              list.composition(incoming: incoming, limit: 1, in: .default, at: moment)))
        }
      }
    }
    return samples
  }

  private static var walks: [any CheckedStatement] {
    [WalkDirection.out, .in, .both].flatMap { direction in
      [nil, past].flatMap { moment in
        [false, true].map { isBlind in
          let step = StepQuery(
            frontier: ["a"], direction: direction, relationships: RelationshipConditions(),
            contexts: ContextConditions(), moment: moment, budget: 1, isBlind: isBlind)
          return RelationshipQueries.walk.sample(step.composition(in: .default))
        }
      }
    }
  }

  private static func exports() throws -> [any CheckedStatement] {
    var request = ExportContextsRequest()
    request.filter = filter()
    let export = try ContextExport(validating: request, project: "default", key: key)
    return [
      TransferQueries.export.sample(
        export.composition(after: ExportCursor(past), rows: 1, in: .default)),
      TransferQueries.exported.sample(export.composition(finding: ["a"], at: past, in: .default)),
    ]
  }
}
