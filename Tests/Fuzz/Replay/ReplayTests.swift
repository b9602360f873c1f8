import Foundation
import FuzzTargets
import Testing

@Suite("What fuzzing began with and what it found")
struct ReplayTests {
  private static let seeds = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Seeds")

  @Test("no input breaks a promise", arguments: FuzzTarget.all.map(\.name))
  func replay(_ name: String) throws {
    let target = try #require(FuzzTarget.all.first { $0.name == name })
    let files = try FileManager.default.contentsOfDirectory(
      at: Self.seeds.appendingPathComponent(name), includingPropertiesForKeys: nil)
    #expect(!files.isEmpty)
    for file in files {
      let bytes = [UInt8](try Data(contentsOf: file))
      #expect(target.problem(bytes) == nil, "\(file.lastPathComponent)")
      // What was cut off on the way is input, too.
      for length in 0..<bytes.count {
        #expect(target.problem(Array(bytes[..<length])) == nil, "\(file.lastPathComponent) cut at \(length)")
      }
    }
  }
}
