import CairnAPI
import GRPC
import StandardProtos
import Wire

extension RPCError {
  /// An error of Cairn: with a google.rpc.ErrorInfo that says the reason and its particulars.
  ///
  /// - Parameter details: What else programs may read of it.
  package init(
    _ code: StatusCode, _ reason: ErrorReason, _ message: String, _ particulars: [String: String] = [:],
    retryAfter: Duration? = nil, details: [ErrorDetail] = []
  ) {
    let retry: [ErrorDetail] = retryAfter.map { [.retry(after: $0)] } ?? []
    self.init(code, message, details: [.info(reason.text, particulars: particulars)] + retry + details)
  }

  /// The reason in the error's ErrorInfo; nil when it has none that this program knows.
  package var reason: ErrorReason? { info.flatMap { ErrorReason(text: $0.reason) } }

  /// A particular of the error's ErrorInfo.
  package func particular(_ key: String) -> String? { info?.metadata[key] }

  private var info: GoogleRpcErrorInfo? {
    for detail in details {
      if let info = try? detail.unpack(GoogleRpcErrorInfo.self), info.domain == ErrorDomain.cairn {
        return info
      }
    }
    return nil
  }
}

extension ErrorReason {
  private static let prefix = "ERROR_REASON_"

  /// As it stands in an ErrorInfo: the name without the enum's prefix.
  package var text: String {
    let name = Self.schema.name(of: rawValue) ?? "\(rawValue)"
    return name.hasPrefix(Self.prefix) ? String(name.dropFirst(Self.prefix.count)) : name
  }

  package init?(text: String) {
    guard let number = Self.schema.number(of: Self.prefix + text) else { return nil }
    self.init(rawValue: number)
  }
}
