/// Why a JSON text is not the message it should be, or a message has no JSON form.
package struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The field, as in `requests[3].context.title`; empty when the whole is meant.
  package private(set) var path: String
  package let reason: String

  package init(_ reason: String) {
    path = ""
    self.reason = reason
  }

  package var description: String { path.isEmpty ? reason : "\(path): \(reason)" }

  /// The same error, seen from the message that has the field `name`.
  func inside(_ name: String) -> JSONError {
    var error = self
    error.path = path.isEmpty ? name : path.hasPrefix("[") ? name + path : "\(name).\(path)"
    return error
  }

  /// The same error, seen from the list or map that has the element `index`.
  func inside(element index: some CustomStringConvertible) -> JSONError { inside("[\(index)]") }
}
