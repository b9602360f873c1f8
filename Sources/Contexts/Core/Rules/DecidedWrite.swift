import CairnAPI
import GRPC
import Journal

/// What a request about one context comes to, decided with what is stored of the context.
enum DecidedWrite {
  case insert(NamedDraft)
  case update(ResolvedUpdate)
  /// A new context in the place of a deleted one, whose history goes on under it.
  case replace(NamedDraft, deleted: StoredHead)
  case delete(ResolvedTarget)
  case undelete(ResolvedTarget)
  /// Nothing is there to delete, and that is well.
  case nothing(id: String)

  var id: String {
    switch self {
    case .insert(let draft), .replace(let draft, _): draft.id
    case .update(let update): update.id
    case .delete(let target), .undelete(let target): target.id
    case .nothing(let id): id
    }
  }

  /// Nil when nothing changes.
  var record: ChangeRecord? {
    switch self {
    case .insert(let draft): .context(draft.id, action: "created", from: nil)
    case .update(let update): .context(update.id, action: "updated", from: update.oldVersion)
    case .replace(let draft, let head): .context(draft.id, action: "undeleted", from: head.version)
    case .delete(let target): .context(target.id, action: "deleted", from: target.oldVersion)
    case .undelete(let target): .context(target.id, action: "undeleted", from: target.oldVersion)
    case .nothing: nil
    }
  }

  /// Bytes of the texts of which words are made, before the change or after it; 0 where they stay.
  var textBytes: Int {
    switch self {
    case .insert(let draft): draft.draft.context.textBytes
    case .update(let update): update.textBytes
    case .replace(let draft, let head): max(draft.draft.context.textBytes, head.contentBytes)
    case .delete, .undelete, .nothing: 0
    }
  }
}

extension ContextUpdate {
  /// Decides with the stored context; nil when there is none, which may be one that is to be made now.
  func decided(over head: StoredHead?) -> Result<DecidedWrite, RPCError> {
    if head == nil, etag.isEmpty, let creation {
      return creation.map { .insert(NamedDraft(id: id, draft: $0)) }
    }
    return resolved(against: head).map { .update($0) }
  }
}

extension ContextTarget {
  func decidedDeletion(of head: StoredHead?) -> Result<DecidedWrite, RPCError> {
    if allowsMissing, head?.isDeleted ?? true { return .success(.nothing(id: id)) }
    return deletion(of: head).map { .delete($0) }
  }

  func decidedUndeletion(of head: StoredHead?) -> Result<DecidedWrite, RPCError> {
    undeletion(of: head).map { .undelete($0) }
  }
}

extension NamedDraft {
  /// Decides with the head of the context that has the id already; nil when the id is free.
  func decided(over head: StoredHead?) -> Result<DecidedWrite, RPCError> {
    guard let head else { return .success(.insert(self)) }
    guard head.isDeleted else { return .failure(.contextExists(id, isDeleted: false)) }
    switch draft.onDeleted {
    case .undelete: return .success(.undelete(ResolvedTarget(id: id, oldVersion: head.version)))
    case .replace: return .success(.replace(self, deleted: head))
    default: return .failure(.contextExists(id, isDeleted: true))
    }
  }
}
