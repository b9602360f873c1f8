import EventLoop
import Foundation
import Testing

@testable import cairn

/// The built program against a server in the test's own process.
@Suite("Running cairn against a server")
struct CommandRunTests {
  @Test("list shows services, and the methods of one")
  func list() async throws {
    try await withServer { address in
      let services = try await runCairn(["list", "--address", address])
      #expect(services.status == 0, "\(services.errors)")
      #expect(services.lines.contains("cairn.echo.v1.Echo"))
      #expect(services.lines.contains("grpc.health.v1.Health"))
      let methods = try await runCairn(["list", "Echo"], environment: ["CAIRN_ADDRESS": address])
      #expect(
        methods.lines
          == ["Unary", "ServerStreaming", "ClientStreaming", "Bidirectional"].map {
            "cairn.echo.v1.Echo/\($0)"
          })
      let none = try await runCairn(["list", "Ecoh", "--address", address])
      #expect(none.status == 1)
      #expect(none.errors == "there is no service \"Ecoh\"; did you mean cairn.echo.v1.Echo?\n")
    }
  }

  @Test("describe shows .proto text")
  func describe() async throws {
    try await withServer { address in
      let method = try await runCairn(["describe", "Echo/ServerStreaming", "-a", address])
      #expect(
        method.output == """
          // cairn.echo.v1.Echo.ServerStreaming in cairn/echo/v1/echo.proto
          rpc ServerStreaming(cairn.echo.v1.EchoMessage) returns (stream cairn.echo.v1.EchoMessage);

          // cairn.echo.v1.EchoMessage in cairn/echo/v1/echo.proto
          message EchoMessage {
            string text = 1;
            int32 repeat = 2;
            int32 delay_milliseconds = 3;
            int32 fail_with = 4;
          }

          """)
      let none = try await runCairn(["describe", "cairn.echo.v1.EchoMesage", "-a", address])
      #expect(none.status == 1)
      #expect(none.errors.contains("did you mean cairn.echo.v1.EchoMessage?"))
    }
  }

  @Test("all four kinds of call", arguments: [[], ["/grpc.reflection.v1."]])
  func fourKinds(missing: [String]) async throws {
    try await withServer(without: missing) { address in
      let base = ["--address", address]
      let unary = try await runCairn(
        ["call", "cairn.echo.v1.Echo/Unary", #"{"text": "Grüße", "delayMilliseconds": 1}"#] + base)
      #expect(unary.output == "{\n  \"text\": \"Grüße\",\n  \"delayMilliseconds\": 1\n}\n", "\(unary.errors)")
      let empty = try await runCairn(["call", "Unary", "--compact", "--emit-defaults"] + base)
      #expect(empty.output == #"{"text":"","repeat":0,"delayMilliseconds":0,"failWith":0}"# + "\n")

      let down = try await runCairn(["call", "ServerStreaming", #"{"text": "a", "repeat": 3}"#] + base)
      #expect(down.lines == Array(repeating: #"{"text":"a","repeat":3}"#, count: 3))

      let up = try await runCairn(
        ["call", "ClientStreaming", "-c"] + base, input: #"{"text":"a"}{"text":"b"} {"text":"c"}"#)
      #expect(up.output == #"{"text":"abc"}"# + "\n")

      let both = try await runCairn(
        ["call", "Bidirectional", "-"] + base, input: "{\"text\":\"a\"}\n{}\n{\"text\":\"b\"}")
      #expect(both.lines == [#"{"text":"a"}"#, "{}", #"{"text":"b"}"#])
      for run in [unary, empty, down, up, both] { #expect(run.status == 0, "\(run.errors)") }
    }
  }

  @Test("a request may come from a file or from standard input")
  func sources() async throws {
    let path = FileManager.default.temporaryDirectory.path + "/cairn-request-\(UUID().uuidString).json"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let text = String(repeating: "x", count: 200_000)
    try "{\n  \"text\": \"\(text)\"\n}\n".write(toFile: path, atomically: true, encoding: .utf8)
    try await withServer { address in
      let base = ["call", "Unary", "-c", "-a", address]
      let file = try await runCairn(base + ["@\(path)"])
      #expect(file.output == "{\"text\":\"\(text)\"}\n")
      #expect(try await runCairn(base + ["-"], input: "{\"text\":\"\(text)\"}").output == file.output)
      let missing = try await runCairn(base + ["@/no/such/file"])
      #expect(missing.status == 1)
      #expect(missing.errors == "/no/such/file: No such file or directory\n")
    }
  }

  @Test("a failed call prints status and details, and the exit status has its number")
  func failure() async throws {
    try await withServer { address in
      let run = try await runCairn(["call", "Unary", #"{"failWith": 5, "text": "gone"}"#, "-a", address])
      #expect(run.status == 69)
      #expect(run.output == "")
      #expect(run.errors == "NOT_FOUND: gone\n  reason: ECHO (echo.cairn)  text=gone\n")
      let late = try await runCairn(
        ["call", "Unary", #"{"delayMilliseconds": 60000}"#, "--deadline", "50ms", "-a", address])
      #expect(late.status == 68)
      let stream = try await runCairn(
        ["call", "ServerStreaming", #"{"text": "a", "repeat": 2, "failWith": 10}"#, "-a", address])
      #expect(stream.status == 74)
      #expect(stream.lines.count == 2)
      let both = try await runCairn(
        ["call", "Bidirectional", "-a", address], input: #"{"text":"a"} {"failWith":9}"#)
      #expect(both.status == 73, "\(both.errors)")
      #expect(both.lines == [#"{"text":"a"}"#])
    }
  }

  @Test("a server that is not there yet is waited for, or its absence told")
  func waiting() async throws {
    let folder = FileManager.default.temporaryDirectory.path + "/cairn-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let base = ["health", "--address", "unix:\(folder)/s"]
    let absent = try await runCairn(base + ["--connect-timeout", "5s"])
    #expect(absent.status == 78 && absent.errors.contains("\(folder)/s"), "\(absent.errors)")
    let late = try await runCairn(base + ["--wait", "--deadline", "300ms"])
    #expect(late.status == 68, "\(late.errors)")
    let patient = Task { try await runCairn(base + ["--wait"]) }
    try await withServer(at: SocketAddress(.unix(path: folder + "/s"))) { _ in
      let run = try await patient.value
      #expect(run.status == 0 && run.output == "SERVING\n", "\(run.errors)")
    }
  }

  @Test(
    "a request that does not fit is refused before anything is sent",
    arguments: [
      (
        "Unary", #"{"txet": "a"}"#,
        "the request is no cairn.echo.v1.EchoMessage: unknown field \"txet\" of cairn.echo.v1.EchoMessage; did you mean \"text\"?"
      ),
      (
        "Unary", #"{"text": 3}"#,
        "the request is no cairn.echo.v1.EchoMessage: text: expected a string, found 3"
      ),
      (
        "Unary", #"{"text": "a"#, "the request is not valid JSON: line 1, column 10: the string is not closed"
      ),
      ("Unary", "{} {}", "Unary takes one request; there are more"),
      ("Unary", " ", "there is no request; `{}` is an empty one"),
      (
        "Bidirectional", #"{} {"repeat": 1.5}"#,
        "the request, message 2 is no cairn.echo.v1.EchoMessage: repeat: expected a whole number from -2147483648 to 2147483647, found 1.5"
      ),
      (
        "ClientStreaming", "[]",
        "the request is no cairn.echo.v1.EchoMessage: expected an object for cairn.echo.v1.EchoMessage, found an array"
      ),
    ])
  func badRequests(method: String, request: String, reason: String) async throws {
    try await withServer { address in
      let run = try await runCairn(["call", method, request, "-a", address])
      #expect(run.status == 1)
      #expect(run.errors == reason + "\n")
    }
  }

  @Test("verbose tells what goes and what comes")
  func verbose() async throws {
    try await withServer { address in
      let headers = ["-v", "-H", "x-echo-a: 1", "-H", "x-echo-b-bin:AQID", "-a", address]
      let run = try await runCairn(["call", "Unary", #"{"text":"abc"}"#] + headers)
      #expect(run.status == 0)
      let metadata = ["  x-echo-a: 1", "  x-echo-b-bin: AQID"]
      #expect(
        run.story == ["cairn.echo.v1.Echo/Unary at \(address)", "metadata:"] + metadata
          + ["request 1 after T: 5 bytes", "headers after T:"] + metadata
          + ["answer 1 after T: 5 bytes", "trailers after T:"] + metadata
          + ["OK after T; sent 1 message, 5 bytes; received 1 message, 5 bytes"])

      let both = try await runCairn(
        ["call", "Bidirectional", "-v", "-a", address], input: #"{"text":"abc"} {"failWith":9}"#)
      #expect(both.status == 73)
      #expect(both.story.filter { $0.hasPrefix("answer") } == ["answer 1 after T: 5 bytes"])
      #expect(
        both.story.contains(
          "FAILED_PRECONDITION after T; sent 2 messages, 7 bytes; received 1 message, 5 bytes"))

      let up = try await runCairn(["call", "ClientStreaming", "-v", "-a", address], input: "{} {} {}")
      #expect(up.story.contains("OK after T; sent 3 messages, 0 bytes; received 1 message, 0 bytes"))
    }
  }

  @Test("health tells the status, by word and by exit status")
  func health() async throws {
    try await withServer { address in
      let all = try await runCairn(["health", "-a", address])
      #expect(all.output == "SERVING\n")
      #expect(all.status == 0)
      let one = try await runCairn(["health", "cairn.echo.v1.Echo", "-a", address])
      #expect(one.output == "NOT_SERVING\n")
      #expect(one.status == 1)
      let short = try await runCairn(["health", "Echo", "-a", address])
      #expect(short.output == "NOT_SERVING\n", "\(short.errors)")
      let none = try await runCairn(["health", "Ecoh", "-a", address])
      #expect(none.status == 69)
      #expect(none.errors.contains("did you mean cairn.echo.v1.Echo?"), "\(none.errors)")
    }
  }

  @Test("a server that is not there is named, with what to do")
  func nobodyThere() async throws {
    let run = try await runCairn(["call", "Unary", "-a", "unix:/nowhere/cairn.sock"])
    #expect(run.status == 78)
    #expect(run.errors.hasPrefix("UNAVAILABLE: "))
    #expect(
      run.errors.contains("Does a server listen on unix:/nowhere/cairn.sock? `cairn serve` starts one."))
  }

  @Test("a server without reflection is told apart")
  func noReflection() async throws {
    try await withServer(without: ["/grpc.reflection."]) { address in
      let run = try await runCairn(["call", "Unary", "-a", address])
      #expect(run.status == 76)
      #expect(
        run.errors.hasPrefix(
          "UNIMPLEMENTED: the server has no reflection; give its descriptors with --protoset"))
    }
  }

  @Test("a reader that leaves early ends the program quietly")
  func closedOutput() async throws {
    try await withServer { address in
      let call = #"call ServerStreaming '{"text":"a","repeat":20000}' -a \#(address)"#
      let run = try await runShell("cairn \(call) | head -n 1")
      #expect(run.output == #"{"text":"a","repeat":20000}"# + "\n")
      #expect(run.errors == "")
      // Also when no further answer comes for a long time.
      let silent = #"call ServerStreaming '{"repeat":1,"delayMilliseconds":600000}' -a \#(address)"#
      let start = ContinuousClock.now
      #expect(try await runShell("cairn \(silent) | head -n 1").output.hasPrefix("{"))
      #expect(ContinuousClock.now - start < .seconds(60))
    }
  }

  @Test("a request that is not UTF-8 is refused, not repaired")
  func brokenText() async throws {
    let run = try await runShell(#"cairn call Unary "{\"text\": \"$(printf '\377')\"}""#)
    #expect(run.status == 2)
    #expect(run.errors == "the command line is not UTF-8\n")
  }

  @Test("help and usage errors need no server")
  func withoutServer() async throws {
    let help = try await runCairn(["call", "--help"])
    #expect(help.status == 0)
    #expect(help.output.hasPrefix("Usage: cairn call METHOD [REQUEST] [OPTIONS]\n"))
    let usage = try await runCairn(["call"])
    #expect(usage.status == 2)
    #expect(usage.errors.hasPrefix("METHOD is missing"))
    #expect(try await runCairn([]).status == 2)
    #expect(try await runCairn(["--version"]).output.hasPrefix("cairn "))
    let settings = try await runCairn(["serve", "--pool-min", "99"])
    #expect(settings.status == 2)
    #expect(settings.errors == "pool-min (99) is above pool-max (16)\n")
  }
}
