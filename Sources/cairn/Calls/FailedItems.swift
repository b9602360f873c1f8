import DynamicMessage
import GRPC
import StandardProtos
import Synchronization
import Wire

/// The items that failed of a batch whose call did not: google.rpc.Status with another code than OK in the elements of
/// an answer's lists.
final class FailedItems: Sendable {
  struct Item: Sendable {
    /// `results[1].error`
    let place: String
    let error: RPCError
  }

  private let found = Mutex<[Item]>([])

  var items: [Item] { found.withLock { $0 } }

  func look(at answer: DynamicMessage) {
    let items = Self.items(of: answer)
    if !items.isEmpty { found.withLock { $0 += items } }
  }

  static func items(of answer: DynamicMessage) -> [Item] {
    var items: [Item] = []
    for field in answer.setFields {
      guard case .list(let elements) = answer.value(of: field) else { continue }
      for (index, element) in elements.enumerated() {
        guard case .message(let message) = element else { continue }
        for inner in message.setFields {
          guard case .message(let value) = message.value(of: inner), let error = error(of: value) else {
            continue
          }
          items.append(Item(place: "\(field.name)[\(index)].\(inner.name)", error: error))
        }
      }
    }
    return items
  }

  private static func error(of message: DynamicMessage) -> RPCError? {
    guard message.type.fullName == GoogleRpcStatus.messageName, let bytes = try? message.serializedBytes(),
      let status = try? GoogleRpcStatus(decoding: bytes), status.code != 0
    else { return nil }
    return RPCError(StatusCode(rawValue: status.code) ?? .unknown, status.message, details: status.details)
  }
}
