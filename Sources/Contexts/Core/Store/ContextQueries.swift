import CairnAPI
import Journal
import Postgres

extension SQLFragments {
  /// The columns of a context, and what else statements on contexts include.
  static let contexts = SQLFragments(PackageResources.context_fragments_sql, including: .journal)
}

/// The statements on contexts, under the names of their files.
enum ContextQueries {
  static let all: [any CheckedStatement] = reads + writes + words

  // MARK: Reads

  private static let reads: [any CheckedStatement] = [
    get, getBasic, getAsOf, getSeveral, getSeveralBasic, getSeveralAsOf, images, findIDs, findCreated,
  ]

  static let get = Query<IDInProject, LookedUpContext.Columns>(
    "get_context", PackageResources.get_context_sql, including: .contexts, CommonParameters.id,
    merged: MergedQuery("get_context_merged", PackageResources.get_context_merged_sql))
  static let getBasic = Query<IDInProject, LookedUpContext.Columns>(
    "get_context_basic", PackageResources.get_context_basic_sql, including: .contexts, CommonParameters.id,
    merged: MergedQuery("get_context_basic_merged", PackageResources.get_context_basic_merged_sql))
  static let getAsOf = Query<PastContext, LookedUpContext.Columns>(
    "get_context_as_of", PackageResources.get_context_as_of_sql, including: .contexts,
    parameters(CommonParameters.id) { ($0.project, $0.id) } + [
      .init("position") { $0.moment.position },
      .init("time") { $0.moment.time },
      .init("is_full") { $0.detail == .full },
    ])
  static let getSeveral = Query<BoundedContexts, FoundContext.Columns>(
    "get_contexts", PackageResources.get_contexts_sql, including: .contexts, bounded)
  static let getSeveralBasic = Query<IDsInProject, FoundContext.Columns>(
    "get_contexts_basic", PackageResources.get_contexts_basic_sql, including: .contexts,
    CommonParameters.ids)
  static let getSeveralAsOf = Query<PastContexts, FoundContext.Columns>(
    "get_contexts_as_of", PackageResources.get_contexts_as_of_sql, including: .contexts,
    parameters(bounded) { $0.contexts } + [
      .init("position") { $0.moment.position }, .init("time") { $0.moment.time },
    ])
  static let images = Query<ChangedContexts, ContextImage.Columns>(
    "context_images", PackageResources.context_images_sql, including: .contexts,
    [
      .init("project") { $0.project.text },
      .init("ids") { $0.ids },
      .init("positions") { $0.positions },
      .init("bytes") { $0.bytes },
    ])
  static let findIDs = Query<IDsInProject, TakenIDColumns>(
    "find_context_ids", PackageResources.find_context_ids_sql, CommonParameters.ids)
  static let findCreated = Query<IDInProject, StampColumns>(
    "find_created_context", PackageResources.find_created_context_sql, CommonParameters.id)

  typealias PastContext = (project: ProjectID, id: String, moment: Moment, detail: ContextDetail)
  /// With the bytes of content and data after which only the rest of a context is returned.
  typealias BoundedContexts = (project: ProjectID, ids: [String], bytes: Int)
  typealias PastContexts = (contexts: BoundedContexts, moment: Moment)
  typealias ChangedContexts = (project: ProjectID, ids: [String], positions: [Int64], bytes: Int)

  private static let bounded: [Parameter<BoundedContexts>] =
    parameters(CommonParameters.ids) { ($0.project, $0.ids) } + [.init("bytes") { $0.bytes }]

  // MARK: Writes

  private static let writes: [any CheckedStatement] = [
    waitForContext, create, createNamed, insert, lock, update, updateSeveral, overwrite, delete, undelete,
  ]

