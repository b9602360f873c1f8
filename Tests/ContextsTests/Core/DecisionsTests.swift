import CairnAPI
import Journal
import Requests
import Testing
import Wire

@testable import Contexts
@testable import GRPC

@Suite struct DecisionsTests {
  private func head(
    version: Int64 = 3, deleted: Bool = false, content: Int = 0, data: Int = 0, metadata: String? = nil
  ) -> StoredHead {
    StoredHead(
      id: "x", version: version, position: 30, isDeleted: deleted, contentBytes: content, dataBytes: data,
      metadata: metadata)
  }

  private func update(_ paths: [String] = [], etag: String = "", _ fill: (inout Context) -> Void)
    -> ContextUpdate
  {
    var request = UpdateContextRequest()
    var context = Context()
    context.id = "x"
    context.etag = etag
    fill(&context)
    request.context = context
    request.updateMask = WellKnown.FieldMask(paths: paths)
    var violations = Violations()
    let update = ContextUpdate(validating: request, &violations)
    #expect(violations.isEmpty)
    return update
  }

  @Test(
    "who may be deleted and who may come back",
    arguments: [
      (nil, "", ErrorReason.contextNotFound, ErrorReason.contextNotFound),
      (false, "", nil, .contextNotDeleted), (false, "30", nil, .contextNotDeleted),
      (false, "3", .etagMismatch, .contextNotDeleted), (false, "030", .etagMismatch, .contextNotDeleted),
      (true, "", .contextDeleted, nil), (true, "30", .contextDeleted, nil),
      (true, "3", .contextDeleted, .etagMismatch),
    ] as [(Bool?, String, ErrorReason?, ErrorReason?)])
  func targets(_ deleted: Bool?, _ etag: String, _ deletion: ErrorReason?, _ undeletion: ErrorReason?) {
    var violations = Violations()
    let target = ContextTarget(validating: "x", etag: etag, &violations)
    let stored = deleted.map { self.head(deleted: $0) }
    #expect(target.deletion(of: stored).error?.reason == deletion)
    #expect(target.undeletion(of: stored).error?.reason == undeletion)
  }

  @Test("an update needs a context that is there, in the state named")
  func updates() throws {
    let plain = update { $0.title = "t" }
    #expect(plain.resolved(against: nil).error?.reason == .contextNotFound)
    #expect(plain.resolved(against: head(deleted: true)).error?.reason == .contextDeleted)
    let stale = update(etag: "3") { $0.title = "t" }
    #expect(stale.resolved(against: head()).error?.reason == .etagMismatch)
    let resolved = try update(etag: "30") { $0.title = "t" }.resolved(against: head()).get()
    #expect(resolved.oldVersion == 3 && resolved.metadata == nil)
  }

  @Test("the limit holds for what changes and what stays together")
  func payload() {
    let half = String(repeating: "x", count: Limits.payloadBytes / 2)
    let content = update { $0.content = half }
    #expect(content.resolved(against: head(content: Limits.payloadBytes, data: half.utf8.count)).error == nil)
    #expect(content.resolved(against: head(data: half.utf8.count + 1)).error?.reason == .fieldInvalid)
    let both = update(["content", "data"]) { $0.content = half }
    #expect(both.resolved(against: head(data: Limits.payloadBytes)).error == nil)
  }

  @Test("entries of the metadata change those that are stored")
  func metadataEntries() throws {
    let change = update(["metadata.a", "metadata.b"]) { $0.metadata = metadata(#"{"a":1}"#) }
    let resolved = try change.resolved(against: head(metadata: #"{"b": 2, "c": 3}"#)).get()
    #expect(metadata(try #require(resolved.metadata)) == metadata(#"{"a":1,"c":3}"#))
    let cleared = try update(["metadata"]) { _ in }.resolved(against: head(metadata: "{}")).get()
    #expect(cleared.metadata == nil && cleared.update.metadata != .keep)
  }
}
