import CNghttp2
import EventLoop

/// One stream of a connection; gRPC's calls are subclasses, so that a call is one object.
///
/// It is a timer too, for the call's deadline. Confined to its connection's loop. Events come from
/// within nghttp2's callbacks: a handler may submit frames there, and they go out when the turn ends.
open class HTTP2Stream: LoopTimer {
  /// Nil before the stream was opened and after it was closed.
  package internal(set) final unowned(unsafe) var connection: HTTP2Connection?
  package internal(set) final var id: Int32 = 0
  final var openedAt = Instant(nanoseconds: 0)
  /// The client has reset it, which counts once.
  final var isResetSeen = false

  // The connection's list of open streams.
  final unowned(unsafe) var previous: HTTP2Stream?
  final unowned(unsafe) var next: HTTP2Stream?

  final var outbound = OutboundBody()
  final var trailers = Trailers.none
  final var isOutboundFinished = false
  /// Clients: the request's head has gone out.
  final var isHeadSent = false
  /// Clients: the request's head is none that nghttp2 can send, on this connection or another.
  final var hasImpossibleHead = false
  final var isDeferred = false
  /// Received bytes that nobody has read.
  package internal(set) final var heldBytes = 0
  /// What its handler works on, in bytes.
  package internal(set) final var usedBytes = 0
  /// A handler works for it.
  final var isWorkedOn = false
  /// The connection that counts the handler and what it works on, when the stream has ended before it.
  final var endedConnection: HTTP2Connection?
  /// Its answer is counted as one that is to come.
  final var makesAnswer = false
  /// It waits until there is room for its answer.
  package internal(set) final var awaitsRoomForAnswer = false
  /// Its window is withheld because the connection holds much.
  final var isHeldBack = false
  /// Received bytes whose window has not been given back yet.
  final var withheldWindow = 0

  public override init() { super.init() }

  package final var isOpen: Bool { connection != nil }

  /// Bytes written that nghttp2 has not taken yet.
  package final var bufferedBytes: Int { outbound.count }

  // MARK: Events, for subclasses

  /// A field of the head or of the trailers. Returning false refuses the stream.
  open func receivedHeader(
    name: UnsafeBufferPointer<UInt8>, value: UnsafeBufferPointer<UInt8>
  ) -> Bool { true }
  /// A head or trailers are complete.
  open func receivedHeaders(endOfStream: Bool) {}
  /// Bytes of the body. Return whether the peer may send as many more at once; if not, call
  /// ``HTTP2Stream/returnWindow()`` when they have been read.
  open func receivedData(_ bytes: UnsafeRawBufferPointer) -> Bool { true }
  /// The peer has said everything. Also follows headers that end the stream.
  open func receivedEnd() {}
  /// The stream is over: completed, reset by a side, or lost with its connection.
  open func closed(_ reason: StreamEnd) {}
  /// What was buffered has fallen below the low-water mark after it had passed the high one, or what the
  /// whole connection has queued has.
  open func outboundDrained() {}
  /// There is room for the answer that ``beginAnswer()`` found none for.
  open func roomForAnswerCame() {}
}
