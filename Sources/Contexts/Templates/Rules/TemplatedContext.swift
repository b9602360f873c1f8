import CairnAPI
import EventLoop
import GRPC
import Requests
import Wire

/// A context that is to be made from a template.
struct TemplatedContext {
  let templateID: String
  let values: [TextKey: WellKnown.Value]
  private let context: Context

  init(validating request: CreateContextFromTemplateRequest) throws(RPCError) {
    var violations = Violations()
    violations.identifier(request.templateId, at: "template_id")
    violations.requestID(request.requestId)
    let context = request.context ?? Context()
    let fixed = [
      ("title", context.title.isEmpty), ("content", context.content.isEmpty), ("data", context.data.isEmpty),
      ("type", context.type == .unspecified), ("media_type", context.mediaType.isEmpty),
    ]
    for (name, isEmpty) in fixed where !isEmpty {
      violations.add("must be empty: it is the template's", at: "context.\(name)")
    }
    violations.tags(context.tags, at: "context.tags")
    try violations.check()
    (templateID, values, self.context) = (request.templateId, request.values, context)
  }

  /// The context with what the template makes of the values. `stop` as in ``TemplateFamily/rendered(with:until:)``.
  func draft(
    from family: TemplateFamily, until stop: StopSignal = StopSignal()
  ) throws(RPCError) -> ContextDraft {
    let (title, content) = try family.rendered(with: values, until: stop)
    let template = family.root
    var made = context
    made.title = title
    made.content = content
    made.type = template.type
    made.mediaType = template.mediaType
    let fixed = Set<TextKey>(of: template.tags)
    made.tags = template.tags + context.tags.filter { !fixed.contains($0) }
    var origin = WellKnown.Struct()
    origin.fields["id"] = WellKnown.Value(.stringValue(template.id))
    origin.fields["version"] = WellKnown.Value(.numberValue(Double(template.version)))
    var metadata = context.metadata ?? WellKnown.Struct()
    metadata.fields["template"] = metadata.fields["template"] ?? WellKnown.Value(.structValue(origin))
    made.metadata = metadata
    var violations = Violations()
    let draft = ContextDraft(validating: made, at: "context", &violations)
    try violations.check()
    return draft
  }
}
