import EventLoop
import Glibc
import Synchronization
import Testing

@testable import HTTP2

@Suite struct WriteBudgetTests {
  private static let bodySize = 32 << 20

  /// Answers whatever is asked with a long body.
  private final class LongAnswer: HTTP2Stream, @unchecked Sendable {
    override func receivedHeaders(endOfStream: Bool) {
      respond(head: StaticFields([(":status", "200")]))
      write(OutboundChunk([UInt8](repeating: 7, count: WriteBudgetTests.bodySize)))
      finish(trailers: .none)
    }
  }

  private final class Owner: HTTP2ConnectionOwner, Sendable {
    let firstTurn = Atomic<UInt64>(0)

    func makeStream(on connection: HTTP2Connection) -> HTTP2Stream {
      firstTurn.store(connection.loop.turn, ordering: .relaxed)
      return LongAnswer()
    }
    func goAwayReceived(on connection: HTTP2Connection) {}
    func connectionClosed(_ connection: HTTP2Connection) {}
  }

  /// A request for anything, by a client that takes any number of bytes.
  private static let request: [UInt8] =
    Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
    + [0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 4, 0x7f, 0xff, 0xff, 0xff]
    + [0, 0, 4, 8, 0, 0, 0, 0, 0, 0x7f, 0, 0, 0]
    + [0, 0, 6, 1, 5, 0, 0, 0, 1, 0x83, 0x86, 0x84, 0x41, 1, 0x74]

  @Test func `A long answer to a quick peer leaves turns to others`() async throws {
    let loop = EventLoop(name: "write-budget")
    loop.start()
    defer { loop.stop() }
    var ends: [Int32] = [0, 0]
    try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
    let (ours, theirs) = (ends[0], ends[1])
    _ = fcntl(ours, F_SETFL, O_NONBLOCK)
    let owner = Owner()
    await loop.run { () async in
      HTTP2Connection(
        .server, ByteTransport(descriptor: ours), peer: SocketAddress(.unix(path: "test")), loop: loop,
        buffers: TransportBuffers(), configuration: HTTP2Configuration(), owner: owner
      ).start()
    }
    // A thread of its own, which never sleeps while there is something to read.
    let received = await Task.detached {
      _ = write(theirs, Self.request, Self.request.count)
      var buffer = [UInt8](repeating: 0, count: 1 << 20)
      var total = 0
      while total < Self.bodySize {
        let count = read(theirs, &buffer, buffer.count)
        if count <= 0 { break }
        total += count
      }
      return total
    }.value
    #expect(received >= Self.bodySize)
    let turns = await loop.run { () async in loop.turn } - owner.firstTurn.load(ordering: .relaxed)
    // Three buffers at most in each of them, and one that was left over.
    #expect(turns >= UInt64(Self.bodySize / (4 * TransportBuffers.writeSize)))
    close(theirs)
  }
}
