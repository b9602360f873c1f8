import Foundation
import Testing

/// Whatever is legal in a `.proto` file becomes Swift that compiles: names that look for trouble, and every file that
/// the packages of this project bring.
@Suite("Compiling generated code")
struct CompilationTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Corpus")
  private static let root = folder.deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  private static let goPackages = "/usr/share/gocode/src/github.com/gogo"

  /// Folders of protos, what else is imported from there, and the files that cannot be read: they import what no
  /// package brings.
  private static let sources: [(folder: String, imports: [String], unreadable: Set<String>)] = [
    (folder.path, [], []),
    (
      "/usr/share/grpc-proto", [root.appending(path: "Protos").path],
      ["grpc/tls/provider/meshca/experimental/config.proto"]
    ),
    ("\(goPackages)/googleapis", ["\(goPackages)/protobuf", goPackages], []),
  ]
  /// Those of protoc's own files that Wire does not bring; the others are of proto2.
  private static let ownFiles = ["api", "source_context", "type"].map { "google/protobuf/\($0).proto" }

  @Test("the code of every proto compiles", .timeLimit(.minutes(20)))
  func corpus() throws {
    let output = FileManager.default.temporaryDirectory.appending(path: "cairn-corpus-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: output) }
    try Generation.run(Self.ownFiles, from: ["/usr/include"], into: output)
    for source in Self.sources {
      let names = try Self.protos(in: source.folder)
      #expect(!names.isEmpty, "\(source.folder)")
      let imports = [source.folder] + source.imports + ["/usr/include"]
      try Generation.run(names.filter { !source.unreadable.contains($0) }, from: imports, into: output)
      for name in source.unreadable {
        #expect(throws: Generation.Refused.self) {
          try Generation.run([name], from: imports, into: output)
        }
      }
    }
    let files = try FileManager.default.contentsOfDirectory(at: output, includingPropertiesForKeys: nil)
    #expect(files.count >= 45)
    let complaint = try Self.typecheck(files.map(\.path).sorted())
    #expect(complaint == "", "\(complaint.prefix(10_000))")
  }

  @Test("takes a time that grows with the file and not with its nesting", .timeLimit(.minutes(1)))
  func nesting() throws {
    let text = (0..<60).map { level in
      let inner = level < 59 ? (1...8).map { "M\(level + 1) f\($0) = \($0);" }.joined(separator: " ") : ""
      return "message M\(level) { \(inner) }"
    }
    let source = try Generation.run(text: "syntax = \"proto3\";\n" + text.joined(separator: "\n"))
    #expect(source.contains("package struct M59: Wire.Message"))
  }

  private static func protos(in folder: String) throws -> [String] {
    let files = FileManager.default.enumerator(atPath: folder)
    return (files?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(".proto") }.sorted()
  }

  /// What the compiler says of these files, as one module of this package.
  private static func typecheck(_ files: [String]) throws -> String {
    let modules = Generation.products.appending(path: "Modules")
    let maps = ["CLinux", "CNghttp2", "COpenSSL", "CZlib"].flatMap {
      ["-Xcc", "-fmodule-map-file=\(root.path)/Sources/\($0)/module.modulemap"]
    }
    let arguments =
      [
        "swiftc", "-typecheck", "-swift-version", "6", "-module-name", "Corpus", "-package-name",
        root.lastPathComponent.lowercased(), "-enable-upcoming-feature", "NonisolatedNonsendingByDefault",
        "-I",
        modules.path,
      ] + maps + files
    let (status, complaint) = try Generation.execute(arguments)
    return status == 0 ? "" : complaint
  }
}
