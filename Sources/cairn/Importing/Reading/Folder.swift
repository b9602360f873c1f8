import Glibc

/// The files of a folder and of those below it.
enum Folder {
  static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Paths below `folder` whose names end in one of the suffixes, in the order of their bytes: the same at
  /// every run. What begins with a dot is left out, and links are not followed.
  static func files(below folder: String, suffixes: [String]) throws(InputError) -> [String] {
    var found: [String] = []
    var folders = [""]
    while let next = folders.popLast() {
      let path = next.isEmpty ? folder : "\(folder)/\(next)"
      guard let stream = opendir(path) else {
        throw InputError("\(path): \(String(cString: strerror(errno)))")
      }
      defer { closedir(stream) }
      while let entry = readdir(stream) {
        guard let name = name(entry), !name.hasPrefix(".") else { continue }
        let inner = next.isEmpty ? name : "\(next)/\(name)"
        switch kind("\(folder)/\(inner)") {
        case S_IFDIR: folders.append(inner)
        case S_IFREG where suffixes.contains(where: name.lowercased().hasSuffix): found.append(inner)
        default: break
        }
      }
    }
    return found.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
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
