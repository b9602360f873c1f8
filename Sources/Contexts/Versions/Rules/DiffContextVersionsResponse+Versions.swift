import CairnAPI

extension DiffContextVersionsResponse {
  /// How one version of a context becomes another. Takes up to some tens of milliseconds.
  ///
  /// - Parameter old: Nil for the nothing before version 1.
  init(from old: ContextVersion?, to new: ContextVersion) {
    self.init()
    let (before, after) = (old?.context, new.context ?? Context())
    fromVersion = old?.basic
    toVersion = new.basic
    fields = FieldDiff.list(from: before, to: after)
    content = LineDiff(from: before?.content ?? "", to: after.content)
    dataDiffers = (before?.data ?? []) != after.data
    fromDataBytes = Int64(before?.data.count ?? 0)
    toDataBytes = Int64(after.data.count)
  }
}

extension ContextVersion {
  /// The same without content and data.
  fileprivate var basic: ContextVersion {
    var version = self
    version.context = context?.basic
    return version
  }
}
