import Foundation
import Testing

/// Python's protobuf, asked in batches; see `oracle.py`.
struct Oracle {
  struct Failure: Error { let output: String }

  /// What protoc makes of the test protos; Python and libprotobuf-c read them from here.
  static let descriptorSet: Result<[UInt8], any Error> = Result {
    try withFolder { folder in
      let output = folder.appending(path: "set")
      try run(
        "/usr/bin/env",
        [
          "protoc", "--proto_path=\(sources.appending(path: "Protos").path)", "--include_imports",
          "--descriptor_set_out=\(output.path)", "wiretest/everything.proto",
        ], input: nil, output: folder.appending(path: "log"))
      return [UInt8](try Data(contentsOf: output))
    }
  }

  /// The lines that a mode of `oracle.py` answers to `lines`.
  static func ask(_ mode: String, _ arguments: [String] = [], _ lines: [String] = []) throws -> [String] {
    try withFolder { folder in
      let set = folder.appending(path: "set")
      let input = folder.appending(path: "input")
      let output = folder.appending(path: "output")
      try Data(descriptorSet.get()).write(to: set)
      try Data(lines.map { $0 + "\n" }.joined().utf8).write(to: input)
      try run(
        python, [sources.appending(path: "oracle.py").path, set.path, mode] + arguments, input: input,
        output: output)
      let text = String(decoding: try Data(contentsOf: output), as: UTF8.self)
      return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }
  }

  /// `CAIRN_TEST_PYTHON`, or what `make test` installs.
  private static var python: String {
    ProcessInfo.processInfo.environment["CAIRN_TEST_PYTHON"]
      ?? sources.deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: ".venv/bin/python").path
  }

  private static let sources = URL(filePath: #filePath).deletingLastPathComponent()

  private static func run(_ program: String, _ arguments: [String], input: URL?, output: URL) throws {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    try Data().write(to: output)
    process.standardInput = try input.map(FileHandle.init(forReadingFrom:)) ?? .nullDevice
    process.standardOutput = try FileHandle(forWritingTo: output)
    let errors = Pipe()
    process.standardError = errors
    try process.run()
    let complaint = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failure(output: String(decoding: complaint, as: UTF8.self))
    }
  }

  private static func withFolder<T>(_ body: (URL) throws -> T) throws -> T {
    let folder = FileManager.default.temporaryDirectory.appending(path: "cairn-wire-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
  }
}

/// Bytes as the hexadecimal text that `oracle.py` speaks.
enum Hex {
  static func encode(_ bytes: [UInt8]) -> String {
    if bytes.isEmpty { return "-" }
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count * 2)
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Nil when `text` is not hexadecimal; spaces are stepped over.
  static func decode(_ text: String) -> [UInt8]? {
    if text == "-" { return [] }
    var bytes: [UInt8] = []
    var high: UInt8?
    for character in text.utf8 where character != UInt8(ascii: " ") {
      let digit: UInt8
      switch character {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = character - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = character - UInt8(ascii: "a") + 10
      default: return nil
      }
      if let first = high {
        bytes.append(first << 4 | digit)
        high = nil
      } else {
        high = digit
      }
    }
    return high == nil ? bytes : nil
  }
}
