import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import Wire

/// What a write does to contexts, each of them another one.
struct DecidedWrites {
  let all: [DecidedWrite]

  init(_ all: [DecidedWrite]) { self.all = all }

  var texts: WrittenTexts { WrittenTexts(all.map { ($0.id, $0.textBytes) }) }

  /// A statement for each kind of change, whatever their number.
  ///
  /// - Parameter retention: Seconds from a deletion to the purge.
  func statements(detail: ContextDetail, retention: Double, in scope: CallScope) -> [BoundStatement] {
    let project = scope.project
    var (new, replaced): ([NamedDraft], [NamedDraft]) = ([], [])
    var (deleted, undeleted): ([String], [String]) = ([], [])
    var updates: [ResolvedUpdate] = []
    for write in all {
      switch write {
      case .insert(let draft): new.append(draft)
      case .replace(let draft, _): replaced.append(draft)
      case .update(let update): updates.append(update)
      case .delete(let target): deleted.append(target.id)
      case .undelete(let target): undeleted.append(target.id)
      case .nothing: break
      }
    }
    var statements: [BoundStatement] = []
    if !updates.isEmpty { statements.append(updates.statement(in: project, detail: detail)) }
    if !deleted.isEmpty {
      statements.append(ContextQueries.delete.bind((project, deleted, detail, retention)))
    }
    if !undeleted.isEmpty {
      statements.append(ContextQueries.undelete.bind((project, undeleted, detail)))
    }
    if !replaced.isEmpty {
      statements.append(replaced.overwriting(in: project, retention: retention, beginning: true))
    }
    if !new.isEmpty { statements.append(new.insertion(in: project, retention: retention)) }
    return statements.isEmpty ? [] : texts.deferral(scope) + statements
  }
}

/// What a write is answered with, item by item.
struct DecidedAnswers {
  private let stored: StoredHeads
  private let written: [TextKey: Context]
  private let stamp: Stamp?
  private let scope: CallScope

  /// - Parameters:
  ///   - stored: What was there before the write.
  ///   - written: The contexts that its statements returned.
  init(stored: StoredHeads, written: [TextKey: Context], stamp: Stamp?, _ scope: CallScope) {
    self.stored = stored
    self.written = written
    self.stamp = stamp
    self.scope = scope
  }

  func outcome(_ write: DecidedWrite) -> ItemOutcome {
    switch write {
    case .insert(let draft):
      return .success(stamp.map { draft.draft.stored(as: draft.id, at: $0) } ?? draft.draft.unstored)
    case .replace(let draft, let head):
      let context = draft.draft.stored(as: draft.id, at: stamp, version: head.version + 1)
      return .success(scope.told(context, over: head))
    case .nothing(let id): return .success(Context(only: id))
    case .update, .delete, .undelete:
      guard let context = written[write.id] else { return .failure(.contextNotFound(write.id)) }
      return .success(scope.told(context, over: stored[write.id]))
    }
  }
}

extension Context {
  /// Of which there is nothing but the id.
  init(only id: String) {
    self.init()
    self.id = id
  }
}
