import GRPC

/// grpc.health.v1: Check and Watch, as load balancers and orchestrators ask for them.
package struct HealthService: GrpcHealthV1HealthProvider {
  private let statuses: HealthStatuses

  package init(_ statuses: HealthStatuses) { self.statuses = statuses }

  package func check(
    _ request: GrpcHealthV1HealthCheckRequest, _ call: CallContext
  ) async throws(RPCError) -> GrpcHealthV1HealthCheckResponse {
    guard let status = statuses[request.service] else {
      throw .noHealth(of: request.service)
    }
    return Self.response(status)
  }

  package func watch(
    _ request: GrpcHealthV1HealthCheckRequest, _ responses: ResponseWriter<GrpcHealthV1HealthCheckResponse>,
    _ call: CallContext
  ) async throws(RPCError) {
    for await status in statuses.watch(request.service) { try await responses.write(Self.response(status)) }
    if !Task.isCancelled { throw .shuttingDown }
  }

  private static func response(_ status: HealthStatuses.Status) -> GrpcHealthV1HealthCheckResponse {
    var response = GrpcHealthV1HealthCheckResponse()
    response.status = status
    return response
  }
}
