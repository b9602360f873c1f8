import DynamicMessage

/// Comments and types as Markdown, with links from every name that is described somewhere.
struct Markdown {
  private let plan: PagePlan
  /// Links by names as comments write them: `CaughtUp`, `ContextService.Reindex`, `CreateContext`.
  private let names: [String: String]

  init(_ plan: PagePlan) {
    self.plan = plan
    var names: [String: String] = [:]
    for type in plan.declarations.types { names[type.name] = plan.links[type.fullName] }
    for service in plan.declarations.services {
      names[service.schema.name] = plan.links[service.schema.fullName]
      for method in service.schema.methods {
        let link = plan.links[method.fullName]
        names["\(service.schema.name).\(method.name)"] = link
        if names[method.name] == nil { names[method.name] = link }
      }
    }
    self.names = names
  }

  // MARK: Comments

  /// A comment as paragraphs.
  func block(_ comment: String?) -> String {
    CommentText(comment).paragraphs.map { paragraph in
      switch paragraph {
      case .prose(let text): linked(text)
      case .verbatim(let lines): "```\n\(lines.joined(separator: "\n"))\n```"
      }
    }.joined(separator: "\n\n")
  }

  /// A comment as the cell of a table.
  func cell(_ comment: String?, isDeprecated: Bool = false) -> String {
    var text = linked(CommentText(comment).oneLine)
    for (mark, shown) in [("Required.", "**Required.**"), ("Output only.", "*Output only.*")]
    where text.hasPrefix(mark) {
      text = shown + text.dropFirst(mark.count)
    }
    return Self.inTable(isDeprecated ? "**Deprecated.** " + text : text)
  }

  /// What a comment begins with, as the cell of a table.
  func summary(_ comment: String?) -> String { Self.inTable(linked(CommentText(comment).firstSentence)) }

  static func inTable(_ text: String) -> String { text.replacing("|", with: "\\|") }

  /// Text with a link behind every name that is described, and with what would be mark-up as it stands.
  func linked(_ text: String) -> String {
    var result = ""
    var rest = text[...]
    while let match = rest.firstMatch(of: /`[^`]+`|[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*/) {
      result += Self.escaped(rest[..<match.range.lowerBound])
      result += word(String(match.output))
      rest = rest[match.range.upperBound...]
    }
    return result + Self.escaped(rest)
  }

  private func word(_ word: String) -> String {
    if word.hasPrefix("`") {
      let code = String(word.dropFirst().dropLast())
      return link(to: code).map { "[\(word)](\($0))" } ?? word
    }
    if let reason = plan.declarations.reasons?[word], word.contains("_") { return Self.link(to: reason) }
    return Self.isName(word) ? link(to: word).map { "[\(word)](\($0))" } ?? word : word
  }

  private func link(to name: String) -> String? {
    if let link = names[name] ?? Self.foreignLink(name) { return link }
    // A field: where its message is.
    guard let dot = name.lastIndex(of: ".") else { return nil }
    return names[String(name[..<dot])]
  }

  /// Whether a word of a text is the name of something: `Context` begins sentences, too.
  private static func isName(_ word: String) -> Bool {
    word.contains(".") || (word.contains(where: \.isLowercase) && word.filter(\.isUppercase).count >= 2)
  }

  private static func escaped(_ text: Substring) -> String {
    var result = ""
    for character in text {
      if "*<>[]\\".contains(character) { result.append("\\") }
      result.append(character)
    }
    return result
  }

  func link(to method: SchemaMethod) -> String { "[\(method.name)](\(plan.links[method.fullName] ?? ""))" }

  static func link(to reason: ErrorReasons.Reason) -> String {
    "[`\(reason.name)`](\(ErrorReasons.file)#\(reason.anchor))"
  }

  // MARK: Types

  /// A type's name, with its link.
  func type(_ fullName: String) -> String {
    let package = plan.declarations.services.first?.file.package ?? ""
    let name = fullName.hasPrefix(package + ".") ? String(fullName.dropFirst(package.count + 1)) : fullName
    let short = fullName.hasPrefix("google.protobuf.") ? String(fullName.dropFirst(16)) : name
    guard let link = plan.links[fullName] ?? Self.foreignLink(fullName) else { return "`\(short)`" }
    return "[`\(short)`](\(link))"
  }

  func type(of field: SchemaField, in message: SchemaMessage) -> String {
    if let entry = message.mapEntry(of: field), entry.fields.count == 2 {
      return "map of \(scalar(entry.fields[0])) to \(scalar(entry.fields[1]))"
    }
    if field.isRepeated { return "list of \(scalar(field))" }
    return field.isProto3Optional ? "optional \(scalar(field))" : scalar(field)
  }

  private func scalar(_ field: SchemaField) -> String {
    field.kind.keyword.map { "`\($0)`" } ?? type(field.typeName ?? "")
  }

  /// Where others describe their types.
  private static func foreignLink(_ name: String) -> String? {
    if name.hasPrefix("google.protobuf.") {
      let anchor = name.dropFirst(16).lowercased()
      return "https://protobuf.dev/reference/protobuf/google.protobuf/#\(anchor)"
    }
    guard name.hasPrefix("google.rpc.") else { return nil }
    let file = name == "google.rpc.Status" ? "status" : "error_details"
    return "https://github.com/googleapis/googleapis/blob/master/google/rpc/\(file).proto"
  }
}
