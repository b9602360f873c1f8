import EventLoop
import Foundation
import GRPC
import StandardServices
import Testing
import Wire

@testable import EchoServer
@testable import cairn

/// What a run of the program left.
struct Run: Sendable {
  let status: Int32
  let output: String
  let errors: String

  var lines: [String] { output.split(separator: "\n").map(String.init) }
  /// What was told on standard error, each time in it as `T`.
  var story: [String] {
    errors.split(separator: "\n").map { String($0).replacing(/[0-9]+\.[0-9] ms/, with: "T") }
  }
}

/// Runs the built program to its end, with `input` on its standard input.
func runCairn(_ arguments: [String], input: String = "", environment: [String: String] = [:]) async throws
  -> Run
{
  let program = try builtProducts().appendingPathComponent("cairn")
  return try await onThread { try run(program, arguments, input, environment) }
}

/// Runs a line of shell that finds the built programs.
func runShell(_ line: String) async throws -> Run {
  let path = try builtProducts().path + ":/usr/bin:/bin"
  return try await onThread { try run(URL(fileURLWithPath: "/bin/sh"), ["-c", line], "", ["PATH": path]) }
}

private func builtProducts() throws -> URL {
  let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
  return URL(fileURLWithPath: tests).deletingLastPathComponent()
}

/// What of the tests' own environment concerns a program that was built with a sanitizer.
private let sanitizing: Set = ["ASAN_OPTIONS", "TSAN_OPTIONS", "LD_PRELOAD", "SWIFT_BACKTRACE"]

/// A thread of its own: waiting for a process must not take one from the tests' pool.
private func onThread(_ body: @escaping @Sendable () throws -> Run) async throws -> Run {
  try await withCheckedThrowingContinuation { continuation in
    Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
  }
}

private func run(_ program: URL, _ arguments: [String], _ input: String, _ environment: [String: String])
  throws
  -> Run
{
  let file = FileManager.default.temporaryDirectory.appendingPathComponent("cairn-input-\(UUID().uuidString)")
  try Data(input.utf8).write(to: file)
  defer { try? FileManager.default.removeItem(at: file) }
  let process = Process()
  process.executableURL = program
  process.arguments = arguments
  process.environment = ProcessInfo.processInfo.environment.filter { sanitizing.contains($0.key) }
    .merging(environment) { $1 }
  process.standardInput = try FileHandle(forReadingFrom: file)
  let (output, errors) = (Pipe(), Pipe())
  process.standardOutput = output
  process.standardError = errors
  try process.run()
  // What goes to standard error is always less than a pipe holds.
  let text = readAll(output)
  let complaints = readAll(errors)
  process.waitUntilExit()
  return Run(status: process.terminationStatus, output: text, errors: complaints)
}

/// `FileHandle` traps when a signal interrupts it, as the end of a child does.
func readAll(_ pipe: Pipe) -> String {
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 64 << 10)
  while true {
    let count = read(pipe.fileHandleForReading.fileDescriptor, &buffer, buffer.count)
    if count == 0 || count < 0 && errno != EINTR { return String(decoding: bytes, as: UTF8.self) }
    if count > 0 { bytes += buffer[..<count] }
  }
}

/// Answers one path with UNIMPLEMENTED, as a server without it would.
struct Missing: ServerInterceptor {
  let prefix: String

  func intercept(_ call: CallContext, next: () async throws(RPCError) -> Void) async throws(RPCError) {
    if call.path.hasPrefix(prefix) { throw RPCError(.unimplemented, "no \(call.path)") }
    try await next()
  }
}

/// A server with the echo service, health and reflection on a free port, for the length of `body`.
func withServer(
  without missing: [String] = [], at wanted: SocketAddress = SocketAddress(.ipv4(host: "127.0.0.1", port: 0)),
  _ body: (_ address: String) async throws -> Void
) async throws {
  let group = EventLoopGroup(loops: 1)
  let statuses = HealthStatuses()
  statuses.set(.serving, for: "")
  statuses.set(.notServing, for: "cairn.echo.v1.Echo")
  let index = ReflectionIndex(services: [EchoService.descriptor])
  let server = GRPCServer(
    services: [
      EchoService(), HealthService(statuses), ReflectionService(index), AlphaReflectionService(index),
    ], interceptors: missing.map(Missing.init) + [MetadataEcho(), FailureDetails()], group: group)
  let address = try await server.listen(wanted)
  defer { group.stop() }
  try await body(address.description)
  statuses.finish()
  await server.drain(within: .seconds(5))
}
