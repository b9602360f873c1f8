import CairnAPI
import GRPC
import Journal
import Requests
import Testing

@testable import Contexts

/// What requests come to, by what is stored.
@Suite struct DecidedWriteTests {
  enum Stored: CaseIterable { case nothing, live, deleted }

  private func head(_ stored: Stored) -> StoredHead? {
    guard stored != .nothing else { return nil }
    return StoredHead(
      id: "x", version: 3, position: 30, isDeleted: stored == .deleted, contentBytes: 9, dataBytes: 0,
      metadata: nil)
  }

  /// What was decided, in a word; a refusal by its reason.
  private func word(_ decided: Result<DecidedWrite, RPCError>) -> String {
    switch decided {
    case .success(.insert): "insert"
    case .success(.update): "update"
    case .success(.replace): "replace"
    case .success(.delete): "delete"
    case .success(.undelete): "undelete"
    case .success(.nothing): "nothing"
    case .failure(let error): error.reason?.text ?? "?"
    }
  }

  @Test(
    "an update makes what is missing when it may",
    arguments: [
      (.nothing, true, "", "t", "insert"), (.nothing, true, "", "", "FIELD_INVALID"),
      (.nothing, true, "30", "t", "CONTEXT_NOT_FOUND"), (.nothing, false, "", "t", "CONTEXT_NOT_FOUND"),
      (.live, true, "", "t", "update"), (.live, true, "30", "t", "update"),
      (.live, true, "3", "t", "ETAG_MISMATCH"), (.live, true, "", "", "update"),
      (.deleted, true, "", "t", "CONTEXT_DELETED"),
    ] as [(Stored, Bool, String, String, String)])
  func updates(_ stored: Stored, _ allowed: Bool, _ etag: String, _ title: String, _ expected: String) {
    var request = UpdateContextRequest()
    request.context = Context()
    request.context?.id = "x"
    request.context?.etag = etag
    request.context?.title = title
    request.context?.content = "c"
    request.allowMissing = allowed
    var violations = Violations()
    let update = ContextUpdate(validating: request, &violations)
    #expect(violations.isEmpty)
    #expect(word(update.decided(over: head(stored))) == expected)
  }

  @Test(
    "a deletion of what is not there is well when it may be",
    arguments: [
      (.nothing, true, "nothing"), (.nothing, false, "CONTEXT_NOT_FOUND"), (.deleted, true, "nothing"),
      (.deleted, false, "CONTEXT_DELETED"), (.live, true, "delete"), (.live, false, "delete"),
    ] as [(Stored, Bool, String)])
  func deletions(_ stored: Stored, _ allowed: Bool, _ expected: String) {
    var request = DeleteContextRequest()
    request.id = "x"
    request.allowMissing = allowed
    var violations = Violations()
    let target = ContextTarget(validating: request, &violations)
    #expect(violations.isEmpty && word(target.decidedDeletion(of: head(stored))) == expected)
  }

  @Test(
    "a creation over a deleted context does what is said",
    arguments: [
      (.nothing, .replace, "insert"), (.live, .replace, "CONTEXT_EXISTS"),
      (.live, .undelete, "CONTEXT_EXISTS"),
      (.deleted, .unspecified, "CONTEXT_EXISTS"), (.deleted, .refuse, "CONTEXT_EXISTS"),
      (.deleted, .undelete, "undelete"), (.deleted, .replace, "replace"),
    ] as [(Stored, CreateContextRequest.OnDeleted, String)])
  func creations(_ stored: Stored, _ choice: CreateContextRequest.OnDeleted, _ expected: String) {
    var request = CreateContextRequest()
    request.context = Context()
    request.context?.id = "x"
    request.context?.title = "t"
    request.onDeleted = choice
    var violations = Violations()
    let draft = ContextDraft(validating: request, &violations)
    #expect(violations.isEmpty)
    #expect(word(NamedDraft(id: "x", draft: draft).decided(over: head(stored))) == expected)
  }
}
