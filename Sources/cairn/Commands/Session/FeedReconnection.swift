import EventLoop
import GRPC
import HTTP2

/// What a command that follows a feed does when the server goes away: it waits, longer each time, and connects again.
///
/// Only after the server has answered once, and without a deadline: else a failure is the command's.
struct FeedReconnection {
  private static let shortestWait: Duration = .milliseconds(200)
  private static let longestWait: Duration = .seconds(5)

  private let client: ClientSession
  private let loop: EventLoop
  private(set) var channel: Channel
  private var hasAnswered: Bool
  private var isCut = false
  private var wait = shortestWait

  /// - Parameter hasAnswered: Whether the server has answered the command before.
  init(_ client: ClientSession, on loop: EventLoop, hasAnswered: Bool = false) {
    self.client = client
    self.loop = loop
    self.hasAnswered = hasAnswered
    channel = client.channel
  }

  /// The server has sent something.
  mutating func answered() {
    if isCut { Output.complain(["connected again"]) }
    (hasAnswered, isCut, wait) = (true, false, Self.shortestWait)
  }

  /// Waits for another attempt, which has a connection of its own. Throws what is no matter of connections.
  mutating func recover(from error: RPCError) async throws(CommandError) {
    guard hasAnswered, error.code == .unavailable, client.options.deadline == nil else {
      throw CommandError(error, calling: client.options.address)
    }
    if !isCut {
      isCut = true
      Output.complain([
        "the server is gone (\(SafeText.line(error.message, columns: 120))); trying to connect again"
      ])
    }
    // Many that were cut off at once do not come back at once.
    do throws(CancellationError) { try await loop.sleep(for: wait * Double.random(in: 0.7...1.3)) } catch {
      throw CommandError(["interrupted"], .failure)
    }
    wait = min(wait * 2, Self.longestWait)
    do throws(TLSError) { channel = try client.options.channel(on: loop) } catch {
      throw CommandError(["cairn: \(error)"], .failure)
    }
  }
}
