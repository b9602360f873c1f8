import HTTP2
import Testing

@testable import GRPC

@Suite struct ProtocolTextTests {
  @Test(
    "grpc-timeout is read in every unit, and refused otherwise",
    arguments: [
      ("1H", Duration.seconds(3600)), ("2M", .seconds(120)), ("3S", .seconds(3)), ("4m", .milliseconds(4)),
      ("5u", .microseconds(5)), ("6n", .nanoseconds(6)), ("99999999S", .seconds(99_999_999)), ("0n", .zero),
      ("", nil), ("S", nil), ("1", nil), ("1s", nil), ("-1S", nil), ("123456789S", nil), ("1 S", nil),
    ] as [(String, Duration?)])
  func timeout(_ text: String, _ expected: Duration?) {
    let parsed = Array(text.utf8).withUnsafeBufferPointer { Timeout.parse($0) }
    #expect(parsed == expected)
  }

  @Test("a written timeout is never shorter than what was asked")
  func timeoutRoundsUp() {
    for nanoseconds: Int64 in [1, 99_999_999, 100_000_001, 123_456_789_012, 5_000_000_000_000_000_001] {
      let text = Timeout.format(.nanoseconds(nanoseconds))
      let back = Array(text.utf8).withUnsafeBufferPointer { Timeout.parse($0) }
      #expect(back! >= .nanoseconds(nanoseconds))
      #expect(text.count <= 9)
    }
  }

  @Test(
    "a status message survives the percent encoding",
    arguments: ["", "plain", "100%", "zwei\nZeilen", "Grüße 🪨", "%41", "\u{0}"])
  func percent(_ text: String) {
    let encoded = StatusFields.percentEncode(text)
    #expect(encoded.utf8.allSatisfy { $0 >= 0x20 && $0 <= 0x7e })
    #expect(StatusFields.percentDecode(encoded) == text)
  }

  @Test(
    "only messages in protobuf are taken",
    arguments: [
      ("application/grpc", .protobuf), ("application/grpc+proto", .protobuf),
      ("application/grpc;charset=utf-8", .protobuf), ("application/grpc+proto; x=y", .protobuf),
      ("application/grpc+json", .codec("json")), ("application/grpc+", .codec("")),
      ("application/grpc+protobuf", .codec("protobuf")), ("application/grpc+thrift;x", .codec("thrift")),
      ("application/grpc-web", .other), ("application/grpc-web+proto", .other), ("application/json", .other),
      ("", .other), ("application/grp", .other),
    ] as [(String, ContentType)])
  func contentType(_ text: String, _ expected: ContentType) {
    #expect(Array(text.utf8).withUnsafeBufferPointer { ContentType($0) } == expected)
  }

  @Test("an answer that is not gRPC's becomes the status its HTTP status means")
  func httpStatus() {
    let error = StatusFields.read(HeaderBlock(), httpStatus: 503)
    #expect(error?.code == .unavailable)
    #expect(StatusFields.read(HeaderBlock(), httpStatus: 200)?.code == .unknown)
  }
}
