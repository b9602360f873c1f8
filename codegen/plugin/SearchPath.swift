import Foundation

/// The folders that protoc looks for files in, in its order.
struct SearchPath {
  /// Those that are there: protoc warns about others.
  let existing: [URL]

  init(_ folders: [URL]) {
    existing = folders.filter { FileManager.default.fileExists(atPath: $0.path) }
  }

  /// The name that other files import `file` by.
  func importName(of file: URL) -> String? {
    existing.lazy.compactMap { folder in
      let prefix = folder.path.hasSuffix("/") ? folder.path : folder.path + "/"
      return file.path.hasPrefix(prefix) ? String(file.path.dropFirst(prefix.count)) : nil
    }.first
  }

  /// The file and all that it imports, so that a change of any of them generates it again.
  func closure(of name: String) throws -> [URL] {
    var seen: Set<String> = [name]
    var open = [name]
    var files: [URL] = []
    while let next = open.popLast() {
      guard let file = locate(next) else {
        throw PluginError("\(next) is in none of \(existing.map(\.path).joined(separator: ", "))")
      }
      files.append(file)
      open += try imports(of: file).filter { seen.insert($0).inserted }
    }
    return files
  }

  private func locate(_ name: String) -> URL? {
    existing.lazy.map { $0.appending(path: name) }.first { FileManager.default.fileExists(atPath: $0.path) }
  }

  private func imports(of file: URL) throws -> [String] {
    try String(contentsOf: file, encoding: .utf8)
      .split(separator: "\n")
      .filter { $0.hasPrefix("import ") }
      .compactMap { line in
        let parts = line.split(separator: "\"", omittingEmptySubsequences: false)
        return parts.count >= 3 ? String(parts[1]) : nil
      }
  }
}
