import HTTP2

/// Life of one attempt of a call on the client: until its status is known, and what the status is. Pure.
struct CallAttemptMachine {
  enum State: Equatable {
    case awaitingHead, receiving
    case ended(RPCError?)
  }
  enum Event {
    /// Headers that do not end the stream.
    case head(HeaderBlock, httpStatus: Int)
    /// Headers that do.
    case trailers(HeaderBlock, httpStatus: Int)
    /// Deadline, cancellation, a message that breaks a limit: decided here, not by the server.
    case failed(RPCError)
    case closed(StreamEnd)
  }
  enum Action: Equatable {
    case none
    /// The call is over: wake its waiting tasks.
    case finish
    /// The same, and reset the stream, so that the server stops.
    case finishAndReset
  }

  private(set) var state = State.awaitingHead
  /// How it ended, for the decision whether there is another attempt.
  private(set) var end = RetryMachine.End.ok

  var isEnded: Bool { if case .ended = state { true } else { false } }

  /// The status, once there is one.
  var outcome: Result<Void, RPCError>? {
    guard case .ended(let error) = state else { return nil }
    return error.map { .failure($0) } ?? .success(())
  }

  mutating func handle(_ event: Event) -> Action {
    guard !isEnded else { return .none }
    switch event {
    case .head(let block, let httpStatus):
      let contentType = block.first("content-type") ?? ""
      guard httpStatus == 200, contentType.hasPrefix("application/grpc") else {
        return fail(Self.notGRPC(status: httpStatus, contentType: contentType), then: .finishAndReset)
      }
      state = .receiving
      return .none
    case .trailers(let block, let httpStatus):
      guard let error = StatusFields.read(block, httpStatus: state == .receiving ? 200 : httpStatus) else {
        state = .ended(nil)
        return .finish
      }
      return fail(error, then: .finish, pushback: RetryPushback(block.first("grpc-retry-pushback-ms")))
    case .failed(let error):
      end = .local
      state = .ended(error)
      return .finishAndReset
    case .closed(let reason):
      let action = fail(Self.error(for: reason), then: .finish)
      if reason == .unsent { end = .unsent }
      if reason == .refused { end = .refused }
      return action
    }
  }

  /// The server's doing, or the network's.
  private mutating func fail(
    _ error: RPCError, then action: Action, pushback: RetryPushback = .none
  ) -> Action {
    end = .status(error.code, pushback)
    state = .ended(error)
    return action
  }

  private static func notGRPC(status: Int, contentType: String) -> RPCError {
    RPCError(
      status == 200 ? .unknown : StatusCode(httpStatus: status),
      "the peer answered HTTP \(status) with content type '\(contentType)'; is it a gRPC server?")
  }

  /// gRPC over HTTP/2, "Errors": what a stream that ends without trailers means.
  private static func error(for reason: StreamEnd) -> RPCError {
    switch reason {
    case .unsent: RPCError(.unavailable, "the call could not be sent")
    case .refused: RPCError(.unavailable, "the server refused the call; it was not begun")
    case .connectionLost: RPCError(.unavailable, "the connection to the server was lost")
    case .connectionBroken(let why): RPCError(.unavailable, "the connection to the server was lost: \(why)")
    case .closed(HTTP2ErrorCode.cancel): RPCError(.cancelled, "the server cancelled the call")
    case .closed(HTTP2ErrorCode.enhanceYourCalm):
      RPCError(.resourceExhausted, "the server asks for calm")
    case .closed(let code):
      RPCError(.internal, "the stream was closed without a status (HTTP/2 error \(code))")
    }
  }
}