  static let waitForContext = Query<IDInProject, NoColumns>(
    "wait_for_context", PackageResources.wait_for_context_sql, CommonParameters.id)
  static let create = Query<NewContext, StampColumns>(
    "create_context", PackageResources.create_context_sql, including: .contexts, NewContext.parameters)
  static let createNamed = Query<(create: NewContext, named: NamedCreate), StampColumns>(
    named: "create_named_context", PackageResources.create_context_sql, including: .contexts,
    NewContext.parameters)
  static let insert = Query<NewContexts, NoColumns>(
    "insert_contexts", PackageResources.insert_contexts_sql, including: .contexts,
    NewContexts.parameters)
  static let lock = Query<IDsInProject, StoredHead.Columns>(
    "lock_contexts", PackageResources.lock_contexts_sql, CommonParameters.ids)
  static let update = Query<ContextChangeInput<ResolvedUpdate>, Context.Columns>(
    "update_context", PackageResources.update_context_sql, including: .contexts, ResolvedUpdate.parameters)
  static let updateSeveral = Query<ContextChangeInput<[ResolvedUpdate]>, Context.Columns>(
    "update_contexts", PackageResources.update_contexts_sql, including: .contexts,
    [ResolvedUpdate].parameters)
  static let overwrite = Query<NewContexts, NoColumns>(
    "overwrite_contexts", PackageResources.overwrite_contexts_sql, including: .contexts,
    NewContexts.parameters)
  static let delete = Query<DeletedContexts, Context.Columns>(
    "delete_contexts", PackageResources.delete_contexts_sql, including: .contexts,
    parameters(CommonParameters.ids) { ($0.project, $0.ids) } + [
      .init("is_full") { $0.detail == .full }, .init("retention") { $0.retention },
    ])
  static let undelete = Query<UndeletedContexts, Context.Columns>(
    "undelete_contexts", PackageResources.undelete_contexts_sql, including: .contexts,
    parameters(CommonParameters.ids) { ($0.project, $0.ids) } + [.init("is_full") { $0.detail == .full }])

  /// With the seconds until they are purged.
  typealias DeletedContexts = (project: ProjectID, ids: [String], detail: ContextDetail, retention: Double)
  typealias UndeletedContexts = (project: ProjectID, ids: [String], detail: ContextDetail)

  // MARK: Words

  private static let words: [any CheckedStatement] = [deferWords, finishWords, settleWords, unfinishedWords]

  static let deferWords = Query<Void, NoColumns>("defer_words", PackageResources.defer_words_sql)
  static let finishWords = Query<(project: ProjectID, ids: [String], bytes: Int64), FinishedColumns>(
    "finish_words", PackageResources.finish_words_sql,
    parameters(CommonParameters.ids) { ($0.project, $0.ids) } + [.init("bytes") { $0.bytes }])
  static let settleWords = Query<Void, NoColumns>("settle_words", PackageResources.settle_words_sql)
  static let unfinishedWords = Query<Int64, UnfinishedColumns>(
    "unfinished_words", PackageResources.unfinished_words_sql, [.init("limit") { $0 }])

  // MARK: Lists

  static let list = ComposedQuery<ListedContext.Columns>(
    "list_contexts", SQLFragments(PackageResources.list_contexts_sql, including: .contexts))
  /// Of watches with a filter.
  static let watch = ComposedQuery<ContextImage.Columns>(
    "watch_contexts", SQLFragments(PackageResources.watch_contexts_sql, including: list.fragments))
}

/// The columns of `find_context_ids`.
struct TakenIDColumns: ColumnLayout {
  let id: Column<String>
  let isDeleted: Column<Bool>

  init(_ find: inout ColumnFinder) {
    id = find("context_id")
    isDeleted = find("is_deleted")
  }
}

/// The columns of `finish_words`.
struct FinishedColumns: ColumnLayout {
  let missing: Column<[String]>
  let made: Column<Int64>

  init(_ find: inout ColumnFinder) {
    missing = find("missing")
    made = find("made")
  }
}

/// The columns of `unfinished_words`.
struct UnfinishedColumns: ColumnLayout {
  let project: Column<String>
  let id: Column<String>

  init(_ find: inout ColumnFinder) {
    project = find("project_id")
    id = find("context_id")
  }
}
