import CairnAPI
import Journal
import Requests

extension CallScope {
  /// A context as the answer has it. The answer to a request with `validate_only` shows what the write would have made
  /// of it, with the version, etag and position that it has without the write.
  ///
  /// - Parameter head: Of the context before the write; nil when there was none.
  func told(_ context: Context, over head: StoredHead?) -> Context {
    guard effect == .takenBack else { return context }
    var told = context
    told.version = head?.version ?? 0
    told.position = head?.position ?? 0
    told.etag = head.map { Etag.text($0.position) } ?? ""
    return told
  }
}
