import CairnAPI
import EventLoop
import GRPC
import Journal

/// What the client of a replay says while it is being played. Confined to the call's loop: one task reads, one plays.
final class ReplayControls: @unchecked Sendable {
  private let loop: EventLoop
  private let bell: Bell
  /// Read and not yet obeyed: one at most, so a client that says much waits.
  private var command: ReplayCommand?
  private var failure: RPCError?
  private var isClosed = false
  private var reader: UnsafeContinuation<Void, Never>?

  init(on loop: EventLoop) {
    self.loop = loop
    bell = Bell(loop: loop)
  }

  /// Reads until the client has said its last, or the replay has ended.
  func read(_ requests: RequestStream<PlayReplayRequest>) async {
    do throws(RPCError) {
      while let request = try await requests.next() {
        command = try ReplayCommand(validating: request)
        bell.ring()
        if !isClosed { await withUnsafeContinuation { reader = $0 } }
        if isClosed { return }
      }
    } catch {
      failure = error
      bell.ring()
    }
  }

  /// What the client said next; nil when it said nothing. Throws what was wrong with it, and when the client is gone.
  func next() throws(RPCError) -> ReplayCommand? {
    if let command {
      self.command = nil
      reader.take()?.resume()
      return command
    }
    if let failure { throw failure }
    return nil
  }

  /// Waits until the client says something, the call ends, or some time has passed.
  func wait(atMost duration: Duration) async {
    let confined = Confined(bell, to: loop)
    await withTaskCancellationHandler {
      await bell.wait(atMost: duration)
    } onCancel: {
      confined.execute { $0.ring() }
    }
  }

  /// The replay has ended: nothing more is read.
  func close() {
    isClosed = true
    reader.take()?.resume()
  }
}
