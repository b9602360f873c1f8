import EventLoop

/// What the command line says is to be imported.
struct ImportInput: Sendable {
  /// A file, a folder, or `-` for standard input.
  let path: String
  /// Nil: to be found out.
  let format: ImportFormat?

  /// Opens it at its beginning.
  func open(on loop: EventLoop, _ blocking: BlockingPool) async throws(InputError) -> any RecordSource {
    if Folder.isFolder(path) { return try folder(on: loop, blocking) }
    let file = try FileReader(path, on: loop, blocking)
    let head = try await file.head()
    guard let format = format ?? ImportFormat.guess(name: path == "-" ? "" : path, head: head) else {
      throw InputError("cannot tell what \(path) is: say --format \(ImportFormat.names)")
    }
    switch format {
    case .jsonLines: return LineSource(file)
    case .protobuf: return BinarySource(file)
    case .chatGPT: return ElementSource(file, ChatGPTConversation.contexts)
    case .claude: return ElementSource(file, ClaudeConversation.contexts)
    case .mem0: return ElementSource(file, Mem0Memory.contexts)
    case .markdown, .text:
      if path == "-" { throw InputError("--format \(format.rawValue) takes a file or a folder") }
      return DocumentSource([path], below: nil, isMarkdown: format == .markdown, on: loop, blocking)
    }
  }

  private func folder(on loop: EventLoop, _ blocking: BlockingPool) throws(InputError) -> any RecordSource {
    guard format?.isOfFolders ?? true else {
      throw InputError("\(path) is a folder; only --format markdown and text take one")
    }
    var chosen = format ?? .markdown
    var found = try Folder(below: path, suffixes: chosen.suffixes)
    if found.files.isEmpty, format == nil {
      chosen = .text
      found = try Folder(below: path, suffixes: chosen.suffixes)
    }
    if found.files.isEmpty {
      throw InputError("\(path) holds no file that ends in \(chosen.suffixes.joined(separator: " or "))")
    }
    return DocumentSource(
      found.files, below: path, skipped: found.skipped(chosen.suffixes), isMarkdown: chosen == .markdown,
      on: loop,
      blocking)
  }
}
