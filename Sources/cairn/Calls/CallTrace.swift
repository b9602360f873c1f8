import EventLoop
import GRPC

/// What `-v` tells of a call on standard error while it runs: metadata both ways, sizes of messages, and
/// when each came, counted from when the call was begun. Confined to the loop of the command.
final class CallTrace: @unchecked Sendable {
  private var begun = Instant.now
  private var sent = Direction()
  private var received = Direction()

  private struct Direction {
    var messages = 0
    var bytes = 0

    mutating func count(_ size: Int) {
      messages += 1
      bytes += size
    }

    var text: String { "\(messages) message\(messages == 1 ? "" : "s"), \(bytes) bytes" }
  }

  /// The call is about to be made.
  func begin(_ path: String, at address: String, metadata: Metadata) {
    begun = .now
    print("\(path.dropFirst()) at \(address)")
    show(metadata, titled: "metadata:")
  }

  /// - Parameter size: Bytes of the message as protobuf, before it is packed.
  func sentMessage(_ size: Int) {
    sent.count(size)
    print("request \(sent.messages) after \(elapsed): \(size) bytes")
  }

  func receivedHeaders(_ headers: Metadata) { show(headers, titled: "headers after \(elapsed):") }

  func receivedMessage(_ size: Int) {
    received.count(size)
    print("answer \(received.messages) after \(elapsed): \(size) bytes")
  }

  func ended(_ code: StatusCode, trailers: Metadata) {
    show(trailers, titled: "trailers after \(elapsed):")
    print("\(code) after \(elapsed); sent \(sent.text); received \(received.text)")
  }

  private func show(_ metadata: Metadata, titled title: String) {
    var lines = [title]
    metadata.visit { lines.append("  \($0): \($1)") }
    if lines.count == 1 { lines[0] += " none" }
    Output.complain(lines)
  }

  private func print(_ line: String) { Output.complain([line]) }

  private var elapsed: String { Self.milliseconds(Instant.now.nanoseconds - begun.nanoseconds) }

  /// With one digit behind the point.
  static func milliseconds(_ nanoseconds: Int64) -> String {
    let tenths = (nanoseconds + 50_000) / 100_000
    return "\(tenths / 10).\(tenths % 10) ms"
  }
}
