import DynamicMessage
import Wire

extension FuzzTarget {
  /// What the generated codec reads it can write, and what it wrote it reads as the same.
  static let wire = FuzzTarget(name: "wire") { bytes in
    guard let message = try? Everything(decoding: bytes) else { return nil }
    return Same.asReread(message)
  }

  /// What libprotobuf-c reads the generated codec reads too, and both write the same.
  static let dynamicMessage = FuzzTarget(name: "dynamic-message") { bytes in
    guard let dynamic = try? DynamicMessage(bytes: bytes, type: DynamicEverything.type) else { return nil }
    guard let message = try? Everything(decoding: bytes) else {
      return "the generated codec refuses what the dynamic one reads"
    }
    guard let written = try? dynamic.serializedBytes() else { return "it cannot be written" }
    guard let reread = try? Everything(decoding: written) else {
      return "what was written is refused"
    }
    // Of a message that comes in two parts libprotobuf-c forgets the unknown fields of the first.
    return Same.jsonProblem(reread, message)
  }
}

/// The message with every type in every position, as the dynamic side knows it.
enum DynamicEverything {
  static let type: MessageType = {
    let file = WiretestEverythingDescriptor.file
    let files = ([file] + file.dependencies).map { try! SchemaFile(bytes: $0.serialized) }
    return try! DescriptorPool(files: files).message("wiretest.Everything")!
  }()
}

enum Same {
  static func asReread(_ message: Everything) -> String? {
    guard let reread = try? Everything(decoding: message.serializedBytes()) else {
      return "what was written is refused"
    }
    return problem(reread, message)
  }

  /// Of messages with a NaN, which equals nothing, the texts are compared.
  static func problem(_ one: Everything, _ other: Everything) -> String? {
    if one == other || "\(one)" == "\(other)" || one.serializedBytes() == other.serializedBytes() {
      return nil
    }
    return "\(one) is not \(other)"
  }

  /// Apart from unknown fields.
  static func jsonProblem(_ one: Everything, _ other: Everything) -> String? {
    let (one, other) = (try? one.json(), try? other.json())
    return one == other ? nil : "\(one ?? "no JSON") is not \(other ?? "no JSON")"
  }
}
