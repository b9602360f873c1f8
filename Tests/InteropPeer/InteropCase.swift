import EventLoop
import GRPC
import Wire

/// The client's side of gRPC's interoperability tests, by their official names.
enum InteropCase {
  typealias Body = @Sendable (Channel) async throws -> Void

  static let all: [String: Body] = [
    "empty_unary": emptyUnary, "large_unary": largeUnary, "client_streaming": clientStreaming,
    "server_streaming": serverStreaming, "ping_pong": pingPong, "empty_stream": emptyStream,
    "cancel_after_begin": cancelAfterBegin, "cancel_after_first_response": cancelAfterFirstResponse,
    "timeout_on_sleeping_server": timeoutOnSleepingServer, "custom_metadata": customMetadata,
    "status_code_and_message": statusCodeAndMessage, "special_status_message": specialStatusMessage,
    "client_compressed_unary": clientCompressedUnary,
    "client_compressed_unary_noprobe": clientCompressedUnaryWithoutProbe,
    "client_compressed_streaming": clientCompressedStreaming,
    "client_compressed_streaming_noprobe": clientCompressedStreamingWithoutProbe,
    "server_compressed_unary": serverCompressedUnary,
    "server_compressed_streaming": serverCompressedStreaming,
    "unimplemented_method": unimplementedMethod, "unimplemented_service": unimplementedService,
  ]

  /// What was not as the case says.
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  static func check(_ condition: Bool, _ description: @autoclosure () -> String) throws(Failure) {
    if !condition { throw Failure(description: description()) }
  }

  static func checkFails(
    _ code: StatusCode, _ message: String? = nil, _ body: () async throws(RPCError) -> Void
  ) async throws(Failure) {
    do throws(RPCError) {
      try await body()
    } catch {
      try check(error.code == code, "\(error) instead of \(code)")
      if let message { try check(error.message == message, "the message is '\(error.message)'") }
      return
    }
    throw Failure(description: "OK instead of \(code)")
  }

  static func payload(_ size: Int) -> GrpcTestingPayload {
    var payload = GrpcTestingPayload()
    payload.body = [UInt8](repeating: 0, count: size)
    return payload
  }

  static func output(_ sizes: [Int32], payload size: Int? = nil) -> GrpcTestingStreamingOutputCallRequest {
    var request = GrpcTestingStreamingOutputCallRequest()
    request.responseParameters = sizes.map { size in
      var parameters = GrpcTestingResponseParameters()
      parameters.size = size
      return parameters
    }
    request.payload = size.map(payload)
    return request
  }

  static func simple(response: Int32, payload size: Int) -> GrpcTestingSimpleRequest {
    var request = GrpcTestingSimpleRequest()
    request.responseSize = response
    request.payload = payload(size)
    return request
  }

  static func status(_ code: Int32, _ message: String) -> GrpcTestingEchoStatus {
    var status = GrpcTestingEchoStatus()
    status.code = code
    status.message = message
    return status
  }
}
