/// What can be said of a channel or of one of its addresses. Source: gRPC's connectivity-semantics-and-api.md.
package enum ConnectivityState: Sendable, Equatable {
  /// No connection, and none is wanted.
  case idle
  /// A connection is being made.
  case connecting
  /// Calls can be made.
  case ready
  /// Connecting failed; it is tried again when the back-off is over.
  case transientFailure
  case shutdown
}
