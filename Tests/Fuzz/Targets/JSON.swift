import DynamicMessage
import Wire

extension FuzzTarget {
  /// What is read as JSON can be printed, and read as the same.
  static let wireJSON = FuzzTarget(name: "wire-json") { bytes in
    if let value = try? JSONParser.parse(bytes) {
      guard let again = try? JSONParser.parse(JSONPrinter.print(value, style: .compact)), again == value
      else {
        return "a JSON value is another one after it was printed"
      }
    }
    let text = String(decoding: bytes, as: UTF8.self)
    guard let message = try? Everything(json: text) else { return nil }
    guard let printed = try? message.json() else { return "it cannot be printed" }
    guard let again = try? Everything(json: printed) else { return "what was printed is refused" }
    return Same.problem(again, message)
  }

  /// The same with the dynamic reader, which must understand what the generated one does.
  static let dynamicJSON = FuzzTarget(name: "dynamic-json") { bytes in
    let text = String(decoding: bytes, as: UTF8.self)
    guard let message = try? DynamicMessage(json: text, type: DynamicEverything.type) else { return nil }
    guard let printed = try? message.jsonText() else { return "it cannot be printed" }
    guard let again = try? DynamicMessage(json: printed, type: DynamicEverything.type) else {
      return "what was printed is refused"
    }
    guard let packed = try? message.serializedBytes(), let repacked = try? again.serializedBytes(),
      let one = try? Everything(decoding: packed),
      let other = try? Everything(decoding: repacked)
    else { return "what was packed is refused" }
    return Same.problem(other, one)
  }
}
