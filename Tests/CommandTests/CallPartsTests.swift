import GRPC
import StandardProtos
import Testing
import Wire

@testable import cairn

@Suite("Parts of a call")
struct CallPartsTests {
  @Test(
    "values are cut where they end, however the bytes arrive",
    arguments: [
      ("{}", ["{}"]), ("{}{}", ["{}", "{}"]), (" {\"a\":1}\n\n[2] ", ["{\"a\":1}", "[2]"]),
      ("{\"a\":\"}\\\"{\"}{}", ["{\"a\":\"}\\\"{\"}", "{}"]), ("1 2 true", ["1", "2", "true"]),
      ("\"a b\"\"c\"", ["\"a b\"", "\"c\""]), ("{\"a\":{\"b\":[{}]}}", ["{\"a\":{\"b\":[{}]}}"]), ("", []),
      ("  \n", []), ("{\"open\":", ["{\"open\":"]), ("} x", ["}", "x"]),
    ])
  func splitting(text: String, pieces: [String]) {
    for size in [1, 2, 3, 1000] {
      var splitter = JSONSplitter()
      var found: [[UInt8]] = []
      let bytes = Array(text.utf8)
      for start in stride(from: 0, to: bytes.count, by: size) {
        found += splitter.feed(bytes[start..<min(start + size, bytes.count)])
      }
      if let rest = splitter.finish() { found.append(rest) }
      #expect(found.map { String(decoding: $0, as: UTF8.self) } == pieces)
    }
  }

  @Test(
    "headers are checked before they are sent",
    arguments: [
      ("a:b", "a", "b"), ("X-Name: some value", "x-name", "some value"), ("a:b:c", "a", "b:c"),
      ("a:", "a", ""),
      ("k-bin:AQ==", "k-bin", "AQ=="),
    ])
  func headers(text: String, name: String, value: String) throws {
    let header = try ClientOptions.Header(text)
    #expect(header == ClientOptions.Header(name: name, value: value))
  }

  @Test(
    "what is no header is refused",
    arguments: ["a", ":b", "a b:c", "é:b", "a:é", "grpc-timeout:1S", "a:\n", "k-bin:%%%", "k-bin:A"])
  func badHeaders(text: String) {
    #expect(throws: UsageError.self) { try ClientOptions.Header(text) }
  }

  @Test("address and project come from the flag, else from the environment")
  func clientOptions() throws {
    let environment = ["CAIRN_ADDRESS": "h:1", "CAIRN_PROJECT": "p"]
    #expect(try ClientOptions(Arguments(), environment: [:]).address == "127.0.0.1:7433")
    #expect(try ClientOptions(Arguments(), environment: environment).address == "h:1")
    let flags = Arguments(options: ["address": ["i:2"], "project": ["q"], "deadline": ["2s"]])
    let options = try ClientOptions(flags, environment: environment)
    #expect(options.address == "i:2")
    #expect(options.callOptions.metadata["cairn-project"] == "q")
    #expect(options.callOptions.timeout == .seconds(2))
    #expect(options.questionOptions.timeout == .seconds(2))
    for name in ["deadline", "connect-timeout"] {
      #expect(throws: UsageError.self) {
        try ClientOptions(Arguments(options: [name: ["0s"]]), environment: [:])
      }
    }
    for address in ["x", "http://h:1", "dns://1.1.1.1/h:1"] {
      #expect(throws: UsageError.self) {
        try ClientOptions(Arguments(options: ["address": [address]]), environment: [:])
      }
    }
    for address in ["dns:///h:1", "h:1,i:2", "unix:/run/a", "ipv6:[::1]:1"] {
      #expect(
        try ClientOptions(Arguments(options: ["address": [address]]), environment: [:]).address == address)
    }
  }

  @Test("who waits for a server has all the time of the call for it")
  func waiting() throws {
    let patient = try ClientOptions(Arguments(options: ["wait": []]), environment: [:])
    #expect(patient.callOptions.waitsForReady && patient.questionOptions.waitsForReady)
    #expect(patient.questionOptions.timeout == nil)
    let plain = try ClientOptions(Arguments(), environment: [:])
    #expect(!plain.callOptions.waitsForReady && plain.questionOptions.timeout == .seconds(10))
  }

  @Test("symbols are found by the end of their name")
  func lookup() {
    let lookup = SymbolLookup(names: ["a.v1.S.Get", "a.v1.S.List", "b.v1.T.Get", "a.v1.S"])
    #expect(lookup.find("a.v1.S/Get") == .found("a.v1.S.Get"))
    #expect(lookup.find("/a.v1.S/Get") == .found("a.v1.S.Get"))
    #expect(lookup.find("S/Get") == .found("a.v1.S.Get"))
    #expect(lookup.find("List") == .found("a.v1.S.List"))
    #expect(lookup.find("Get") == .ambiguous(["a.v1.S.Get", "b.v1.T.Get"]))
    #expect(lookup.find("Lits") == .missing(near: ["a.v1.S.List"]))
    #expect(lookup.find("ist") == .missing(near: ["a.v1.S.List"]))
    #expect(lookup.find("Zebra") == .missing(near: []))
  }

  @Test("a failure is printed with its details")
  func statusText() {
    var info = GoogleRpcErrorInfo()
    info.reason = "ETAG_MISMATCH"
    info.domain = "cairn.dev"
    info.metadata = ["b": "2", "a": "1"]
    var violation = GoogleRpcBadRequest.FieldViolation()
    violation.field = "context.title"
    violation.description = "is empty"
    var request = GoogleRpcBadRequest()
    request.fieldViolations = [violation]
    var retry = GoogleRpcRetryInfo()
    retry.retryDelay = WellKnown.Duration(seconds: 1, nanos: 500_000_000)
    var unknown = WellKnown.`Any`()
    unknown.typeURL = "x/no.Such"
    unknown.value = [1]
    let error = RPCError(
      .aborted, "changed meanwhile",
      details: [.init(info), .init(request), .init(retry), .init(WellKnown.Timestamp(seconds: 0)), unknown])
    #expect(
      StatusText.lines(error) == [
        "ABORTED: changed meanwhile", "  reason: ETAG_MISMATCH (cairn.dev)  a=1  b=2",
        "  field context.title: is empty", "  retry after: 1.500s",
        "  google.protobuf.Timestamp: \"1970-01-01T00:00:00Z\"", "  no.Such: AQ==",
      ])
    #expect(StatusText.lines(RPCError(.notFound, "")) == ["NOT_FOUND"])
  }

  @Test("the exit status tells the status of the call")
  func exitStatus() {
    #expect(ExitStatus.status(.ok).code == 0)
    #expect(ExitStatus.status(.notFound).code == 69)
    #expect(ExitStatus.status(.unavailable).code == 78)
  }
}
