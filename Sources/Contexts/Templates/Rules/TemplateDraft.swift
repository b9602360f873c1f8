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
      violations.add(path, "must be set")
      (id, self.template, included) = (nil, Template(), [])
      return
    }
    violations.optionalIdentifier("\(path).id", template.id)
    violations.title("\(path).title", template.title)
    included = violations.definition(path, template)
    id = template.id.isEmpty ? nil : template.id
    self.template = template.definition
  }

  /// A template that is only tried.
  init(trying template: Template, at path: String, _ violations: inout Violations) {
    included = violations.definition(path, template)
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
  fileprivate mutating func definition(_ path: String, _ template: Template) -> [String] {
    text("\(path).description", template.description, atMost: Limits.templateDescriptionLength)
    variables("\(path).variables", template.variables)
    type("\(path).type", template.type)
    mediaType("\(path).media_type", template.mediaType)
    tags("\(path).tags", template.tags)
    title("\(path).context_title", template.contextTitle)
    noNUL("\(path).content", template.content)
    if template.content.utf8.count > Limits.templateBytes {
      add(
        "\(path).content",
        "must have at most \(Limits.templateBytes) bytes, not \(template.content.utf8.count)")
    }
    // What is too long is not read.
    guard template.variables.count <= Limits.templateVariables,
      template.contextTitle.utf8.count <= 4 * Limits.titleLength,
      template.content.utf8.count <= Limits.templateBytes
    else { return [] }
    let declared = Set<TextKey>(of: template.variables.map(\.name))
    let inTitle = templates("\(path).context_title", template.contextTitle, declared)
    if !inTitle.isEmpty { add("\(path).context_title", "must not have other templates in it") }
    let included = templates("\(path).content", template.content, declared)
    if included.count > Limits.includedTemplates {
      add("\(path).content", "must have at most \(Limits.includedTemplates) other templates in it")
    }
    return included
  }

  /// The templates in a text whose variables are all declared.
  private mutating func templates(_ field: String, _ source: String, _ declared: Set<TextKey>) -> [String] {
    do throws(TemplateText.SyntaxError) {
      let text = try TemplateText(source)
      let unknown = text.variables.filter { !declared.contains($0) }
      for name in unknown { add(field, "has `{{\(name)}}`, but `variables` has no \(name)") }
      return text.templates
    } catch {
      add(field, error.description)
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
