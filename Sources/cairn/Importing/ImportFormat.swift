/// What a file to import is.
enum ImportFormat: String, CaseIterable, Sendable {
  /// What `cairn export` writes: a TransferRecord in JSON on each line.
  case jsonLines = "jsonl"
  /// The same in binary, each record after its length.
  case protobuf
  /// Markdown with or without front matter, a context a file.
  case markdown
  /// Plain text, a context a file.
  case text
  /// ChatGPT's conversations.json.
  case chatGPT = "chatgpt"
  /// Claude's conversations.json.
  case claude
  /// Memories as mem0 lists them.
  case mem0

  static let names = allCases.map(\.rawValue).joined(separator: ", ")

  /// Whether a folder of files can be imported.
  var isOfFolders: Bool { self == .markdown || self == .text }

  /// How the names of the files end that are taken from a folder.
  var suffixes: [String] { self == .markdown ? [".md", ".markdown"] : [".txt", ".text"] }

  /// What a file seems to be, where that is safe to say; nil else.
  ///
  /// - Parameters:
  ///   - name: The file's name; empty for standard input.
  ///   - head: Its first bytes, up to 64 KiB.
  static func guess(name: String, head: [UInt8]) -> ImportFormat? {
    let name = name.lowercased()
    if name.hasSuffix(".jsonl") || name.hasSuffix(".ndjson") { return .jsonLines }
    if name.hasSuffix(".binpb") || name.hasSuffix(".pb") { return .protobuf }
    if ImportFormat.markdown.suffixes.contains(where: name.hasSuffix) { return .markdown }
    if ImportFormat.text.suffixes.contains(where: name.hasSuffix) { return .text }
    let text = String(decoding: head, as: UTF8.self)
    guard let first = text.unicodeScalars.first(where: { !$0.properties.isWhitespace && $0 != "\u{FEFF}" })
    else {
      return nil
    }
    if first == "{", ["{\"header\":", "{\"context\":"].contains(where: text.contains) { return .jsonLines }
    guard first == "[" || first == "{" else { return nil }
    let signs: [(ImportFormat, [String])] = [
      (.chatGPT, ["\"mapping\""]), (.claude, ["\"chat_messages\""]), (.mem0, ["\"memory\""]),
    ]
    let found = signs.filter { $0.1.allSatisfy(text.contains) }
    return found.count == 1 ? found[0].0 : nil
  }
}
