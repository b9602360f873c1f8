import DynamicMessage
import Foundation
import Wire

/// Types and vectors that several suites use.
enum Fixtures {
  private static let folder = Bundle.module.resourceURL!.appendingPathComponent("Vectors")

  static let everythingSource = try! String(
    contentsOf: folder.appendingPathComponent("everything.proto"), encoding: .utf8)

  static let everything: MessageType = {
    let set = try! FileDescriptorSet(bytes: Protoc.descriptorSet(["everything.proto": everythingSource]))
    return try! DescriptorPool(files: set.files).message("cairn.test.Everything")!
  }()

  /// A message as Python's protobuf serializes it and prints it.
  struct Vector: Sendable {
    let bytes: [UInt8]
    let json: String
  }

  static let vectors: [Vector] = {
    let text = try! [UInt8](Data(contentsOf: folder.appendingPathComponent("vectors.json")))
    guard case .array(let items) = try! JSONParser.parse(text) else { fatalError("vectors.json is no array") }
    return items.map { item in
      guard case .object(let members) = item, case .string(let hex) = members[0].value,
        case .string(let json) = members[1].value
      else { fatalError("vectors.json has another form") }
      return Vector(bytes: bytes(hex: hex), json: json)
    }
  }()

  static func bytes(hex: String) -> [UInt8] {
    let digits = Array(hex.utf8)
    return stride(from: 0, to: digits.count, by: 2).map {
      UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16)!
    }
  }
}

extension JSONValue {
  /// The same whatever the order of members and the spelling of numbers.
  var normalized: JSONValue {
    switch self {
    case .number(let digits): .number("\(Double(digits) ?? .nan)")
    case .array(let items): .array(items.map(\.normalized))
    case .object(let members):
      .object(
        members.map { JSONMember($0.name, $0.value.normalized) }.sorted { $0.name < $1.name })
    default: self
    }
  }
}
