import GRPC
import Wire

/// grpc.reflection.v1alpha, which is v1 message for message under another name: older tools know only this one.
package struct AlphaReflectionService: GrpcReflectionV1alphaServerReflectionProvider {
  private let current: ReflectionService

  package init(_ index: ReflectionIndex) { current = ReflectionService(index) }

  package func serverReflectionInfo(
    _ requests: RequestStream<GrpcReflectionV1alphaServerReflectionRequest>,
    _ responses: ResponseWriter<GrpcReflectionV1alphaServerReflectionResponse>, _ call: CallContext
  ) async throws(RPCError) {
    while let request = try await requests.next() {
      let response = current.response(to: try Self.same(request))
      try await responses.write(try Self.same(response))
    }
  }

  /// The same message of the other version.
  private static func same<Other: Message>(_ message: some Message) throws(RPCError) -> Other {
    do throws(WireError) { return try Other(decoding: message.serializedBytes()) } catch {
      throw RPCError(.internal, "reflection v1alpha is not the same as v1: \(error)")
    }
  }
}
