import CairnAPI
import GRPC
import Requests

/// The fields of a template that a client may change.
enum TemplateField: String, UpdatableField {
  case title, description
  case contextTitle = "context_title"
  case content, variables, type
  case mediaType = "media_type"
  case tags

  static let resource = "template"
  static let outputOnly: Set<String> = [
    "create_time", "update_time", "delete_time", "version", "etag", "position",
  ]
  static let metadataField: TemplateField? = nil

  func isSet(in template: Template) -> Bool {
    switch self {
    case .title: !template.title.isEmpty
    case .description: !template.description.isEmpty
    case .contextTitle: !template.contextTitle.isEmpty
    case .content: !template.content.isEmpty
    case .variables: !template.variables.isEmpty
    case .type: template.type != .unspecified
    case .mediaType: !template.mediaType.isEmpty
    case .tags: !template.tags.isEmpty
    }
  }

  func copy(from values: Template, to template: inout Template) {
    switch self {
    case .title: template.title = values.title
    case .description: template.description = values.description
    case .contextTitle: template.contextTitle = values.contextTitle
    case .content: template.content = values.content
    case .variables: template.variables = values.variables
    case .type: template.type = values.type
    case .mediaType: template.mediaType = values.mediaType
    case .tags: template.tags = values.tags
    }
  }
}

/// A change of one template that may be tried.
struct TemplateUpdate {
  let id: String
  /// The version that the template must have; empty: any.
  let etag: String
  /// What is stored when there is no such template, or it is deleted; nil: nothing, it must be there.
  let creation: Result<TemplateDraft, RPCError>?
  private let fields: Set<TemplateField>
  private let values: Template

  init(validating request: UpdateTemplateRequest) throws(RPCError) {
    var violations = Violations()
    let template = request.definition ?? Template()
    var mask = UpdateMask<TemplateField>()
    if request.definition == nil {
      violations.add("must be set", at: "definition")
    } else {
      mask = UpdateMask(validating: request.updateMask, of: template, at: "update_mask", &violations)
      violations.identifier(template.id, at: "definition.id")
    }
    violations.requestID(request.requestId)
    try violations.check()
    (id, etag, fields, values) = (template.id, template.etag, mask.fields, template)
    creation = request.allowMissing && etag.isEmpty ? Self.creation(template) : nil
  }

  private static func creation(_ template: Template) -> Result<TemplateDraft, RPCError> {
    var violations = Violations()
    let draft = TemplateDraft(validating: template, at: "definition", &violations)
    return violations.error().map { .failure($0) } ?? .success(draft)
  }

  /// As of the template that it brings.
  var readBytes: Int { values.readBytes }

  /// The template after the update, checked as a whole: its parts speak of each other.
  func applied(to stored: Template) throws(RPCError) -> TemplateDraft {
    var template = stored
    for field in fields { field.copy(from: values, to: &template) }
    var violations = Violations()
    let draft = TemplateDraft(validating: template, at: "definition", &violations)
    try violations.check()
    return draft
  }
}

/// An update as it was checked with the stored template before that was locked.
struct PreparedTemplateUpdate {
  let update: TemplateUpdate
  /// The template that it was checked with, by its version, and what it becomes; nil where there was none.
  let checked: (version: Int64, draft: TemplateDraft)?

  /// What the locked template becomes. Checked again only when another write has changed it meanwhile.
  func applied(to stored: Template) throws(RPCError) -> TemplateDraft {
    if let checked, checked.version == stored.version { return checked.draft }
    return try update.applied(to: stored)
  }
}

extension Template {
  /// Throws when the stored template may not be changed: it is deleted, or at another version.
  func checkChangeable(etag: String) throws(RPCError) {
    if deleteTime != nil { throw .templateDeleted(id) }
    if !etag.isEmpty, etag != self.etag {
      throw .etagMismatch(.template(id), given: etag, current: self.etag)
    }
  }
}

extension RPCError {
  static func templateNotFound(_ id: String) -> RPCError {
    RPCError(.notFound, .templateNotFound, about: .template(id), "no template \(id.quoted) in this project")
  }

  static func templateDeleted(_ id: String) -> RPCError {
    RPCError(.notFound, .templateDeleted, about: .template(id), "template \(id.quoted) is deleted")
  }

  static func templateExists(_ id: String) -> RPCError {
    RPCError(
      .alreadyExists, .templateExists, about: .template(id), "a template \(id.quoted) exists already")
  }

  static func templateLoop(_ ids: [String]) -> RPCError {
    RPCError(
      .invalidArgument, .templateLoop,
      "the template would come to stand in itself: \(ids.map(\.quoted).joined(separator: " has "))",
      ["loop": ids.joined(separator: " ")])
  }
}
