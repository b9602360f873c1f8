import Wire

/// Messages that gRPC itself needs, generated: google.rpc, grpc.health.v1, grpc.channelz.v1, grpc.reflection.
///
/// Their Swift names carry the package: `GoogleRpcStatus`, `GrpcHealthV1HealthCheckRequest`.
package enum StandardFiles {
  /// Every file of the module.
  package static let all: [ProtoFile] = [
    GoogleRpcStatusDescriptor.file, GoogleRpcCodeDescriptor.file, GoogleRpcErrorDetailsDescriptor.file,
    GrpcChannelzV1ChannelzDescriptor.file, GrpcHealthV1HealthDescriptor.file,
    GrpcReflectionV1ReflectionDescriptor.file,
    GrpcReflectionV1alphaReflectionDescriptor.file,
  ]
}
