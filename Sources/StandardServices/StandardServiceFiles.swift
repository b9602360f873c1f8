import Wire

/// The services that every gRPC server has, generated: grpc.health.v1, grpc.reflection and grpc.channelz.v1.
///
/// Their Swift names carry the package: `GrpcHealthV1HealthCheckRequest`.
package enum StandardServiceFiles {
  /// Every file of the module.
  package static let all: [ProtoFile] = [
    GrpcChannelzV1ChannelzDescriptor.file, GrpcHealthV1HealthDescriptor.file,
    GrpcReflectionV1ReflectionDescriptor.file, GrpcReflectionV1alphaReflectionDescriptor.file,
  ]
}
