/// Code around every call of every kind: logging, metrics, authentication, the shape of errors.
///
/// Call `next` once to go on; throw before it to refuse, catch around it to change an error.
package protocol ServerInterceptor: Sendable {
  func intercept(
    _ call: CallContext, next: () async throws(RPCError) -> Void
  ) async throws(RPCError)
}

/// Interceptors in order, the first one outermost.
struct InterceptorChain: Sendable {
  private let interceptors: [any ServerInterceptor]

  init(_ interceptors: [any ServerInterceptor]) { self.interceptors = interceptors }

  func run(_ call: CallContext, body: () async throws(RPCError) -> Void) async throws(RPCError) {
    try await run(from: 0, call, body: body)
  }

  private func run(
    from index: Int, _ call: CallContext, body: () async throws(RPCError) -> Void
  ) async throws(RPCError) {
    guard index < interceptors.count else { return try await body() }
    // A closure more would be held by every open call.
    if index == interceptors.count - 1 { return try await interceptors[index].intercept(call, next: body) }
    try await interceptors[index].intercept(call) { () async throws(RPCError) in
      try await run(from: index + 1, call, body: body)
    }
  }
}
