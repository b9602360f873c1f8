import CairnAPI
import GRPC
import StandardProtos
import Wire

extension RPCError {
  /// Several errors that stand against one write, told at once: the first one's code and reason, all of their messages,
  /// and a google.rpc.PreconditionFailure with a violation for each (`type` is its reason, `subject` its resource).
  ///
  /// What is not about a condition of the write, such as a lost connection, is told alone.
  ///
  /// - Parameter errors: At least one, in the order of the write's parts.
  init(violated errors: [RPCError]) {
    if let other = errors.first(where: { !$0.isAboutCondition }) {
      self = other
      return
    }
    let violations = errors.flatMap(\.violations)
    let others = errors[0].details.filter { (try? $0.unpack(GoogleRpcPreconditionFailure.self)) == nil }
    self.init(
      errors[0].code, errors.map(\.message).joined(separator: "; "),
      details: others + [ErrorDetail.preconditions(violations).message])
  }

  private var isAboutCondition: Bool {
    switch code {
    case .notFound, .alreadyExists, .failedPrecondition: true
    case .aborted: reason != .contention
    default: false
    }
  }

  private var violations: [GoogleRpcPreconditionFailure.Violation] {
    for detail in details {
      if let failure = try? detail.unpack(GoogleRpcPreconditionFailure.self) { return failure.violations }
    }
    var subject = ""
    for detail in details {
      if let resource = try? detail.unpack(GoogleRpcResourceInfo.self) { subject = resource.resourceName }
    }
    return [.init(reason?.text ?? "", subject, message)]
  }
}
