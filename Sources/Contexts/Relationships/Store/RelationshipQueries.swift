import CairnAPI
import Journal
import Postgres

extension SQLFragments {
  /// The columns of a relationship, and conditions on them.
  static let relationships = SQLFragments(
    PackageResources.relationship_fragments_sql, PackageResources.relationship_conditions_sql,
    including: .contexts)
}

/// The statements on relationships, under the names of their files.
enum RelationshipQueries {
  static let all: [any CheckedStatement] = [
    lock, contextStates, contextStatesAsOf, contextsThere, images, find, containers, insert, update, end,
    lockPurged, purgeVersions,
  ]

  static let lock = Query<[RelationshipLocks.Lock], NoColumns>(
    "lock_relationships", PackageResources.lock_relationships_sql,
    [
      .init("classes") { $0.map(\.lockClass.rawValue) },
      .init("keys") { $0.map(\.key) },
    ])
  static let contextStates = Query<IDsInProject, ContextStates.Columns>(
    "find_context_states", PackageResources.find_context_states_sql, CommonParameters.ids)
  static let contextStatesAsOf = Query<
    (project: ProjectID, ids: [String], moment: Moment), ContextStates.Columns
  >(
    "find_context_states_as_of", PackageResources.find_context_states_as_of_sql,
    parameters(CommonParameters.ids) { ($0.project, $0.ids) } + [
      .init("position") { $0.moment.position }, .init("time") { $0.moment.time },
    ])
  static let contextsThere = Query<IDsInProject, OneColumn<Int>>(
    "find_contexts_there", PackageResources.find_contexts_there_sql, CommonParameters.ids)
  static let images = Query<ChangedRelationships, ImageColumns>(
    "relationship_images", PackageResources.relationship_images_sql, including: .relationships,
    parameters(keys) { ($0.project, $0.keys) } + [
      .init("positions") { $0.positions },
      .init("versions") { $0.versions },
      .init("are_gone") { $0.areGone },
    ])
  static let find = Query<WantedRelationships, StoredRelationship.Columns>(
    "find_relationships", PackageResources.find_relationships_sql, including: .relationships,
    parameters(keys) { ($0.project, $0.keys) } + [
      .init("begins") { $0.begins }, .init("ends") { $0.ends },
    ])
  static let containers = Query<ContainedContexts, ContainerColumns>(
    "find_containers", PackageResources.find_containers_sql,
    parameters(CommonParameters.ids) { ($0.project, $0.ids) } + [
      .init("time") { $0.time }, .init("limit") { $0.limit },
    ])
  static let insert = Query<NewRelationships, NoColumns>(
    "insert_relationships", PackageResources.insert_relationships_sql, including: .relationships,
    parameters(keys) { ($0.project, $0.keys) } + [
      .init("valid_begins") { $0.validFroms },
      .init("valid_tos") { $0.validTos },
      .init("weights") { $0.weights },
      .init("metadata") { $0.metadata },
    ])
  static let update = Query<(project: ProjectID, drafts: [RelationshipDraft]), NoColumns>(
    "update_relationships", PackageResources.update_relationships_sql, including: .relationships,
    parameters(keys) { ($0.project, $0.drafts.map(\.key)) } + [
      .init("valid_begins") { $0.drafts.map { PostgresTimestamp($0.validFrom) } },
      .init("weights") { $0.drafts.map(\.weight) },
      .init("metadata") { $0.drafts.map { JSONB($0.metadata ?? "null") } },
    ])
  static let end = Query<EndedRelationships, NoColumns>(
    "end_relationships", PackageResources.end_relationships_sql, including: .relationships,
    parameters(keys) { ($0.project, $0.keys) } + [
      .init("valid_tos") { $0.validTos }, .init("ends") { $0.ends },
    ])
  static let lockPurged = Query<PurgedContexts, PurgedRelationship.Columns>(
    "lock_purged_relationships", PackageResources.lock_purged_relationships_sql, purged)
  static let purgeVersions = Query<PurgedContexts, NoColumns>(
    "purge_relationship_versions", PackageResources.purge_relationship_versions_sql, purged)

  static let list = ComposedQuery<Relationship.Columns>(
    "list_relationships",
    SQLFragments(PackageResources.list_relationships_sql, including: .relationships))
  static let walk = ComposedQuery<WalkStep.Columns>(
    "walk_relationships",
    SQLFragments(
      PackageResources.walk_relationships_sql, including: .relationships, ContextQueries.list.fragments))

  // MARK: What they are given

  typealias Keys = (project: ProjectID, keys: [RelationshipKey])
  /// With the position of a change of each, the version that it left or took away, and whether it took it away.
  typealias ChangedRelationships = (
    project: ProjectID, keys: [RelationshipKey], positions: [Int64], versions: [Int64], areGone: [Bool]
  )
  /// With a moment (nil: now) and a later one for each.
  typealias WantedRelationships = (
    project: ProjectID, keys: [RelationshipKey], begins: [PostgresTimestamp?], ends: [PostgresTimestamp]
  )
  typealias NewRelationships = (
    project: ProjectID, keys: [RelationshipKey], validFroms: [PostgresTimestamp?],
    validTos: [PostgresTimestamp], weights: [Double], metadata: [JSONB]
  )
  /// With the end that each has, and the one that it gets; nil: now.
  typealias EndedRelationships = (
    project: ProjectID, keys: [RelationshipKey], validTos: [PostgresTimestamp], ends: [PostgresTimestamp?]
  )
  typealias ContainedContexts = (
    project: ProjectID, ids: [String], time: PostgresTimestamp?, limit: Int
  )
  typealias PurgedContexts = (project: ProjectID, ids: [String], limit: Int)

  private static let keys: [Parameter<Keys>] = [
    .init("project") { $0.project.text },
    .init("sources") { $0.keys.map(\.source) },
    .init("kinds") { $0.keys.map { Int16($0.kind.rawValue) } },
    .init("names") { $0.keys.map(\.name) },
    .init("tos") { $0.keys.map(\.target) },
  ]
  private static let purged: [Parameter<PurgedContexts>] =
    parameters(CommonParameters.ids) { ($0.project, $0.ids) } + [.init("limit") { $0.limit }]
}

extension RelationshipQueries {
  /// The columns of `relationship_images`.
  struct ImageColumns: ColumnLayout {
    let relationship: Relationship.Columns
    let place: Column<Int>

    init(_ find: inout ColumnFinder) {
      relationship = Relationship.Columns(&find)
      place = find("place")
    }
  }
}

/// The columns of `find_containers`.
struct ContainerColumns: ColumnLayout {
  let source, target: Column<String>
  let validFrom, validTo: Column<PostgresTimestamp>

  init(_ find: inout ColumnFinder) {
    source = find("from_id")
    target = find("to_id")
    validFrom = find("valid_from")
    validTo = find("valid_to")
  }
}
