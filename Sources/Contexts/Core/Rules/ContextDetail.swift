import CairnAPI

/// How much of a context an answer holds.
enum ContextDetail {
  /// Everything but content and data.
  case basic
  case full
}

extension ContextView {
  /// Full where nothing is said.
  var detail: ContextDetail { self == .basic ? .basic : .full }
}
