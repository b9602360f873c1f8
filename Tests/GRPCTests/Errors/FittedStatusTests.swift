import HTTP2
import StandardProtos
import Testing
import Wire

@testable import GRPC

@Suite struct FittedStatusTests {
  private func size(_ status: FittedStatus) -> Int {
    [(FittedStatus.messageName, status.message), (FittedStatus.detailsName, status.details)]
      .filter { !$0.1.isEmpty }
      .reduce(0) { $0 + HeaderBlock.listSize(nameLength: $1.0.utf8.count, valueLength: $1.1.utf8.count) }
  }

  private func details(_ status: FittedStatus) throws -> [WellKnown.`Any`] {
    try GoogleRpcStatus(decoding: #require(Base64.decode(status.details.utf8))).details
  }

  private static let violations = (0..<1000).map {
    GoogleRpcBadRequest.FieldViolation(
      "contexts[\($0)].title", "is longer than it may be", reason: "FIELD_INVALID")
  }
  private static let badRequest = RPCError(
    .invalidArgument, "1000 fields are wrong", details: [.info("FIELD_INVALID"), .badRequest(violations)])

  @Test func `A status that fits is whole, to the byte`() throws {
    let error = RPCError(.notFound, "50% é", details: [.info("X"), .retry(after: .seconds(1))])
    let whole = FittedStatus(error, room: .max)
    #expect(whole.message == "50%25 %C3%A9")
    #expect(try details(whole) == error.details)
    #expect(FittedStatus(error, room: size(whole)).details == whole.details)
    let less = FittedStatus(error, room: size(whole) - 1)
    #expect(try details(less).count < 2)
  }

  @Test(arguments: [0, 43, 44, 47, 48, 100, 200, 300, 1000, 8000, 16_000, 65_536])
  func `Nothing exceeds the room there is`(room: Int) {
    for message in [
      "", "short", String(repeating: "é", count: 50_000), String(repeating: "\u{1F9F1}%", count: 9),
    ] {
      var error = Self.badRequest
      error.message = message
      let status = FittedStatus(error, room: room)
      #expect(size(status) <= room)
      #expect(StatusFields.percentDecode(status.message).unicodeScalars.allSatisfy { $0 != "\u{FFFD}" })
    }
  }

  @Test func `The reason stays, and as many violations as there is room for`() throws {
    let status = FittedStatus(Self.badRequest, room: 8192)
    let kept = try details(status)
    #expect(kept.first == Self.badRequest.details.first)
    let list = try #require(try kept.last?.unpack(GoogleRpcBadRequest.self))
    #expect(list.fieldViolations.count > 20)
    #expect(list.fieldViolations == Array(Self.violations.prefix(list.fieldViolations.count)))
    #expect(status.message == "1000 fields are wrong")
  }

  @Test func `A long message leaves room for the details`() throws {
    var error = RPCError(.aborted, String(repeating: "x", count: 100_000), details: [.info("LEASE_LOST")])
    let status = FittedStatus(error, room: 8192)
    #expect(try details(status) == error.details)
    #expect(status.message.hasSuffix("...") && status.message.count > 1000)
    error.details = []
    let alone = FittedStatus(error, room: 8192)
    #expect(size(alone) == 8192)
  }
}
