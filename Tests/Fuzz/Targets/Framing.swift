import GRPC

extension FuzzTarget {
  private static let limit = 1000

  /// The first byte says how long the pieces are; the same messages must come of any.
  static let deframer = FuzzTarget(name: "deframer") { bytes in
    guard let size = bytes.first.map({ Int($0) + 1 }) else { return nil }
    let input = Array(bytes.dropFirst())
    let whole = messages(of: input, cutInto: max(1, input.count))
    let cut = messages(of: input, cutInto: size)
    guard whole == cut else { return "\(cut) in pieces of \(size), \(whole) as a whole" }
    guard whole.messages.allSatisfy({ $0.payload.count <= limit }) else { return "a message is too large" }
    return nil
  }

  private struct Outcome: Equatable {
    var messages: [MessageDeframer.Frame] = []
    var isRefused = false
    var isMidMessage = false
  }

  private static func messages(of bytes: [UInt8], cutInto size: Int) -> Outcome {
    var deframer = MessageDeframer(limit: limit)
    var outcome = Outcome()
    bytes.withUnsafeBytes { bytes in
      for start in stride(from: 0, to: bytes.count, by: size) where !outcome.isRefused {
        let piece = UnsafeRawBufferPointer(rebasing: bytes[start..<min(start + size, bytes.count)])
        do {
          try deframer.receive(piece) { outcome.messages.append($0) }
        } catch {
          outcome.isRefused = true
        }
      }
    }
    outcome.isMidMessage = !outcome.isRefused && deframer.isMidMessage
    return outcome
  }
}
