import StandardProtos
import Wire

/// What a failed call tells programs beside its code: one of the messages of google/rpc/error_details.proto.
///
///     throw RPCError(
///       .resourceExhausted, "the project has as many contexts as it may",
///       details: [.quota([.init("projects/p", "100 contexts")]), .retry(after: .seconds(60))])
package struct ErrorDetail: Sendable, Hashable {
  package let message: WellKnown.`Any`

  /// Any other message.
  package init(_ message: some Message) { self.message = WellKnown.Any(message) }

  /// The reason, which is constant within `domain`, and the facts of this one case.
  package static func info(
    _ reason: String, domain: String = ErrorDomain.cairn, particulars: [String: String] = [:]
  ) -> ErrorDetail {
    var info = GoogleRpcErrorInfo()
    info.reason = reason
    info.domain = domain
    info.metadata = Dictionary(uniqueKeysWithValues: particulars.map { (TextKey($0), $1) })
    return ErrorDetail(info)
  }

  /// Every field of the request that is wrong, at once.
  package static func badRequest(_ violations: [GoogleRpcBadRequest.FieldViolation]) -> ErrorDetail {
    var request = GoogleRpcBadRequest()
    request.fieldViolations = violations
    return ErrorDetail(request)
  }

  /// Not before this time has passed is it worth to try again.
  package static func retry(after delay: Duration) -> ErrorDetail {
    var retry = GoogleRpcRetryInfo()
    retry.retryDelay = WellKnown.Duration(delay)
    return ErrorDetail(retry)
  }

  /// The resource that the call was about.
  ///
  /// - Parameters:
  ///   - type: The full name of its message: `cairn.v1.Context`.
  ///   - description: What is the matter with it.
  package static func resource(
    _ type: String, name: String, description: String = "", owner: String = ""
  ) -> ErrorDetail {
    var resource = GoogleRpcResourceInfo()
    resource.resourceType = type
    resource.resourceName = name
    resource.owner = owner
    resource.description = description
    return ErrorDetail(resource)
  }

  /// Every condition that is not met, at once.
  package static func preconditions(_ violations: [GoogleRpcPreconditionFailure.Violation]) -> ErrorDetail {
    var failure = GoogleRpcPreconditionFailure()
    failure.violations = violations
    return ErrorDetail(failure)
  }

  /// Every quota that is used up.
  package static func quota(_ violations: [GoogleRpcQuotaFailure.Violation]) -> ErrorDetail {
    var failure = GoogleRpcQuotaFailure()
    failure.violations = violations
    return ErrorDetail(failure)
  }

  /// The id that the server's own records know the call by.
  package static func request(_ id: String, servingData: String = "") -> ErrorDetail {
    var request = GoogleRpcRequestInfo()
    request.requestId = id
    request.servingData = servingData
    return ErrorDetail(request)
  }

  /// Where to read on.
  package static func help(_ description: String, url: String) -> ErrorDetail {
    var link = GoogleRpcHelp.Link()
    link.description = description
    link.url = url
    var help = GoogleRpcHelp()
    help.links = [link]
    return ErrorDetail(help)
  }
}

extension GoogleRpcBadRequest.FieldViolation {
  /// - Parameters:
  ///   - field: Its path from the request's root: `context.tags[3]`.
  ///   - reason: In UPPER_SNAKE_CASE.
  package init(_ field: String, _ description: String, reason: String = "") {
    self.init()
    self.field = field
    self.description = description
    self.reason = reason
  }
}

extension GoogleRpcPreconditionFailure.Violation {
  /// - Parameters:
  ///   - type: The kind of condition, in UPPER_SNAKE_CASE.
  ///   - subject: What it is about.
  ///   - description: Why it is not met, and what to do.
  package init(_ type: String, _ subject: String, _ description: String) {
    self.init()
    self.type = type
    self.subject = subject
    self.description = description
  }
}

extension GoogleRpcQuotaFailure.Violation {
  /// - Parameters:
  ///   - subject: Whose quota it is.
  ///   - description: How it was passed.
  package init(_ subject: String, _ description: String) {
    self.init()
    self.subject = subject
    self.description = description
  }
}
