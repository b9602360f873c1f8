import CairnAPI
import GRPC
import Requests
import Wire

/// A write of one context among writes of other kinds, validated.
package struct ContextWrite: Sendable {
  enum Action: Sendable {
    case create(NamedDraft)
    case update(ContextUpdate)
    case delete(ContextTarget)
  }
  let action: Action

  package init(validating request: CreateContextRequest, _ violations: inout Violations) {
    violations.leftToBatch(request)
    let draft = ContextDraft(validating: request, &violations)
    action = .create(NamedDraft(id: draft.id ?? ContextStore.newID(), draft: draft))
  }

  package init(validating request: UpdateContextRequest, _ violations: inout Violations) {
    violations.leftToBatch(request)
    action = .update(ContextUpdate(validating: request, &violations))
  }

  package init(validating request: DeleteContextRequest, _ violations: inout Violations) {
    violations.leftToBatch(request)
    action = .delete(ContextTarget(validating: request, &violations))
  }

  /// The context's.
  package var id: String {
    switch action {
    case .create(let draft): draft.id
    case .update(let update): update.id
    case .delete(let target): target.id
    }
  }

  /// Decides with the stored context; nil when there is none.
  func decided(over head: StoredHead?) -> Result<DecidedWrite, RPCError> {
    switch action {
    case .create(let draft): draft.decided(over: head)
    case .update(let update): update.decided(over: head)
    case .delete(let target): target.decidedDeletion(of: head)
    }
  }
}

/// A relationship that is stored among writes of other kinds, validated.
package struct RelationshipWrite: Sendable {
  let draft: RelationshipDraft

  package init(validating relationship: Relationship, _ violations: inout Violations) {
    draft = RelationshipDraft(validating: relationship, &violations)
  }

  /// What no two of a write may share.
  package var key: String { draft.key.text }
}

extension ContextStates {
  /// What writes make of contexts, where that is known before they are made: whether the contexts are there afterwards.
  init(after writes: [ContextWrite]) {
    for write in writes {
      switch write.action {
      case .create: isDeleted[write.id] = false
      case .delete: isDeleted[write.id] = true
      case .update(let update): if update.creation != nil { isDeleted[write.id] = false }
      }
    }
  }
}
