import Glibc

/// The files of a folder and of those below it.
struct Folder {
  /// Paths below the folder whose names end in one of the suffixes, in the order of their bytes: the same at every run.
  private(set) var files: [String] = []
  /// Other files, in the same order.
  private(set) var others: [String] = []
  /// Names that begin with a dot, files and folders.
  private(set) var hidden = 0
  /// Links, and what is neither file nor folder.
  private(set) var specials = 0
  /// Names that are not UTF-8.
  private(set) var unreadable = 0

  static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// What begins with a dot is left out, and links are not followed.
  init(below folder: String, suffixes: [String]) throws(InputError) {
    var folders = [""]
    while let next = folders.popLast() {
      let path = next.isEmpty ? folder : "\(folder)/\(next)"
      guard let stream = opendir(path) else {
        throw InputError("\(path): \(String(cString: strerror(errno)))")
      }
      defer { closedir(stream) }
      while let entry = readdir(stream) {
        guard let name = Self.name(entry) else {
          unreadable += 1
          continue
        }
        if name == "." || name == ".." { continue }
        let inner = next.isEmpty ? name : "\(next)/\(name)"
        switch Self.kind("\(folder)/\(inner)") {
        case _ where name.hasPrefix("."): hidden += 1
        case S_IFDIR: folders.append(inner)
        case S_IFREG where suffixes.contains(where: name.lowercased().hasSuffix): files.append(inner)
        case S_IFREG: others.append(inner)
        default: specials += 1
        }
      }
    }
    files.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    others.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// What is left out, in a line; nil when nothing is.
  func skipped(_ suffixes: [String]) -> String? {
    var parts: [String] = []
    if !others.isEmpty {
      let named = others.prefix(3).joined(separator: ", ") + (others.count > 3 ? ", …" : "")
      parts.append("\(others.count) that do not end in \(suffixes.joined(separator: " or ")) (\(named))")
    }
    if hidden > 0 { parts.append("\(hidden) that begin with a dot") }
    if specials > 0 { parts.append("\(specials) links or special files") }
    if unreadable > 0 { parts.append("\(unreadable) whose names are not UTF-8") }
    return parts.isEmpty ? nil : "left out: " + parts.joined(separator: ", ")
  }

  /// Nil for names that are not UTF-8.
  private static func name(_ entry: UnsafeMutablePointer<dirent>) -> String? {
    withUnsafePointer(to: &entry.pointee.d_name) {
      $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(validatingCString: $0) }
    }
  }

  private static func kind(_ path: String) -> mode_t {
    var status = stat()
    return lstat(path, &status) == 0 ? status.st_mode & S_IFMT : 0
  }
}
