/// A descriptor's place in a loop's epoll set. Confined to the loop.
///
/// Level-triggered. `cancel()` before the descriptor is closed: a closed descriptor's number is
/// reused at once.
package final class Registration {
  private unowned let loop: EventLoop
  package let descriptor: Int32
  let generation: UInt32
  package private(set) var events: DescriptorEvents
  private(set) var isActive = true

  init(loop: EventLoop, descriptor: Int32, generation: UInt32, events: DescriptorEvents) {
    self.loop = loop
    self.descriptor = descriptor
    self.generation = generation
    self.events = events
  }

  /// Changes what the descriptor is watched for; does nothing when that is the same.
  package func update(_ events: DescriptorEvents) {
    guard isActive, events != self.events else { return }
    self.events = events
    loop.modify(self)
  }

  package func cancel() {
    guard isActive else { return }
    isActive = false
    loop.remove(self)
  }
}
