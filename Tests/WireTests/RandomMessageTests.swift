import DynamicMessage
import Foundation
import Testing
import Wire

/// Ten thousand messages made by Python, a different set each day; the seed is in every failure.
@Suite("Random messages")
struct RandomMessageTests {
  private struct Sample: Sendable {
    let wire: [UInt8]
    let json: String
  }

  private static let count = 10_000
  private static let seed = String(Int(Date().timeIntervalSince1970) / 86400)

  private static let samples: Result<[Sample], any Error> = Result {
    let lines = try Oracle.ask("generate", [seed, String(count)])
    return stride(from: 0, to: lines.count - 1, by: 2).map { index in
      Sample(wire: Hex.decode(lines[index]) ?? [], json: lines[index + 1])
    }
  }

  @Test("are to Python what they were, after having been ours")
  func python() throws {
    let samples = try Self.samples.get()
    try #require(samples.count == Self.count)
    let written = try samples.map { Hex.encode(try Everything(decoding: $0.wire).serializedBytes()) }
    let answers = try Oracle.ask("normalize", [], written)
    for (index, answer) in answers.enumerated() where answer != Hex.encode(samples[index].wire) {
      Issue.record("seed \(Self.seed), message \(index): Python reads another message")
    }
  }

  @Test("are to libprotobuf-c what they are to us, both ways")
  func libprotobufC() throws {
    let set = try FileDescriptorSet(bytes: Oracle.descriptorSet.get())
    let type = try #require(try DescriptorPool(files: set.files).message("wiretest.Everything"))
    for (index, sample) in try Self.samples.get().enumerated() {
      let ours = try Everything(decoding: sample.wire)
      let theirs = try DynamicMessage(bytes: ours.serializedBytes(), type: type).serializedBytes()
      if try !Everything(decoding: theirs).isIdentical(to: ours) {
        Issue.record("seed \(Self.seed), message \(index): libprotobuf-c reads another message")
      }
    }
  }

  @Test("are to Python what they were, after having been our JSON")
  func ourJSON() throws {
    let samples = try Self.samples.get()
    let texts = try samples.map { try Everything(decoding: $0.wire).json(VectorTests.printing) }
    let answers = try Oracle.ask("json", [], texts)
    for (index, answer) in answers.enumerated() where answer != Hex.encode(samples[index].wire) {
      Issue.record("seed \(Self.seed), message \(index): Python reads another message from \(texts[index])")
    }
  }

  @Test("are read from Python's JSON as they are from its bytes")
  func theirJSON() throws {
    for (index, sample) in try Self.samples.get().enumerated() {
      let fromJSON = try Everything(json: sample.json, VectorTests.parsing)
      if try !fromJSON.isIdentical(to: Everything(decoding: sample.wire)) {
        Issue.record("seed \(Self.seed), message \(index): \(sample.json)")
      }
    }
  }
}

extension Message {
  /// Equal also where a NaN is; `==` says no there.
  func isIdentical(to other: Self) -> Bool { serializedBytes() == other.serializedBytes() }
}
