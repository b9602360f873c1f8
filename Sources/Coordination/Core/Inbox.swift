import EventLoop
import GRPC
import Journal
import Wire

/// What the client of a stream has said, until its call has time for it. Confined to the call's loop: one task reads, one takes.
///
/// It holds few messages of few bytes, or one of any size, which counts as read until it is done with: a client that says more
/// waits.
final class Inbox<Request: Message>: @unchecked Sendable {
  private let limit: Int
  private var requests: [Request] = []
  /// What they take.
  private var bytes = 0
  private var failure: RPCError?
  /// The client has said its last.
  private(set) var isEnded = false
  private var isClosed = false
  private var reader: UnsafeContinuation<Void, Never>?
  /// Called when there is something new: a message, the end, a failure.
  var ring: () -> Void = {}

  private static var byteLimit: Int { 65_536 }

  /// - Parameter limit: How many messages it holds.
  init(holding limit: Int) { self.limit = limit }

  /// Whether there is nothing to take, and nothing to be told of.
  var isEmpty: Bool { requests.isEmpty && failure == nil && !isEnded }
  private var isFull: Bool { requests.count >= limit || bytes >= Self.byteLimit }

  /// Reads until the client has said its last, or the call is over.
  ///
  /// - Parameter keeps: Given each message as it comes; says whether it is to be taken from here.
  func read(_ stream: RequestStream<Request>, keeping keeps: (Request) -> Bool = { _ in true }) async {
    do throws(RPCError) {
      while let request = try await stream.next() {
        guard keeps(request) else { continue }
        requests.append(request)
        bytes += stream.messageBytes
        ring()
        if isFull, !isClosed { await withUnsafeContinuation { reader = $0 } }
        if isClosed { return }
      }
      isEnded = true
    } catch { failure = error }
    ring()
  }

  /// The messages that came. Throws what was wrong with the stream once all before were taken.
  func take() throws(RPCError) -> [Request] {
    if requests.isEmpty, let failure { throw failure }
    defer { requests = [] }
    return requests
  }

  /// Has what was taken wait again, before all that came since.
  func putBack(_ taken: [Request]) { requests.insert(contentsOf: taken, at: 0) }

  /// What was taken is done: there is room again.
  func finish() {
    bytes = 0
    reader.take()?.resume()
  }

  /// The call is over: nothing more is read.
  func close() {
    isClosed = true
    reader.take()?.resume()
  }
}
