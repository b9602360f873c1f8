import CairnAPI
import GRPC
import Journal
import Requests

extension ContextService {
  package func createTemplate(
    _ request: CreateTemplateRequest, _ call: CallContext
  ) async throws(RPCError) -> Template {
    let (draft, scope) = try await journal.accept(request, call) {
      TemplateDraft(validating: $0.definition, at: "definition", &$1)
    }
    try await checkIncluded(in: draft, id: draft.id, scope.project)
    guard request.validateOnly else { return try await store.create(draft, scope) }
    if let id = draft.id, let stored = try await store.templates([id], in: scope.project).first,
      stored.deleteTime == nil
    {
      throw .templateExists(id)
    }
    return draft.named
  }

  package func getTemplate(
    _ request: GetTemplateRequest, _ call: CallContext
  ) async throws(RPCError) -> Template {
    var violations = Violations()
    violations.identifier("id", request.id)
    try violations.check()
    return try await store.template(
      request.id, showDeleted: request.showDeleted, in: try await journal.scope(call).project)
  }

  package func listTemplates(
    _ request: ListTemplatesRequest, _ call: CallContext
  ) async throws(RPCError) -> ListTemplatesResponse {
    let project = try await journal.scope(call).project
    let fingerprint = Fingerprint(parts: ["ListTemplates", project.text, "\(request.showDeleted)"])
    var violations = Violations()
    let size = violations.pageSize(request.pageSize)
    let after = violations.pageToken(request.pageToken, fingerprint)
    try violations.check()
    let (page, hasMore) = try await store.templates(
      after: after?.id ?? "", limit: size, showDeleted: request.showDeleted, in: project)
    var response = ListTemplatesResponse()
    response.templates = page
    if hasMore, let last = page.last {
      response.nextPageToken = PageToken(time: 0, id: last.id).text(for: fingerprint)
    }
    return response
  }

  package func updateTemplate(
    _ request: UpdateTemplateRequest, _ call: CallContext
  ) async throws(RPCError) -> Template {
    let update = try TemplateUpdate(validating: request)
    let scope = try await journal.scope(call, RequestKey(request.requestId, of: request))
    // What stands in it is looked up before its row is locked; a loop that is made in the same moment is
    // found when the template is used.
    if let stored = try await store.templates([update.id], in: scope.project).first,
      stored.deleteTime == nil
    {
      let draft = try update.applied(to: stored)
      try await checkIncluded(in: draft, id: update.id, scope.project)
      if request.validateOnly {
        try stored.checkChangeable(etag: update.etag)
        return draft.template.placed(like: stored)
      }
    } else if request.validateOnly {
      return try await store.template(update.id, showDeleted: false, in: scope.project)
    }
    return try await store.update(update, scope)
  }

  package func deleteTemplate(
    _ request: DeleteTemplateRequest, _ call: CallContext
  ) async throws(RPCError) -> Template {
    let (_, scope) = try await journal.accept(request, call) { $1.identifier("id", $0.id) }
    guard request.validateOnly else {
      return try await store.deleteTemplate(request.id, etag: request.etag, scope)
    }
    let stored = try await store.template(request.id, showDeleted: false, in: scope.project)
    try stored.checkChangeable(etag: request.etag)
    return stored
  }

  package func renderTemplate(
    _ request: RenderTemplateRequest, _ call: CallContext
  ) async throws(RPCError) -> RenderTemplateResponse {
    let project = try await journal.scope(call).project
    var violations = Violations()
    let root: Template
    switch request.source {
    case .id(let id):
      violations.identifier("id", id)
      try violations.check()
      root = try await store.template(id, showDeleted: false, in: project)
    case .definition(let template):
      root = TemplateDraft(trying: template, at: "definition", &violations).template
      try violations.check()
    case nil:
      violations.add("id", "must be set, or definition")
      try violations.check()
      root = Template()
    }
    let (title, content) = try await family(of: root, in: project).rendered(with: request.values)
    var response = RenderTemplateResponse()
    response.title = title
    response.content = content
    response.templateVersion = root.version
    return response
  }

  package func createContextFromTemplate(
    _ request: CreateContextFromTemplateRequest, _ call: CallContext
  ) async throws(RPCError) -> Context {
    let wanted = try TemplatedContext(validating: request)
    let scope = try await journal.scope(call, RequestKey(request.requestId, of: request))
    let template = try await store.template(wanted.templateID, showDeleted: false, in: scope.project)
    let draft = try wanted.draft(from: try await family(of: template, in: scope.project))
    if request.validateOnly { return try await store.planned(Batch(draft), scope)[0].get() }
    return try await store.create(draft, scope)
  }

  private func family(of root: Template, in project: ProjectID) async throws(RPCError) -> TemplateFamily {
    let included = (try? TemplateText(root.content))?.templates ?? []
    return try await store.family(of: root, including: included, in: project)
  }

  /// Throws when a template in it is missing, or when it would come to stand in itself.
  private func checkIncluded(
    in draft: TemplateDraft, id: String?, _ project: ProjectID
  ) async throws(RPCError) {
    if draft.included.isEmpty { return }
    var root = draft.template
    root.id = id ?? ""
    try await store.family(of: root, including: draft.included, in: project).checkLoops()
  }
}

extension TemplateDraft {
  /// As the answer of a request that only asks has it.
  fileprivate var named: Template {
    var named = template
    named.id = id ?? ""
    return named
  }
}

extension Template {
  /// With what only the server sets, as it is now.
  fileprivate func placed(like stored: Template) -> Template {
    var placed = self
    placed.id = stored.id
    placed.createTime = stored.createTime
    placed.updateTime = stored.updateTime
    placed.version = stored.version
    placed.etag = stored.etag
    placed.position = stored.position
    return placed
  }
}
