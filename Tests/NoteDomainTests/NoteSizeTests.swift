import Foundation
import Testing

/// What a domain costs that has nothing but standard methods: the measure of the kit.
@Suite struct NoteSizeTests {
  @Test(
    "a domain with history is under 250 lines of code, in Swift and SQL, and ten files, its proto included")
  func size() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "NoteDomain")
    var files: [String] = []
    var lines = 0
    let found = FileManager.default.enumerator(atPath: folder.path)
    while let path = found?.nextObject() as? String {
      let file = folder.appending(path: path)
      guard (try? file.resourceValues(forKeys: [.isRegularFileKey]))?.isRegularFile == true else { continue }
      files.append(path)
      if ["swift", "sql"].contains(file.pathExtension) {
        lines += try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
          .map { $0.drop { $0 == " " } }
          .count { !$0.isEmpty && !$0.hasPrefix("//") && !$0.hasPrefix("--") }
      }
    }
    #expect(files.count < 10, "\(files.sorted())")
    #expect(lines < 250 && lines > 100, "\(lines)")
  }
}
