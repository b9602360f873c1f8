import CairnAPI
import EventLoop
import GRPC
import Requests
import Wire

/// A template with all those that stand in it, in those, and so on.
struct TemplateFamily {
  let root: Template
  /// The others by their ids.
  private(set) var members: [TextKey: Template] = [:]
  /// Ids that are to be looked up next.
  private(set) var wanted: [String]
  fileprivate let title: TemplateText?
  private let content: TemplateText?
  /// The contents of the others, read.
  private var contents: [TextKey: TemplateText] = [:]

  init(_ root: Template) {
    self.root = root
    title = try? TemplateText(root.contextTitle)
    content = try? TemplateText(root.content)
    wanted = (content?.templates ?? []).filter { !$0.hasSameBytes(as: root.id) }
  }

  /// Bytes of the texts in it.
  var bytes: Int { members.values.reduce(root.readBytes) { $0 + $1.readBytes } }

  /// Takes what was found of ``wanted``. Throws TEMPLATE_NOT_FOUND when one is missing or deleted, and
  /// INVALID_ARGUMENT when there are too many.
  mutating func add(_ found: [Template]) throws(RPCError) {
    let byID = Dictionary(found.map { (TextKey($0.id), $0) }, uniquingKeysWith: { first, _ in first })
    var next: [String] = []
    for id in wanted {
      guard let template = byID[id] else { throw .templateNotFound(id) }
      if template.deleteTime != nil { throw .templateDeleted(id) }
      members[id] = template
      contents[id] = try? TemplateText(template.content)
      next += contents[id]?.templates ?? []
    }
    var seen: Set<TextKey> = []
    wanted = next.filter {
      !$0.hasSameBytes(as: root.id) && members[$0] == nil && seen.add($0)
    }
    // Before they are looked up: each may be large.
    if members.count + wanted.count > Limits.templateFamily {
      var violations = Violations()
      violations.add(
        "must not have more than \(Limits.templateFamily) templates in it in all", at: "definition.content")
      try violations.check()
    }
  }

  /// The content of a template of the family; the root's where none has this id.
  fileprivate func content(of id: String?) -> TemplateText? { id.map { contents[$0] } ?? content }

  /// Throws TEMPLATE_LOOP with the way when a template stands in itself.
  func checkLoops() throws(RPCError) {
    var finished: Set<TextKey> = []
    var way: [String] = []
    func visit(_ id: String, text: TemplateText?) -> [String]? {
      if let begin = way.firstIndex(where: { $0.hasSameBytes(as: id) }) { return Array(way[begin...]) + [id] }
      if finished.contains(id) { return nil }
      way.append(id)
      for inner in text?.templates ?? [] {
        if let loop = visit(inner, text: inner.hasSameBytes(as: root.id) ? content : contents[inner]) {
          return loop
        }
      }
      way.removeLast()
      finished.insert(TextKey(id))
      return nil
    }
    if let loop = visit(root.id, text: content) { throw .templateLoop(loop) }
  }

  /// The declarations that count: the root's before those of the others.
  private var variables: [TemplateVariable] {
    var names: Set<TextKey> = []
    let all = root.variables + members.sorted { $0.key < $1.key }.flatMap(\.value.variables)
    return all.filter { names.add($0.name) }
  }

  /// Title and content with the values in their places.
  ///
  /// - Parameter stop: Set when the caller no longer waits. Rendering ends soon after; what it then returns or throws
  ///   has no meaning.
  func rendered(
    with values: [TextKey: WellKnown.Value], until stop: StopSignal = StopSignal()
  ) throws(RPCError) -> (title: String, content: String) {
    try checkLoops()
    var violations = Violations()
    let texts = texts(of: values, until: stop, &violations)
    try violations.check()
    var rendering = Rendering(family: self, texts: texts)
    let content = rendering.content(of: nil)
    let title = rendering.text(of: title)
    if rendering.isTooLarge {
      violations.add("make a text of more than \(Limits.payloadBytes) bytes", at: "values")
    }
    if title.utf8.count > 4 * Limits.titleLength || title.unicodeScalars.count > Limits.titleLength {
      violations.add("make a title of more than \(Limits.titleLength) characters", at: "values")
    } else if title.unicodeScalars.allSatisfy(\.properties.isWhitespace) {
      violations.add("make a title without text", at: "values")
    }
    try violations.check()
    return (title, content)
  }

  private func texts(
    of values: [TextKey: WellKnown.Value], until stop: StopSignal, _ violations: inout Violations
  ) -> [TextKey: String] {
    let mostValues = Limits.templateVariables * (Limits.templateFamily + 1)
    if values.count > mostValues {
      violations.add("must have at most \(mostValues) entries, not \(values.count)", at: "values")
      return [:]
    }
    var texts: [TextKey: String] = [:]
    let variables = variables
    for variable in variables {
      let given = values[variable.name].flatMap { $0.isNull ? nil : $0 }
      if let value = given ?? variable.defaultValue {
        texts[variable.name] = variable.text(
          of: value, at: "values.\(variable.name)", until: stop, &violations)
      } else if variable.required {
        violations.add("is missing: must be \(variable.expected)", at: "values.\(variable.name)")
      }
    }
    let names = Set<TextKey>(of: variables.map(\.name))
    for name in values.keys.filter({ !names.contains($0) }).sorted() {
      violations.add("is no variable of the template", at: "values.\(name.text.cut(to: 64))")
    }
    return texts
  }
}

/// Puts texts in their places. Each template is done once, however often it stands in others: what would
/// otherwise double with each level stays as small as the templates are.
private struct Rendering {
  let family: TemplateFamily
  let texts: [TextKey: String]
  private var done: [TextKey: String] = [:]
  private(set) var isTooLarge = false

  init(family: TemplateFamily, texts: [TextKey: String]) {
    self.family = family
    self.texts = texts
  }

  /// Cut short when it grows beyond what a context can hold.
  mutating func text(of source: TemplateText?) -> String {
    var result = ""
    for piece in source?.pieces ?? [] {
      switch piece {
      case .text(let text): result += text
      case .variable(let name): result += texts[name] ?? ""
      case .template(let id): result += content(of: id)
      }
      if result.utf8.count > Limits.payloadBytes {
        isTooLarge = true
        return ""
      }
    }
    return result
  }

  /// The content of a template that stands in another one, or of the root.
  mutating func content(of id: String?) -> String {
    if let text = done[id ?? ""] { return text }
    let text = text(of: family.content(of: id))
    done[id ?? ""] = text
    return text
  }
}

extension WellKnown.Value {
  /// Null, or nothing at all.
  fileprivate var isNull: Bool {
    switch kind {
    case nil, .nullValue: true
    default: false
    }
  }
}
