import Foundation
import Testing

/// The generated text, compared with what was looked at and found good.
///
/// After an intended change: `CAIRN_UPDATE_GOLDEN=1 swift test --filter CodegenTests`, and read the diff.
@Suite("Generated code")
struct GoldenTests {
  @Test(
    "is what it was",
    arguments: [("features.proto", "services=all,imports=Shapes"), ("shared.proto", "services=none")])
  func golden(name: String, options: String) throws {
    let generated = try Generation.run(name, in: Generation.golden, options: options)
    let file = Generation.golden.appending(path: name.replacing(".proto", with: ".golden"))
    if ProcessInfo.processInfo.environment["CAIRN_UPDATE_GOLDEN"] != nil {
      try generated.write(to: file, atomically: true, encoding: .utf8)
    }
    let expected = try String(contentsOf: file, encoding: .utf8)
    let lines = zip(generated.split(separator: "\n"), expected.split(separator: "\n"))
    if let (ours, golden) = lines.first(where: { $0 != $1 }) { #expect(ours == golden) }
    #expect(generated.count == expected.count)
  }

  @Test("has no services and does not need GRPC with services=none")
  func messagesOnly() throws {
    let source = try Generation.run("features.proto", in: Generation.golden, options: "services=none")
    #expect(!source.contains("import GRPC"))
    #expect(!source.contains("Recorder"))
  }
}
