import Testing
import Wire

/// Input that no encoder writes.
struct HostileInput: Sendable, CustomStringConvertible {
  let description: String
  let bytes: [UInt8]
  let error: WireError

  init(_ description: String, _ hex: String, _ error: WireError) {
    self.init(description, Hex.decode(hex) ?? [], error)
  }

  init(_ description: String, _ bytes: [UInt8], _ error: WireError) {
    self.description = description
    self.bytes = bytes
    self.error = error
  }

  static let all: [HostileInput] = [
    .init("a tag without its value", "08", .truncated),
    .init("a varint that does not end", "18 ff ff", .truncated),
    .init("a varint of eleven bytes", "18 8080808080808080808001", .malformedVarint),
    .init("a varint of 65 bits", "18 ffffffffffffffffff02", .malformedVarint),
    .init("four bytes of eight", "09 00000000", .truncated),
    .init("two bytes of four", "15 0000", .truncated),
    .init("a string longer than the message", "72 05 61 62", .truncated),
    .init("a length of 2^63", "72 80808080808080808001", .truncated),
    .init("a length of 2^64 - 1", "72 ffffffffffffffffff01", .truncated),
    .init("a message longer than what holds it", "8a01 03 0a 02 61 6c", .truncated),
    .init("packed numbers that end inside one", "9a03 02 08 80", .truncated),
    .init("packed eights of seven bytes", "ca02 07 00000000000000", .truncated),
    .init("field number 0", "00 00", .invalidTag),
    .init("field number 0 with a length", "02 00", .invalidTag),
    .init("a field number above 2^29 - 1", "f8ffffff7f 00", .invalidTag),
    .init("a tag of six bytes", "888080808000 01", .invalidTag),
    .init("wire type 6", "0e 00", .invalidWireType),
    .init("wire type 7", "0f 00", .invalidWireType),
    .init("the end of a group that did not begin", "0c", .unmatchedGroup),
    .init("a group without its end", "0b 08 01", .unmatchedGroup),
    .init("the end of another group", "0b 14", .unmatchedGroup),
    .init("a group that ends outside of its message", "8a01 01 0b 0c", .unmatchedGroup),
    .init("a string that is not UTF-8", "72 01 ff", .invalidUTF8),
    .init("an overlong encoding of a slash", "72 02 c0 af", .invalidUTF8),
    .init("half of a surrogate pair", "72 03 ed a0 80", .invalidUTF8),
    .init("a map key that is not UTF-8", "e205 03 0a 01 80", .invalidUTF8),
    .init("messages 101 deep", nested(101), .nestingTooDeep),
    .init("groups 101 deep", [UInt8](repeating: 0x0B, count: 101), .nestingTooDeep),
    .init("groups a million deep", [UInt8](repeating: 0x0B, count: 1_000_000), .nestingTooDeep),
  ]

  /// `self` within `self`, so often that a field is `levels` messages deep.
  static func nested(_ levels: Int) -> [UInt8] {
    var writer = WireWriter()
    for _ in 0..<levels {
      writer.prependVarint(UInt64(writer.count))
      writer.prependVarint(UInt64(WireType.bytes.tag(120)))
    }
    return [UInt8](writer.bytes)
  }
}

@Suite("Hostile input")
struct HostileInputTests {
  @Test("is a typed error", arguments: HostileInput.all)
  func refused(_ input: HostileInput) {
    #expect(throws: input.error) { try Everything(decoding: input.bytes) }
  }

  @Test("messages nest 100 deep")
  func deepest() throws {
    let message = try Everything(decoding: HostileInput.nested(100))
    #expect(message.serializedBytes() == HostileInput.nested(100))
  }

  @Test("Python refuses what we refuse, cut off or mutated, and reads the rest as we do")
  func differential() throws {
    let inputs = try mutants()
    let answers = try Oracle.ask("normalize", ["known"], inputs.map(Hex.encode))
    let ours = inputs.map { input -> Result<[UInt8], WireError> in
      do throws(WireError) {
        return .success(try Everything(decoding: input).serializedBytes())
      } catch {
        return .failure(error)
      }
    }
    let read = try Oracle.ask("normalize", ["known"], ours.map { Hex.encode((try? $0.get()) ?? []) })
    var refused = 0
    for index in inputs.indices {
      switch ours[index] {
      // Python cuts a varint of more than 64 bits off.
      case .failure(.malformedVarint): refused += 1
      case .failure:
        refused += 1
        #expect(answers[index] == "refused", "\(Hex.encode(inputs[index]))")
      case .success: #expect(answers[index] == read[index], "\(Hex.encode(inputs[index]))")
      }
    }
    #expect(refused > inputs.count / 20 && refused < inputs.count)
  }

  @Test("what was read of a mutated message can be written and read again, and stays what it is")
  func stable() throws {
    for input in try mutants() {
      guard let message = try? Everything(decoding: input) else { continue }
      let bytes = message.serializedBytes()
      #expect(try Everything(decoding: bytes).serializedBytes() == bytes)
    }
  }

  private func mutants() throws -> [[UInt8]] {
    let seeds = try Oracle.ask("generate", ["7", "400"])
    var random = RepeatableRandom(state: 20_261_120)
    var inputs: [[UInt8]] = []
    for index in stride(from: 0, to: seeds.count, by: 2) {
      let bytes = try #require(Hex.decode(seeds[index]))
      guard !bytes.isEmpty, bytes.count < 3000 else { continue }
      for _ in 0..<30 { inputs.append(mutate(bytes, &random)) }
    }
    return inputs
  }

  @Test("a message in very many pieces takes time in proportion", .timeLimit(.minutes(1)))
  func pieces() throws {
    // `choice_everything`, `self` and `one_leaf`, each 200,000 times with one more element of a list.
    let element = Everything.with { $0.manyString = ["x"] }
    let inOneof = Everything.with { $0.choice = .choiceEverything(element) }.serializedBytes()
    let boxed = Everything.with { $0.self_ = element }.serializedBytes()
    for piece in [inOneof, boxed] {
      let count = 200_000
      let bytes = [UInt8](repeatElement(piece, count: count).joined())
      let message = try Everything(decoding: bytes)
      #expect((message.choiceEverything ?? message.self_)?.manyString.count == count)
    }
  }

  private func mutate(_ bytes: [UInt8], _ random: inout RepeatableRandom) -> [UInt8] {
    var result = bytes
    for _ in 0..<Int.random(in: 1...3, using: &random) where !result.isEmpty {
      let position = Int.random(in: 0..<result.count, using: &random)
      switch Int.random(in: 0..<5, using: &random) {
      case 0: result[position] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      case 1: result[position] = UInt8.random(in: 0...255, using: &random)
      case 2: result.removeSubrange(position...)
      case 3: result.remove(at: position)
      default: result.insert(UInt8.random(in: 0...255, using: &random), at: position)
      }
    }
    return result
  }
}

/// Numbers that are the same in every run (SplitMix64).
struct RepeatableRandom: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
