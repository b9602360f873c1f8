import CairnAPI
import GRPC
import Journal
import Requests
import Testing

@testable import Contexts

@Suite("Records of an import")
struct ImportRecordTests {
  /// What a line comes to: a word, or the beginning of what is wrong.
  static func outcome(_ line: String) -> String {
    switch ImportRecord(line: Array(line.utf8)[...], sequence: 1).content {
    case .context(_, let version): "context \(version)"
    case .formerVersion(_, let version): "former \(version)"
    case .relationship: "relationship"
    case .ignored: "ignored"
    case .wrong(let error): error.message
    }
  }

  @Test(
    "lines are read one by one",
    arguments: [
      ("", "ignored"), (" \t\r", "ignored"), (#"{"header": {"project": "p"}}"#, "ignored"),
      (#"{"end": {"records": "3"}}"#, "ignored"),
      (#"{"context": {"title": "t"}}"#, "context 0"),
      (#"{"context": {"id": "a", "title": "t", "version": "4"}}"#, "context 4"),
      (#"{"contextVersion": {"id": "a", "title": "t", "version": "1"}}"#, "former 1"),
      (#"{"relationship": {"source": "a", "target": "b", "kind": 4}}"#, "relationship"),
      ("{}", "the record is empty"), ("[]", "the line is no TransferRecord"),
      (#"{"context": {"title": "t""#, "the line is no TransferRecord"),
      (#"{"contxt": {"title": "t"}}"#, "the line is no TransferRecord"),
      (#"{"context": {"title": "t"}} {"context": {"title": "t"}}"#, "the line is no TransferRecord"),
      (#"{"context": {"id": "a"}}"#, "context.title must not be empty"),
      (#"{"contextVersion": {"title": "t", "version": "1"}}"#, "context_version.id must be set"),
      (#"{"contextVersion": {"id": "a", "title": "t"}}"#, "context_version.version must be set"),
      (#"{"context": {"title": "t", "version": "-1"}}"#, "context.version must be"),
      (#"{"context": {"title": "t", "version": "9223372036854775807"}}"#, "context.version must be"),
      (#"{"relationship": {"source": "a", "target": "a", "kind": 4}}"#, "target must be"),
    ])
  func lines(line: String, outcome: String) {
    #expect(Self.outcome(line).hasPrefix(outcome), "\(Self.outcome(line))")
  }

  @Test("bytes that are no UTF-8 are no line")
  func encoding() {
    guard case .wrong(let error) = ImportRecord(line: [0x7B, 0xFF], sequence: 1).content else {
      Issue.record("it was taken")
      return
    }
    #expect(error.reason == .recordMalformed && error.message == "the line is not UTF-8")
  }

  @Test(
    "lines end with a line feed or with the message",
    arguments: [
      ("", []), ("a", ["a"]), ("a\n", ["a"]), ("a\n\nb", ["a", "", "b"]), ("\n", [""]),
    ])
  func cutting(text: String, lines: [String]) {
    #expect(JSONLines(Array(text.utf8)).map { String(decoding: $0, as: UTF8.self) } == lines)
  }

  @Test("those that are acknowledged are left out, and the others keep their places")
  func places() {
    var request = ImportContextsRequest()
    request.jsonLines = Array("{}\n{}\n\n{}".utf8)
    var all = ImportMessage(request, from: 5, after: 0)
    #expect(all.next().map(\.sequence) == [5, 6, 7, 8] && all.isAtEnd && all.sequence == 9)
    var rest = ImportMessage(request, from: 5, after: 6)
    #expect(rest.next().map(\.sequence) == [7, 8] && rest.isAtEnd && rest.sequence == 9)
  }

  @Test("a message is read a part at a time, whatever is in it")
  func parts() {
    var request = ImportContextsRequest()
    request.records = Array(repeating: TransferRecord(), count: 2_500)
    request.jsonLines = Array(repeating: UInt8(ascii: "\n"), count: 1_000_000) + Array("{}\n \n{}".utf8)
    var message = ImportMessage(request, from: 1, after: 2)
    var (places, parts, ignored) = ([] as [Int64], 0, 0 as Int64)
    while !message.isAtEnd {
      let records = message.next()
      parts += 1
      #expect(records.count <= 1_000)
      for record in records {
        if case .ignored(let count) = record.content {
          ignored += count
        } else {
          places.append(record.sequence)
        }
      }
    }
    #expect(parts > 4 && ignored == 1_000_001 && message.sequence == 1_002_504)
    #expect(places == Array(3...2_500) + [1_002_501, 1_002_503])
  }
}
