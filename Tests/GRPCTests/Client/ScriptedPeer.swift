import CNghttp2
import EventLoop
import Synchronization

@testable import GRPC
@testable import HTTP2

/// A server that does with each request what the next line of its script says, right or wrong; when the
/// script is over it answers.
final class ScriptedPeer: HTTP2ConnectionOwner, @unchecked Sendable {
  enum Line: Sendable {
    /// One message, which is empty, and OK.
    case answer
    /// A status and nothing before it.
    case status(StatusCode, pushback: String? = nil)
    /// An answer with so many fields of 100 bytes in its head, or in its trailers.
    case metadata(fields: Int, inTrailers: Bool)
    /// RST_STREAM with REFUSED_STREAM.
    case refuse
    /// GOAWAY that says that the request was not looked at.
    case sendAway
    /// The head of an answer, then the end of the connection.
    case beginAndHangUp
    case hangUp
  }

  /// The requests that came, by their `grpc-previous-rpc-attempts`; empty without.
  private let attempts = Mutex<[String]>([])
  private let connections = Atomic<Int>(0)
  private let loop: EventLoop
  private let buffers = TransportBuffers()
  private var script: [Line]
  private var listener: Listener?

  init(_ script: [Line], on loop: EventLoop) {
    self.script = script
    self.loop = loop
  }

  var seen: [String] { attempts.withLock { $0 } }
  var connectionCount: Int { connections.load(ordering: .relaxed) }

  func listen() async throws(SocketError) -> SocketAddress {
    try await loop.run { [self] () async throws(SocketError) in
      let listener = try Listener(SocketAddress(.ipv4(host: "127.0.0.1", port: 0)), on: loop) {
        [self] descriptor, peer in
        connections.add(1, ordering: .relaxed)
        let connection = HTTP2Connection(
          .server, ByteTransport(descriptor: descriptor), peer: peer, loop: loop, buffers: buffers,
          configuration: HTTP2Configuration(), owner: self)
        connection.start()
      }
      listener.start()
      self.listener = listener
      return listener.address
    }
  }

  func stop() async {
    await loop.run { [self] () async in
      listener?.stop()
      listener = nil
    }
  }

  func makeStream(on connection: HTTP2Connection) -> HTTP2Stream { ScriptedStream(self) }
  func goAwayReceived(on connection: HTTP2Connection) {}
  func connectionClosed(_ connection: HTTP2Connection) {}

  fileprivate func next(_ previousAttempts: String) -> Line {
    attempts.withLock { $0.append(previousAttempts) }
    return script.isEmpty ? .answer : script.removeFirst()
  }
}

private final class ScriptedStream: HTTP2Stream, @unchecked Sendable {
  private let peer: ScriptedPeer
  private var previousAttempts = ""

  init(_ peer: ScriptedPeer) { self.peer = peer }

  override func receivedHeader(
    name: UnsafeBufferPointer<UInt8>, value: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    if name.equals("grpc-previous-rpc-attempts") {
      previousAttempts = String(decoding: value, as: UTF8.self)
    }
    return true
  }

  override func receivedEnd() {
    guard let connection else { return }
    var head = HeaderBlock()
    head.append(":status", "200")
    head.append("content-type", "application/grpc")
    var trailers = HeaderBlock()
    switch peer.next(previousAttempts) {
    case .answer:
      respond(head: head)
      write(OutboundChunk([0, 0, 0, 0, 0]))
      trailers.append("grpc-status", "0")
      finish(trailers: .block(trailers))
    case .status(let code, let pushback):
      head.append("grpc-status", String(code.rawValue))
      if let pushback { head.append("grpc-retry-pushback-ms", pushback) }
      respondOnly(head: head)
    case .metadata(let count, let inTrailers):
      var fields = HeaderBlock()
      for _ in 0..<count { fields.append("x", String(repeating: "v", count: 67)) }
      if !inTrailers {
        fields.visit {
          head.append(name: $0, value: $1)
          return true
        }
      }
      respond(head: head)
      write(OutboundChunk([0, 0, 0, 0, 0]))
      trailers.append("grpc-status", "0")
      if inTrailers {
        fields.visit {
          trailers.append(name: $0, value: $1)
          return true
        }
      }
      finish(trailers: .block(trailers))
    case .refuse: reset(HTTP2ErrorCode.refusedStream)
    case .sendAway:
      nghttp2_submit_goaway(connection.session, 0, 0, HTTP2ErrorCode.noError, nil, 0)
      connection.loop.needsFlush(connection)
    case .beginAndHangUp:
      respond(head: head)
      connection.close()
    case .hangUp: connection.close()
    }
  }
}
