import CairnAPI
import GRPC
import Requests
import Wire

/// A template that may be stored, as far as it can be told without the others.
struct TemplateDraft {
  /// The client's own id; nil when the server is to make one.
  let id: String?
  /// The fields that a client decides.
  let template: Template
  /// The templates that stand in it.
  let included: [String]

  init(validating template: Template?, at path: String, _ violations: inout Violations) {
    guard let template else {
      violations.add("must be set", at: path)
      (id, self.template, included) = (nil, Template(), [])
      return
    }
    violations.optionalIdentifier(template.id, at: "\(path).id")
    violations.title(template.title, at: "\(path).title")
    included = violations.definition(template, at: path)
    id = template.id.isEmpty ? nil : template.id
    self.template = template.definition
  }

  /// A template that is only tried.
  init(trying template: Template, at path: String, _ violations: inout Violations) {
    included = violations.definition(template, at: path)
    (id, self.template) = (nil, template.definition)
  }
}

extension Template {
  /// Bytes that reading it takes time for, at least.
  var readBytes: Int {
    variables.prefix(Limits.templateVariables).reduce(content.utf8.count) {
      $0 + ($1.defaultValue?.textBytes(upTo: Limits.templateDefaultBytes) ?? 0)
    }
  }

  /// What a client decides, without the id: what is stored as the definition.
  var definition: Template {
    var definition = self
    definition.id = ""
    definition.createTime = nil
    definition.updateTime = nil
    definition.deleteTime = nil
    definition.version = 0
    definition.etag = ""
    definition.position = 0
    return definition
  }
}

extension Violations {
  /// Everything but id and title. Returns the templates that stand in the content.
  fileprivate mutating func definition(_ template: Template, at path: String) -> [String] {
    text(template.description, at: "\(path).description", atMost: Limits.templateDescriptionLength)
    variables(template.variables, at: "\(path).variables")
    type(template.type, at: "\(path).type")
    mediaType(template.mediaType, at: "\(path).media_type")
    tags(template.tags, at: "\(path).tags")
    title(template.contextTitle, at: "\(path).context_title")
    noNUL(template.content, at: "\(path).content")
    if template.content.utf8.count > Limits.templateBytes {
      add(
        "must have at most \(Limits.templateBytes) bytes, not \(template.content.utf8.count)",
        at: "\(path).content")
    }
    // What is too long is not read.
    guard template.variables.count <= Limits.templateVariables,
      template.contextTitle.utf8.count <= 4 * Limits.titleLength,
      template.content.utf8.count <= Limits.templateBytes
    else { return [] }
    let declared = Set<TextKey>(of: template.variables.map(\.name))
    let inTitle = templates(in: template.contextTitle, at: "\(path).context_title", declared: declared)
    if !inTitle.isEmpty { add("must not have other templates in it", at: "\(path).context_title") }
    let included = templates(in: template.content, at: "\(path).content", declared: declared)
    if included.count > Limits.includedTemplates {
      add("must have at most \(Limits.includedTemplates) other templates in it", at: "\(path).content")
    }
    return included
  }

  /// The templates in a text whose variables are all declared.
  private mutating func templates(in source: String, at field: String, declared: Set<TextKey>) -> [String] {
    do throws(TemplateText.SyntaxError) {
      let text = try TemplateText(source)
      let unknown = text.variables.filter { !declared.contains($0) }
      for name in unknown { add("has `{{\(name)}}`, but `variables` has no \(name)", at: field) }
      return text.templates
    } catch {
      add(error.description, at: field)
      return []
    }
  }
}

extension Limits {
  static let templateVariables = 64
  /// Characters of a template's description.
  static let templateDescriptionLength = 4_096
  /// Bytes of a template's content.
  static let templateBytes = 262_144
  /// Templates that stand in one.
  static let includedTemplates = 16
  /// Bytes of the values that a template's variables have when none is given.
  static let templateDefaultBytes = 65_536
  /// Entries of a list that is put into a template.
  static let templateListEntries = 10_000
  /// All templates that stand in one, in those, and so on.
  static let templateFamily = 64
}
