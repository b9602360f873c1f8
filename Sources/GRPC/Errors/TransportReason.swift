/// The domain that defines the reasons of errors: a host name, as AIP-193 asks.
package enum ErrorDomain {
  package static let cairn = "cairn.dev"
}

/// Why this module itself refuses or ends a call, as it stands in the error's google.rpc.ErrorInfo.
///
/// Clients know one list of reasons, cairn.v1.ErrorReason, which is declared above this module: each of these
/// is in it by the same name, and a test holds the two together.
package enum TransportReason: String, Sendable, CaseIterable {
  case fieldInvalid = "FIELD_INVALID"
  case entityUnknown = "ENTITY_UNKNOWN"
  case serviceUnknown = "SERVICE_UNKNOWN"
  case methodUnknown = "METHOD_UNKNOWN"
  case callMetadataInvalid = "CALL_METADATA_INVALID"
  case metadataTooLarge = "METADATA_TOO_LARGE"
  case encodingUnknown = "ENCODING_UNKNOWN"
  case messageMalformed = "MESSAGE_MALFORMED"
  case messageTooLarge = "MESSAGE_TOO_LARGE"
  case protocolViolated = "PROTOCOL_VIOLATED"
  case deadlinePassed = "DEADLINE_PASSED"
  case callCancelled = "CALL_CANCELLED"
  case shuttingDown = "SHUTTING_DOWN"
  case connectionBufferFull = "CONNECTION_BUFFER_FULL"
  case serverBufferFull = "SERVER_BUFFER_FULL"
}
