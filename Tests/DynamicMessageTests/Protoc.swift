import Foundation
import Testing

/// Runs protoc on sources written in a test.
struct Protoc {
  struct Failure: Error { let output: String }

  /// Serialized `FileDescriptorSet` of `sources` and of everything they import, with comments.
  static func descriptorSet(_ sources: [String: String]) throws -> [UInt8] {
    try run(sources) { folder in
      ["--include_source_info", "--include_imports", "--descriptor_set_out=\(folder)/out"]
    }
  }

  /// The `CodeGeneratorRequest` that a plugin would get.
  static func pluginRequest(_ sources: [String: String], parameter: String) throws -> [UInt8] {
    try run(sources) { folder in
      let script = "\(folder)/plugin.sh"
      try "#!/bin/sh\ncat > '\(folder)/out'\nprintf '\\020\\001'\n".write(
        toFile: script, atomically: true, encoding: .utf8)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script)
      return ["--plugin=protoc-gen-dump=\(script)", "--dump_out=\(folder)", "--dump_opt=\(parameter)"]
    }
  }

  private static func run(_ sources: [String: String], _ arguments: (String) throws -> [String]) throws
    -> [UInt8]
  {
    let folder = FileManager.default.temporaryDirectory.path + "/cairn-protoc-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for (name, text) in sources {
      let path = "\(folder)/src/\(name)"
      try FileManager.default.createDirectory(
        atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
      try text.write(toFile: path, atomically: true, encoding: .utf8)
    }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments =
      ["protoc", "-I", "\(folder)/src"] + (try arguments(folder)) + sources.keys.sorted()
    let errors = Pipe()
    process.standardError = errors
    try process.run()
    let output = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failure(output: String(decoding: output, as: UTF8.self))
    }
    return [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(folder)/out")))
  }
}
