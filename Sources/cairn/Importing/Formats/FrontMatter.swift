import CairnAPI
import Wire

/// What stands between two lines of `---` at the beginning of a Markdown file, as far as it is `key: value`
/// with texts and lists of texts (YAML has more). What is not understood is kept in the metadata as it is.
struct FrontMatter: Equatable {
  enum Value: Equatable {
    case text(String)
    case list([String])
  }

  private(set) var values: [(key: String, value: Value)] = []
  /// The lines that were not understood.
  private(set) var rest: [String] = []

  static func == (left: Self, right: Self) -> Bool {
    left.rest == right.rest
      && left.values.elementsEqual(right.values) { $0.key == $1.key && $0.value == $1.value }
  }

  /// The front matter of a text, and the text behind it; nil when there is none.
  static func split(_ text: String) -> (front: [Substring], rest: Substring)? {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
    func isFence(_ line: Substring) -> Bool { line.trimmed == "---" }
    guard let first = lines.popFirst(), isFence(first), let end = lines.firstIndex(where: isFence) else {
      return nil
    }
    let behind = end + 1 < lines.endIndex ? text[lines[end + 1].startIndex...] : text[text.endIndex...]
    return (Array(lines[..<end]), behind.first == "\n" ? behind.dropFirst() : behind)
  }

  init(_ lines: [Substring]) {
    var list: Int?
    for line in lines {
      let plain = line.trimmed
      if plain.isEmpty || plain.hasPrefix("#") { continue }
      if plain.hasPrefix("- "), let place = list {
        let item = Self.scalar(plain.dropFirst(2).trimmed)
        if case .list(let items) = values[place].value { values[place].value = .list(items + [item]) }
      } else if let colon = plain.firstIndex(of: ":"), line.first?.isWhitespace == false {
        let key = String(plain[..<colon].trimmed)
        let value = plain[plain.index(after: colon)...].trimmed
        values.append((key, value.isEmpty ? .list([]) : Self.value(value)))
        list = value.isEmpty ? values.count - 1 : nil
      } else {
        rest.append(String(line))
      }
    }
  }

  private static func value(_ text: Substring) -> Value {
    guard text.hasPrefix("["), text.hasSuffix("]") else { return .text(scalar(text)) }
    return .list(items(text.dropFirst().dropLast()).filter { !$0.isEmpty }.map(scalar))
  }

  /// What stands between the commas of a list, those inside of quotes excepted.
  private static func items(_ text: Substring) -> [Substring] {
    var items: [Substring] = []
    var (start, quote) = (text.startIndex, Character?.none)
    for index in text.indices {
      let character = text[index]
      if let open = quote {
        if character == open { quote = nil }
      } else if character == "\"" || character == "'", text[start..<index].trimmed.isEmpty {
        quote = character
      } else if character == "," {
        items.append(text[start..<index].trimmed)
        start = text.index(after: index)
      }
    }
    return items + [text[start...].trimmed]
  }

  private static func scalar(_ text: Substring) -> String {
    for quote in ["\"", "'"] where text.count >= 2 && text.hasPrefix(quote) && text.hasSuffix(quote) {
      return String(text.dropFirst().dropLast())
    }
    return String(text)
  }

  /// Puts what it says where it belongs; other keys go into the metadata.
  func apply(to context: inout Context) {
    var metadata = WellKnown.Struct()
    for (key, value) in values {
      switch (key.lowercased(), value) {
      case ("id", .text(let text)): context.id = text
      case ("title", .text(let text)): context.title = text.title(otherwise: "")
      case ("owner", .text(let text)), ("author", .text(let text)): context.owner = text
      case ("session", .text(let text)): context.session = text
      case ("tags", .list(let tags)), ("keywords", .list(let tags)): context.tags = tags.unique
      case ("tags", .text(let text)), ("keywords", .text(let text)):
        context.tags = text.split(separator: ",").map { String($0.trimmed) }.unique
      case ("type", .text(let text)):
        set(\.type, to: ContextType(named: text), key: key, text: text, in: &context, metadata: &metadata)
      case ("status", .text(let text)):
        set(\.status, to: ContextStatus(named: text), key: key, text: text, in: &context, metadata: &metadata)
      case ("date", .text(let text)), ("created", .text(let text)), ("create_time", .text(let text)):
        set(
          \.createTime, to: WellKnown.Timestamp(written: text), key: key, text: text, in: &context,
          metadata: &metadata)
      case ("updated", .text(let text)), ("modified", .text(let text)), ("update_time", .text(let text)):
        set(
          \.updateTime, to: WellKnown.Timestamp(written: text), key: key, text: text, in: &context,
          metadata: &metadata)
      case (_, .text(let text)): metadata.fields[key] = WellKnown.Value(.stringValue(text))
      case (_, .list(let items)):
        metadata.fields[key] = WellKnown.Value(.listValue(WellKnown.ListValue(items)))
      }
    }
    if !rest.isEmpty {
      metadata.fields["front_matter"] = WellKnown.Value(.stringValue(rest.joined(separator: "\n")))
    }
    if !metadata.fields.isEmpty { context.metadata = metadata }
  }

  /// Sets a field whose value could be read; else the text is kept.
  private func set<Value>(
    _ field: WritableKeyPath<Context, Value>, to value: Value?, key: String, text: String,
    in context: inout Context, metadata: inout WellKnown.Struct
  ) {
    if let value {
      context[keyPath: field] = value
    } else {
      metadata.fields[key] = WellKnown.Value(.stringValue(text))
    }
  }

  private func set(
    _ field: WritableKeyPath<Context, WellKnown.Timestamp?>, to value: WellKnown.Timestamp?, key: String,
    text: String, in context: inout Context, metadata: inout WellKnown.Struct
  ) {
    if let value {
      context[keyPath: field] = value
    } else {
      metadata.fields[key] = WellKnown.Value(.stringValue(text))
    }
  }
}

extension WellKnown.ListValue {
  init(_ texts: [String]) {
    self.init()
    values = texts.map { WellKnown.Value(.stringValue($0)) }
  }
}

extension ContextType {
  /// By the end of its name in the proto, in any case: `document`.
  init?(named name: String) {
    let names: [String: ContextType] = [
      "note": .note, "document": .document, "code": .code, "conversation": .conversation, "memory": .memory,
      "summary": .summary, "decision": .decision, "plan": .plan, "reference": .reference,
    ]
    guard let type = names[name.lowercased()] else { return nil }
    self = type
  }
}

extension ContextStatus {
  /// By the end of its name in the proto, in any case: `draft`.
  init?(named name: String) {
    let names: [String: ContextStatus] = ["draft": .draft, "active": .active, "archived": .archived]
    guard let status = names[name.lowercased()] else { return nil }
    self = status
  }
}

extension [String] {
  /// Each once, without empty ones.
  var unique: [String] {
    var seen: Set<String> = []
    return filter { !$0.isEmpty && seen.insert($0).inserted }
  }
}

extension StringProtocol where SubSequence == Substring {
  /// Without white space at both ends.
  var trimmed: Substring {
    var text = self[startIndex..<endIndex]
    while text.first?.isWhitespace == true { text = text.dropFirst() }
    while text.last?.isWhitespace == true { text = text.dropLast() }
    return text
  }
}
