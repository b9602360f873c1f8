import Wire

/// Messages that gRPC itself needs, generated: google.rpc.
///
/// Their Swift names carry the package: `GoogleRpcStatus`.
package enum StandardFiles {
  /// Every file of the module.
  package static let all: [ProtoFile] = [
    GoogleRpcStatusDescriptor.file, GoogleRpcCodeDescriptor.file, GoogleRpcErrorDetailsDescriptor.file,
  ]
}
