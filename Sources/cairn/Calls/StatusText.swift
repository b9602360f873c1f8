import DynamicMessage
import GRPC
import StandardProtos
import Wire

/// A failed call for a person to read: the status, and each detail on lines of its own.
enum StatusText {
  /// - Parameter pool: knows the types of details that are not google.rpc's.
  static func lines(_ error: RPCError, pool: DescriptorPool? = nil) -> [String] {
    let head = error.message.isEmpty ? "\(error.code)" : "\(error.code): \(error.message)"
    return [head] + error.details.flatMap { detail in self.lines(detail, pool: pool).map { "  " + $0 } }
  }

  private static func lines(_ detail: WellKnown.`Any`, pool: DescriptorPool?) -> [String] {
    if let lines = try? standard(detail) { return lines }
    return [other(detail, pool: pool)]
  }

  /// Nil for a type that is not google.rpc's.
  private static func standard(_ detail: WellKnown.`Any`) throws(WireError) -> [String]? {
    if let info = try detail.unpack(GoogleRpcErrorInfo.self) {
      let domain = info.domain.isEmpty ? "" : " (\(info.domain))"
      let metadata = info.metadata.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
      return ["reason: " + ([info.reason + domain] + metadata).joined(separator: "  ")]
    }
    if let request = try detail.unpack(GoogleRpcBadRequest.self) {
      return request.fieldViolations.map { violation in
        let reason = violation.reason.isEmpty ? "" : " [\(violation.reason)]"
        return "field \(violation.field): \(violation.description)\(reason)"
      }
    }
    if let failure = try detail.unpack(GoogleRpcPreconditionFailure.self) {
      return failure.violations.map { "precondition \($0.type) \($0.subject): \($0.description)" }
    }
    if let failure = try detail.unpack(GoogleRpcQuotaFailure.self) {
      return failure.violations.map { "quota \($0.subject): \($0.description)" }
    }
    if let retry = try detail.unpack(GoogleRpcRetryInfo.self) {
      let delay = retry.retryDelay ?? WellKnown.Duration()
      return ["retry after: \(DurationText.format(seconds: delay.seconds, nanos: delay.nanos) ?? "?")"]
    }
    if let resource = try detail.unpack(GoogleRpcResourceInfo.self) {
      let description = resource.description.isEmpty ? "" : ": \(resource.description)"
      return ["resource \(resource.resourceType) \(resource.resourceName)\(description)"]
    }
    if let request = try detail.unpack(GoogleRpcRequestInfo.self) {
      return ["request id: \(request.requestId)"]
    }
    if let help = try detail.unpack(GoogleRpcHelp.self) {
      return help.links.map { "help: \($0.description) \($0.url)" }
    }
    if let message = try detail.unpack(GoogleRpcLocalizedMessage.self) { return [message.message] }
    if let debug = try detail.unpack(GoogleRpcDebugInfo.self) {
      return ["debug: \(debug.detail)"] + debug.stackEntries
    }
    return nil
  }

  private static func other(_ detail: WellKnown.`Any`, pool: DescriptorPool?) -> String {
    let name = String(detail.typeName)
    for pool in [pool, KnownFiles.pool].compactMap({ $0 }) {
      if let type = pool.message(name), let message = try? DynamicMessage(bytes: detail.value, type: type),
        let text = try? message.jsonText(options: .init(showsUnknownAny: true))
      {
        return "\(name): \(text)"
      }
    }
    return "\(name): \(Base64.encode(detail.value))"
  }
}
