import CairnAPI
import Journal
import Postgres
import Requests
import Testing
import Wire

@testable import Contexts
@testable import GRPC

@Suite struct LifetimeRulesTests {
  @Test("an expiry is stored in whole microseconds, and the answer says so")
  func microseconds() {
    var context = Context()
    context.title = "t"
    context.expireTime = WellKnown.Timestamp(seconds: 5, nanos: 1_999)
    var violations = Violations()
    let draft = ContextDraft(validating: context, at: "context", &violations)
    #expect(violations.isEmpty)
    #expect(draft.context.expireTime == WellKnown.Timestamp(seconds: 5, nanos: 1_000))
    #expect(draft.unstored.expireTime == draft.context.expireTime)
  }

  @Test(
    "an expiry is set, moved or cleared by the mask",
    arguments: [
      (["expire_time"], 5, true), (["expire_time"], nil, true), (["*"], nil, true), ([], 5, true),
      (["title"], 5, false), ([], nil, false),
    ] as [([String], Int64?, Bool)])
  func masks(_ paths: [String], _ seconds: Int64?, _ changes: Bool) throws {
    var request = UpdateContextRequest()
    request.context = Context()
    request.context?.id = "x"
    request.context?.title = "t"
    request.context?.expireTime = seconds.map { WellKnown.Timestamp(seconds: $0) }
    if !paths.isEmpty {
      request.updateMask = WellKnown.FieldMask()
      request.updateMask?.paths = paths
    }
    var violations = Violations()
    let update = ContextUpdate(validating: request, &violations)
    #expect(violations.isEmpty)
    #expect(update.fields.contains(.expireTime) == changes)
    #expect(!changes || update.values.expireTime?.seconds == seconds)
  }

  @Test(
    "only what is there, in the right state and kept, is restored",
    arguments: [
      (false, "", true, nil), (false, "30", true, nil), (false, "3", true, "ETAG_MISMATCH"),
      (true, "", true, "CONTEXT_DELETED"), (false, "", false, "CONTEXT_VERSION_NOT_FOUND"),
    ] as [(Bool, String, Bool, String?)])
  func restorations(_ isDeleted: Bool, _ etag: String, _ isKept: Bool, _ reason: String?) throws {
    let restoration = try restoration(etag)
    let head = StoredHead(
      id: "x", version: 3, position: 30, isDeleted: isDeleted, contentBytes: 0, dataBytes: 0, metadata: nil)
    let result = restoration.resolved(against: head, isKept: isKept)
    #expect(result.error?.reason?.text == reason)
    if reason == nil { #expect(try result.get().oldVersion == 3) }
    #expect(restoration.resolved(against: nil, isKept: false).error?.reason == .contextNotFound)
  }

  private func restoration(_ etag: String) throws -> VersionRestoration {
    var request = RestoreContextVersionRequest()
    request.id = "x"
    request.version = 1
    request.etag = etag
    var violations = Violations()
    let restoration = VersionRestoration(validating: request, &violations)
    try violations.check()
    return restoration
  }

  @Test(
    "the membership says how a change stands to a filter",
    arguments: [
      (false, true, .entered), (true, true, .stayed), (true, false, .left), (false, false, .unspecified),
    ] as [(Bool, Bool, ContextChange.Membership)])
  func memberships(_ before: Bool, _ after: Bool, _ expected: ContextChange.Membership) {
    #expect(ContextChange.Membership(before: before, after: after) == expected)
  }

  @Test("every kind of change has a word in the journal, and each word its kind")
  func kinds() {
    for number in 1...7 as ClosedRange<Int32> {
      let kind = ContextChange.Kind(rawValue: number)
      #expect(kind.action.map { ContextChange.Kind(action: $0) } == kind)
    }
    #expect(ContextChange.Kind(action: "something new") == .unspecified)
    #expect(ContextChange.Kind.unspecified.action == nil)
  }
}
