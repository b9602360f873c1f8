/// Receives a descriptor's events on the loop.
package protocol DescriptorHandler: AnyObject {
  func descriptorReady(_ events: DescriptorEvents)
}
