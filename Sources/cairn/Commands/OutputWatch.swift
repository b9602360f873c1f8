import EventLoop
import Glibc

/// Ends the program as soon as its output has no reader any more, as behind `| head`: a stream without
/// news would otherwise only find out with its next message.
final class OutputWatch: DescriptorHandler {
  /// Begins to watch; on the loop. Nothing happens where the output is a file.
  static func begin(on loop: EventLoop) {
    // No events are asked for: that the other end is gone is told always.
    _ = loop.register(STDOUT_FILENO, for: [], handler: OutputWatch())
  }

  func descriptorReady(_ events: DescriptorEvents) {
    if !events.isDisjoint(with: .failed) { ExitStatus.failure.endProcess() }
  }
}
