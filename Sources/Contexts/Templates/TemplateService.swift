import CairnAPI
import EventLoop
import GRPC
import Journal
import Requests
import Wire

/// `cairn.v1.TemplateService`.
package struct TemplateService: TemplateServiceProvider {
  let journal: Journal
  let store: TemplateStore
  let contexts: ContextStore
  let blocking: BlockingPool

  package func createTemplate(
    _ request: CreateTemplateRequest, _ call: CallContext
  ) async throws(RPCError) -> Template {
    let draft = try await blocking.work(on: request.definition?.readBytes ?? 0, for: call) {
      _ throws(RPCError) in
      var violations = Violations()
      let draft = TemplateDraft(validating: request.definition, at: "definition", &violations)
      violations.requestID(request.requestId)
      try violations.check()
      return draft
    }
    let scope = try await journal.scope(of: request, call)
    try await checkIncluded(in: draft, id: draft.id, project: scope.project, call)
    return try await store.create(draft, in: scope)
  }

  package func getTemplate(
    _ request: GetTemplateRequest, _ call: CallContext
  ) async throws(RPCError) -> Template {
    var violations = Violations()
    violations.identifier(request.id, at: "id")
    try violations.check()
    return try await store.template(
      request.id, showDeleted: request.showDeleted, in: try await journal.project(request.project, call))
  }

  package func listTemplates(
    _ request: ListTemplatesRequest, _ call: CallContext
  ) async throws(RPCError) -> ListTemplatesResponse {
    let project = try await journal.project(request.project, call)
    let seal = PageSeal(
      Fingerprint(parts: ["ListTemplates", project.text, "\(request.showDeleted)"]),
      try await journal.tokenKey())
    var violations = Violations()
    let size = violations.pageSize(request.pageSize)
    let after = violations.pageToken(request.pageToken, seal: seal)
    try violations.check()
    let (page, hasMore) = try await store.templates(
      after: after?.id ?? "", limit: size, showDeleted: request.showDeleted, in: project)
    var response = ListTemplatesResponse()
    response.templates = page
    if hasMore, let last = page.last {
      response.nextPageToken = PageToken(time: 0, id: last.id).text(for: seal)
    }
    return try await journal.naming(response)
  }

  package func updateTemplate(
    _ request: UpdateTemplateRequest, _ call: CallContext
  ) async throws(RPCError) -> Template {
    // A template that may have to be made is read as a whole.
    let readBytes = request.allowMissing ? request.definition?.readBytes ?? 0 : 0
    let update = try await blocking.work(on: readBytes, for: call) { _ throws(RPCError) in
      try TemplateUpdate(validating: request)
    }
    let scope = try await journal.scope(of: request, call)
    // The templates in its content are looked up before its row is locked; a loop that is made in the same moment is
    // found when the template is used.
    var prepared = PreparedTemplateUpdate(update: update, checked: nil)
    if let stored = try await store.templates([update.id], in: scope.project).first,
      stored.deleteTime == nil
    {
      let draft = try await blocking.work(on: update.readBytes + stored.readBytes, for: call) {
        _ throws(RPCError) in
        try update.applied(to: stored)
      }
      try await checkIncluded(in: draft, id: update.id, project: scope.project, call)
      prepared = PreparedTemplateUpdate(update: update, checked: (stored.version, draft))
    } else if case .success(let draft)? = update.creation {
      try await checkIncluded(in: draft, id: update.id, project: scope.project, call)
    }
    return try await store.update(prepared, in: scope)
  }

  package func deleteTemplate(
    _ request: DeleteTemplateRequest, _ call: CallContext
  ) async throws(RPCError) -> Template {
    let (_, scope) = try await journal.accept(request, call) { $1.identifier($0.id, at: "id") }
    return try await store.delete(
      request.id, etag: request.etag, allowsMissing: request.allowMissing, in: scope)
  }

  package func renderTemplate(
    _ request: RenderTemplateRequest, _ call: CallContext
  ) async throws(RPCError) -> RenderTemplateResponse {
    let project = try await journal.project(request.project, call)
    let root: Template
    var violations = Violations()
    switch request.source {
    case .id(let id):
      violations.identifier(id, at: "id")
      try violations.check()
      root = try await store.template(id, showDeleted: false, in: project)
    case .definition(let template):
      root = try await blocking.work(on: template.readBytes, for: call) { _ throws(RPCError) in
        var violations = Violations()
        let draft = TemplateDraft(trying: template, at: "definition", &violations)
        try violations.check()
        return draft.template
      }
    case nil:
      violations.add("must be set, or definition", at: "id")
      try violations.check()
      root = Template()
    }
    let family = try await family(of: root, in: project, call)
    let bytes = family.bytes + request.values.textBytes
    let (title, content) = try await blocking.work(on: bytes, for: call) { stop throws(RPCError) in
      try family.rendered(with: request.values, until: stop)
    }
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
    let scope = try await journal.scope(of: request, call)
    let template = try await store.template(wanted.templateID, showDeleted: false, in: scope.project)
    let family = try await family(of: template, in: scope.project, call)
    let draft = try await blocking.work(on: family.bytes + wanted.values.textBytes, for: call) {
      stop throws(RPCError) in
      try wanted.draft(from: family, until: stop)
    }
    return try await contexts.create(draft, in: scope)
  }

  /// A template with all those that stand in it: a look-up for each level.
  private func family(
    of root: Template, in project: ProjectID, _ call: CallContext
  ) async throws(RPCError) -> TemplateFamily {
    var family = try await blocking.work(on: root.readBytes, for: call) { _ in TemplateFamily(root) }
    while !family.wanted.isEmpty {
      let (known, found) = (family, try await store.templates(family.wanted, in: project))
      family = try await blocking.work(on: found.reduce(0) { $0 + $1.readBytes }, for: call) {
        _ throws(RPCError) in
        var family = known
        try family.add(found)
        return family
      }
    }
    return family
  }

  /// Throws when a template in it is missing, or when it would come to stand in itself.
  private func checkIncluded(
    in draft: TemplateDraft, id: String?, project: ProjectID, _ call: CallContext
  ) async throws(RPCError) {
    if draft.included.isEmpty { return }
    var root = draft.template
    root.id = id ?? ""
    try await family(of: root, in: project, call).checkLoops()
  }
}

extension [TextKey: WellKnown.Value] {
  /// Bytes that reading them takes time for, at least.
  fileprivate var textBytes: Int {
    var bytes = 0
    for value in values where bytes < Limits.quickBytes { bytes += value.textBytes(upTo: Limits.quickBytes) }
    return bytes
  }
}
