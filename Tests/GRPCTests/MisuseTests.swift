import Foundation
import Testing

/// What handlers hold belongs to their loop: code that takes it to another one does not compile.
@Suite struct MisuseTests {
  /// One error each, in its own line.
  static let closures = [
    "func f(_ it: ResponseWriter<M>) { Task { try await it.write(M()) } }",
    "func f(_ it: RequestStream<M>) { Task { try await it.next() } }",
    "func f(_ it: CallContext) { Task { it.compressAnswers() } }",
    "func f(_ it: RequestStream<M>) { Task.detached { try await it.next() } }",
    "func f(_ it: CallContext) { Task(executorPreference: it.loop) { it.compressAnswers() } }",
    "func f(_ it: ResponseWriter<M>) async throws { async let x: Void = it.write(M()); try await x }",
    "func f(_ it: ResponseWriter<M>) async throws { try await withThrowingTaskGroup { $0.addTask { try await it.write(M()) } } }",
    "let h = RPCHandler.unary(method) { request, it throws(RPCError) in Task { it.compressAnswers() }; return request }",
    "let h = RPCHandler.bidirectional(method) { _, it, _ throws(RPCError) in Task { try await it.write(M()) } }",
  ]
  /// The compiler finds these earlier, and does not look for the others where it has.
  static let captures = [
    "func f(_ it: CallContext) async { await it.loop.run { () async in it.compressAnswers() } }",
    "func f(_ it: CallContext) { it.loop.execute { it.compressAnswers() } }",
    "struct S: Sendable { let it: CallContext }",
    "struct S: Sendable { let it: RequestStream<M> }",
    "struct S: Sendable { let it: ResponseWriter<M> }",
  ]
  /// How a handler reads while it writes, and what may be taken elsewhere.
  static let proper = [
    """
    let h = RPCHandler.bidirectional(method) { requests, responses, call throws(RPCError) in
      try await call.alongside { _ = try? await requests.next() } _: { () async throws(RPCError) in
        try await responses.write(M())
      }
      let deadline = call.deadline
      Task { print(deadline as Any) }
    }
    """
  ]

  @Test("a call's values cannot leave its loop", arguments: [closures, captures])
  func misuse(_ lines: [String]) throws {
    let errors = try Compiler.errors(in: lines)
    #expect(errors.sorted() == Array(lines.indices), "lines with errors: \(errors.sorted())")
  }

  @Test("what a handler needs to do compiles")
  func use() throws { #expect(try Compiler.errors(in: Self.proper) == []) }
}

/// Compiles against the modules that the tests were built with.
private enum Compiler {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
    .standardizedFileURL

  /// The numbers of the `declarations` in which the compiler finds errors.
  static func errors(in declarations: [String]) throws -> Set<Int> {
    let folder = FileManager.default.temporaryDirectory.appending(path: "cairn-misuse-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    var files: [String] = []
    for (number, declaration) in declarations.enumerated() {
      // A namespace each, for they have the same names.
      let text = """
        import EventLoop
        import GRPC
        import StandardProtos
        private typealias M = GoogleRpcStatus
        private let method = MethodDescriptor<M, M>("a.B", "C", .bidirectional)
        private enum Case { static \(declaration) }
        """
      let isType = declaration.hasPrefix("struct")
      let file = folder.appending(path: "case\(number).swift")
      try (isType ? text.replacing("{ static struct", with: "{ struct") : text)
        .write(to: file, atomically: true, encoding: .utf8)
      files.append(file.path)
    }
    let (isGood, output) = try run(files)
    var wrong: Set<Int> = []
    for match in output.matches(of: /case(\d+)\.swift:\d+:\d+: error/) { wrong.insert(Int(match.output.1)!) }
    // An error in a module would make every case look right.
    for line in output.split(separator: "\n") where line.contains(": error:") {
      try #require(line.contains("/case"), "\(line)")
      let isOurs = ["Sendable", "data races"].contains { line.contains($0) }
      try #require(isOurs, "\(line)")
    }
    try #require(isGood == wrong.isEmpty, "\(output)")
    return wrong
  }

  private static func run(_ files: [String]) throws -> (isGood: Bool, output: String) {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    let modules = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
      .appending(path: "Modules")
    let libraries = ["CLinux", "CNghttp2", "COpenSSL", "CZlib"].flatMap {
      ["-Xcc", "-fmodule-map-file=\(root.path)/Sources/\($0)/module.modulemap"]
    }
    process.arguments =
      [
        "swiftc", "-emit-sil", "-wmo", "-o", "/dev/null", "-swift-version", "6", "-parse-as-library",
        "-enable-upcoming-feature", "NonisolatedNonsendingByDefault", "-module-name", "Misuse",
        // As SwiftPM names a package: by its folder.
        "-package-name", root.lastPathComponent.lowercased(), "-I", modules.path,
      ] + libraries + files
    let output = Pipe()
    process.standardError = output
    process.standardOutput = output
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus == 0, String(decoding: text, as: UTF8.self))
  }
}
