import CairnAPI
import Wire

/// A file of text as a context: Markdown, with what its front matter says, or plain text.
enum TextDocument {
  /// - Parameter path: The file's path within what is imported; the context's id, where it can be one.
  static func context(path: String, bytes: [UInt8], isMarkdown: Bool) -> ForeignItem {
    let text: String
    do throws(InputError) { text = try Encoding.text(bytes) } catch { return .failure(error) }
    var context = Context()
    context.type = .document
    context.id = canBeID(path) ? path : ""
    context.mediaType = isMarkdown ? "text/markdown" : "text/plain"
    var body = text[...]
    if isMarkdown, let (front, rest) = FrontMatter.split(text) {
      body = rest
      FrontMatter(front).apply(to: &context)
    }
    context.content = String(body)
    if context.title.isEmpty {
      let heading = isMarkdown ? Self.heading(body) : nil
      context.title = (heading ?? name(path)).title(otherwise: "Untitled")
    }
    return .success(context)
  }

  /// The first heading of the first level, outside of code.
  private static func heading(_ text: Substring) -> String? {
    var isCode = false
    for line in text.split(whereSeparator: \.isNewline) {
      if line.hasPrefix("```") || line.hasPrefix("~~~") { isCode.toggle() }
      if !isCode, line.hasPrefix("# ") { return String(line.dropFirst(2)) }
    }
    return nil
  }

  private static func canBeID(_ path: String) -> Bool {
    !path.isEmpty && path.unicodeScalars.count <= 128
      && path.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) }
  }

  /// The last part of the path, without its suffix.
  private static func name(_ path: String) -> String {
    let last = path.split(separator: "/").last ?? ""
    return String(last.lastIndex(of: ".").map { last[..<$0] } ?? last)
  }
}

/// Finds out what is not UTF-8, and says what it may be.
enum Encoding {
  /// The text; a byte order mark in front of it is dropped.
  static func text(_ bytes: [UInt8]) throws(InputError) -> String {
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      throw InputError("is UTF-16, not UTF-8: convert it, as with `iconv -f UTF-16 -t UTF-8`")
    }
    let body = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
    guard let text = String(validating: body, as: UTF8.self) else {
      throw InputError("is not UTF-8: convert it, as with `iconv -f WINDOWS-1252 -t UTF-8`")
    }
    return text
  }
}
