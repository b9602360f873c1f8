import HTTP2
import StandardProtos
import Wire

/// The part of a status that fits a header list of bounded size. Pure.
///
/// A handler may throw a message of any length with any number of violations; the client's limit says how much of it is
/// sent. Programs need the first details, which begin with the reason: so the last details are dropped first, and the
/// last half of a list of violations. People need the beginning of the message.
struct FittedStatus {
  static let messageName = "grpc-message"
  static let detailsName = "grpc-status-details-bin"

  /// As `grpc-message` has it; empty for none.
  private(set) var message = ""
  /// As `grpc-status-details-bin` has it; empty for none.
  private(set) var details = ""

  /// - Parameter room: Bytes of the header list for both.
  init(_ error: RPCError, room: Int) {
    if Self.roughSize(error) <= room {
      fill(error)
      if size <= room { return }
    }
    // Two thirds are left to the details, which have the message once more.
    var cut = error
    cut.message = Self.beginning(of: error.message, room: room / 6)
    while !cut.details.isEmpty {
      if Self.roughSize(cut) <= room {
        fill(cut)
        if size <= room { return }
      }
      Self.dropSome(of: &cut.details)
    }
    (message, details) = ("", "")
    let space = room - HeaderBlock.listSize(nameLength: Self.messageName.utf8.count, valueLength: 0)
    message = StatusFields.percentEncode(Self.beginning(of: error.message, room: space))
  }

  private mutating func fill(_ error: RPCError) {
    message = StatusFields.percentEncode(error.message)
    details = ""
    guard !error.details.isEmpty else { return }
    var status = GoogleRpcStatus()
    status.code = error.code.rawValue
    status.message = error.message
    status.details = error.details
    details = Base64.unpadded(status.serializedBytes())
  }

  private var size: Int {
    (message.isEmpty
      ? 0 : HeaderBlock.listSize(nameLength: Self.messageName.utf8.count, valueLength: message.utf8.count))
      + (details.isEmpty
        ? 0 : HeaderBlock.listSize(nameLength: Self.detailsName.utf8.count, valueLength: details.utf8.count))
  }

  /// Never more than the size, so that nothing is encoded that is far too large.
  private static func roughSize(_ error: RPCError) -> Int {
    error.details.reduce(error.message.utf8.count) { $0 + $1.value.count }
  }

  /// Leaves out as little as may help.
  private static func dropSome(of details: inout [WellKnown.`Any`]) {
    guard let last = details.popLast() else { return }
    if let half = firstHalf(of: last) { details.append(half) }
  }

  /// Nil when it cannot be divided.
  private static func firstHalf(of detail: WellKnown.`Any`) -> WellKnown.`Any`? {
    guard var list = try? detail.unpack(GoogleRpcBadRequest.self), list.fieldViolations.count > 1 else {
      return nil
    }
    list.fieldViolations.removeLast((list.fieldViolations.count + 1) / 2)
    return WellKnown.`Any`(list)
  }

  /// As much of `text` as has at most `room` bytes when it is percent-encoded, with dots where it was cut.
  private static func beginning(of text: String, room: Int) -> String {
    let dots = "..."
    guard room >= dots.utf8.count else { return "" }
    var (size, end) = (0, text.startIndex)
    for index in text.unicodeScalars.indices {
      size += StatusFields.encodedSize(of: text.unicodeScalars[index])
      if size > room { return text[..<end] + dots }
      if size <= room - dots.utf8.count { end = text.unicodeScalars.index(after: index) }
    }
    return text
  }
}
