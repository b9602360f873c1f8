import CairnAPI
import Requests
import Wire

/// The times of a context that a file says, in microseconds since 1970: nil where it says none.
struct ImportedTimes: Equatable {
  var create: Int64?
  var update: Int64?
  var delete: Int64?

  init() {}

  /// What a context was given by the server that it comes from. What is finer than a microsecond is cut off,
  /// as in every time that is stored.
  init(validating context: Context, at path: String, _ violations: inout Violations) {
    create = violations.importedTime(context.createTime, at: "\(path).create_time")
    update = violations.importedTime(context.updateTime, at: "\(path).update_time")
    delete = violations.importedTime(context.deleteTime, at: "\(path).delete_time")
    if let create, let update, update < create {
      violations.add("must not be before create_time", at: "\(path).update_time")
    }
    // Without a time of its own for the last change, what says that it was changed is its creation.
    update = update ?? create
  }
}

extension Violations {
  fileprivate mutating func importedTime(_ time: WellKnown.Timestamp?, at field: String) -> Int64? {
    guard let time, isTime(time, at: field) else { return nil }
    return time.microseconds
  }
}
