import StandardProtos

/// grpc.health.v1: Check and Watch, as load balancers and orchestrators ask for them.
package struct HealthService: RPCService {
  package static let descriptor = ServiceDescriptor(
    name: "grpc.health.v1.Health", file: GrpcHealthV1HealthDescriptor.file)

  package typealias Request = GrpcHealthV1HealthCheckRequest
  package typealias Response = GrpcHealthV1HealthCheckResponse

  package static let check = MethodDescriptor<Request, Response>(descriptor.name, "Check", .unary)
  package static let watch = MethodDescriptor<Request, Response>(descriptor.name, "Watch", .serverStreaming)

  private let statuses: HealthStatuses

  package init(_ statuses: HealthStatuses) { self.statuses = statuses }

  package var handlers: [RPCHandler] { [.unary(Self.check, check), .serverStreaming(Self.watch, watch)] }

  private func check(_ request: Request, _ call: CallContext) async throws(RPCError) -> Response {
    guard let status = statuses[request.service] else {
      throw .noHealth(of: request.service)
    }
    return Self.response(status)
  }

  private func watch(
    _ request: Request, _ responses: ResponseWriter<Response>, _ call: CallContext
  ) async throws(RPCError) {
    for await status in statuses.watch(request.service) { try await responses.write(Self.response(status)) }
    if !Task.isCancelled { throw .shuttingDown }
  }

  private static func response(_ status: HealthStatuses.Status) -> Response {
    var response = Response()
    response.status = status
    return response
  }
}
