import Foundation

/// Runs protoc with the generator that was built along with the tests.
struct Generation {
  struct Refused: Error { let output: String }

  static let golden = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")

  /// The Swift source for `name`, which is in `folder`.
  static func run(_ name: String, in folder: URL, options: String = "") throws -> String {
    let output = FileManager.default.temporaryDirectory.appending(path: "cairn-codegen-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: output) }
    try run([name], from: [folder.path, "/usr/include"], into: output, options: options)
    let file = output.appending(path: name.replacing(".proto", with: ".pb.swift"))
    return try String(contentsOf: file, encoding: .utf8)
  }

  /// Generates the Swift sources for files, each in a run of its own as in a build.
  static func run(
    _ names: [String], from folders: [String], into output: URL, options: String = "services=all"
  ) throws {
    for name in names {
      let (status, complaint) = try execute(
        ["protoc"] + folders.map { "--proto_path=\($0)" } + [
          "--plugin=protoc-gen-cairn=\(generator.path)", "--cairn_out=\(output.path)",
          "--cairn_opt=\(options)", name,
        ])
      guard status == 0 else { throw Refused(output: complaint) }
    }
  }

  /// Runs a program to its end; returns its status and what it wrote to standard error.
  static func execute(_ arguments: [String]) throws -> (status: Int32, complaint: String) {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = arguments
    let errors = Pipe()
    process.standardError = errors
    try process.run()
    let complaint = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: complaint, as: UTF8.self))
  }

  /// The same for a file with this text.
  static func run(text: String, options: String = "") throws -> String {
    let folder = FileManager.default.temporaryDirectory.appending(path: "cairn-codegen-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try text.write(to: folder.appending(path: "test.proto"), atomically: true, encoding: .utf8)
    return try run("test.proto", in: folder, options: options)
  }

  /// Next to the program that runs the tests: the build puts the generator there under this name when it
  /// runs it as a tool.
  private static var generator: URL { products.appending(path: "protoc-gen-cairn-tool") }

  /// The folder of what was built.
  static var products: URL {
    URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
  }
}
