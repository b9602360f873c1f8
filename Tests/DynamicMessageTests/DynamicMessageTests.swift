import DynamicMessage
import Testing
import Wire

@Suite("Dynamic messages")
struct DynamicMessageTests {
  let type = Fixtures.everything

  @Test(
    "bytes of Python's protobuf come back, maps in an order of their own", arguments: Fixtures.vectors.indices
  )
  func bytesRoundTrip(index: Int) throws {
    let bytes = Fixtures.vectors[index].bytes
    let written = try DynamicMessage(bytes: bytes, type: type).serializedBytes()
    #expect(written.sorted() == bytes.sorted())
    #expect(try DynamicMessage(bytes: written, type: type).serializedBytes() == written)
  }

  @Test("JSON is what Python's protobuf prints", arguments: Fixtures.vectors.indices)
  func printsAsPython(index: Int) throws {
    let vector = Fixtures.vectors[index]
    let json = try DynamicMessage(bytes: vector.bytes, type: type).json()
    #expect(json.normalized == (try JSONParser.parse(vector.json)).normalized)
  }

  @Test("JSON of Python's protobuf reads as the same message", arguments: Fixtures.vectors.indices)
  func readsPython(index: Int) throws {
    let vector = Fixtures.vectors[index]
    let message = try DynamicMessage(json: vector.json, type: type)
    let expected = try DynamicMessage(bytes: vector.bytes, type: type)
    #expect(try message.withSortedAny().serializedBytes() == expected.withSortedAny().serializedBytes())
  }

  @Test("mutated bytes are read or refused, never more")
  func mutated() throws {
    var random = SplitMix(seed: 7)
    var refused = 0
    for vector in Fixtures.vectors where !vector.bytes.isEmpty {
      for _ in 0..<60 {
        var bytes = vector.bytes
        for _ in 0...Int.random(in: 0...3, using: &random) {
          let place = Int.random(in: 0..<bytes.count, using: &random)
          switch Int.random(in: 0..<4, using: &random) {
          case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
          case 1: bytes[place] = UInt8.random(in: .min ... .max, using: &random)
          case 2: bytes = Array(bytes[...place])
          default: bytes.insert(UInt8.random(in: .min ... .max, using: &random), at: place)
          }
        }
        do throws(UnpackError) {
          let message = try DynamicMessage(bytes: bytes, type: type)
          _ = try message.serializedBytes()
          _ = try? message.jsonText()
        } catch {
          refused += 1
        }
      }
    }
    #expect(refused > 0)
  }

  @Test("random bytes are read or refused, never more")
  func noise() {
    var random = SplitMix(seed: 11)
    for _ in 0..<5000 {
      let count = Int.random(in: 0..<64, using: &random)
      let bytes = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
      _ = try? DynamicMessage(bytes: bytes, type: type)
      _ = try? SchemaFile(bytes: bytes)
      _ = try? CodeGeneratorRequest(bytes: bytes)
    }
  }

  @Test(
    "malformed bytes are refused with the reason",
    arguments: [
      ([0x08], "not a cairn.test.Everything: `f_double` has wire type 0"),
      ([0x0A, 5, 1], "not a cairn.test.Everything: a length goes past the end"),
      ([0x09, 1, 2], "not a cairn.test.Everything: it ends within a field"),
      ([0x72, 1, 0xFF], "cairn.test.Everything.f_string is not valid UTF-8"),
      ([0x00], "not a cairn.test.Everything: field number 0 is out of range"),
      ([0x0F], "not a cairn.test.Everything: wire type 7 does not exist"),
      ([0xFB, 0x3F, 0xFC, 0x3F], "field 1023 of cairn.test.Everything is a group: groups are not supported"),
      ([0x80], "not a cairn.test.Everything: it ends within a number"),
      ([UInt8](repeating: 0xFF, count: 11), "not a cairn.test.Everything: a varint has more than 64 bits"),
      ([0xBA, 1, 1, 0x80], "not a cairn.test.Everything: it ends within a number"),
    ] as [([UInt8], String)])
  func malformed(bytes: [UInt8], reason: String) {
    #expect {
      // A field number before the one under test, where the table wants a known field of another type.
      try DynamicMessage(bytes: bytes == [0x08] ? [0x08, 1] : bytes, type: type)
    } throws: {
      "\($0)" == reason
    }
  }

  @Test("nesting is bounded in both directions")
  func depth() throws {
    func nested(_ depth: Int) -> [UInt8] {
      var bytes: [UInt8] = []
      for _ in 1..<depth {
        var length: [UInt8] = []
        var rest = bytes.count
        repeat {
          length.append(UInt8(rest & 0x7F) | (rest > 0x7F ? 0x80 : 0))
          rest >>= 7
        } while rest > 0
        bytes = [0x8A, 0x01] + length + bytes
      }
      return bytes
    }
    _ = try DynamicMessage(bytes: nested(100), type: type).serializedBytes()
    #expect(throws: UnpackError.tooDeep(limit: 100)) { try DynamicMessage(bytes: nested(101), type: type) }
    #expect(throws: UnpackError.tooDeep(limit: 100)) { try DynamicMessage(bytes: nested(10_000), type: type) }

    var message = DynamicMessage(type)
    for _ in 1...100 {
      var outer = DynamicMessage(type)
      try outer.set("f_self", to: .message(message))
      message = outer
    }
    #expect(throws: UnpackError.tooDeep(limit: 100)) { try message.serializedBytes() }
  }

  @Test("fields that the type lacks are kept and written again")
  func unknownFields() throws {
    let unknown: [UInt8] = [
      0xC0, 0x3E, 0x96, 0x01, 0xCA, 0x3E, 2, 7, 8, 0xD5, 0x3E, 1, 2, 3, 4, 0xD9, 0x3E, 1, 2, 3, 4, 5, 6, 7, 8,
    ]
    let message = try DynamicMessage(bytes: [0x68, 1] + unknown, type: type)
    #expect(message.unknownFields.map(\.number) == [1000, 1001, 1002, 1003])
    #expect(message["f_bool"] == .bool(true))
    #expect(try message.serializedBytes() == [0x68, 1] + unknown)
  }

  @Test("the last member of a oneof wins")
  func oneof() throws {
    var message = DynamicMessage(type)
    try message.set("c_int64", to: .int64(0))
    try message.set("c_string", to: .string("a"))
    #expect(message["c_int64"] == nil)
    #expect(message.setFields.map(\.name) == ["c_string"])
    let both = try DynamicMessage(bytes: [0xB8, 4, 5, 0xC2, 4, 1, 0x61], type: type)
    #expect(both == message)
  }

  @Test("a field without presence forgets its default, one with presence keeps it")
  func presence() throws {
    var message = DynamicMessage(type)
    try message.set("f_int32", to: .int32(0))
    try message.set("o_int32", to: .int32(0))
    try message.set("f_double", to: .double(-0.0))
    #expect(message.setFields.map(\.name) == ["f_double", "o_int32"])
    try message.set("o_int32", to: nil)
    #expect(message.setFields.map(\.name) == ["f_double"])
  }

  @Test("values of another type are refused")
  func misfits() throws {
    var message = DynamicMessage(type)
    #expect(throws: DynamicTypeError.self) { try message.set("f_int32", to: .int64(1)) }
    #expect(throws: DynamicTypeError.self) { try message.set("f_int32", to: .list([.int32(1)])) }
    #expect(throws: DynamicTypeError.self) { try message.set("r_int32", to: .int32(1)) }
    #expect(throws: DynamicTypeError.self) { try message.set("r_int32", to: .list([.int64(1)])) }
    #expect(throws: DynamicTypeError.self) { try message.set("m_string", to: .list([])) }
    #expect(throws: DynamicTypeError.self) { try message.set("m_string", to: .map([.int32(1): .string("")])) }
    #expect(throws: DynamicTypeError.self) { try message.set("w_empty", to: .message(message)) }
    #expect(throws: DynamicTypeError.self) { try message.set("nothing", to: nil) }
    #expect(message.isEmpty)
  }

  @Test("a raw message carries any fields through, and refuses what is none")
  func rawMessage() throws {
    for vector in Fixtures.vectors.prefix(20) {
      #expect(try RawMessage(decoding: vector.bytes).bytes == vector.bytes)
      #expect(RawMessage(bytes: vector.bytes).serializedBytes() == vector.bytes)
    }
    #expect(throws: WireError.self) { try RawMessage(decoding: [0x0A, 9]) }
  }
}

extension DynamicMessage {
  /// The same message with what is in an `Any` written by us, so that its maps have our order.
  fileprivate func withSortedAny() throws -> DynamicMessage {
    var result = self
    for field in setFields {
      switch value(of: field) {
      case .message(let message): try result.set(field, to: .message(message.withSortedAny()))
      case .list(let items): try result.set(field, to: .list(items.map { try $0.withSortedAny() }))
      case .map(let entries): try result.set(field, to: .map(entries.mapValues { try $0.withSortedAny() }))
      default: break
      }
    }
    if type.fullName == "google.protobuf.Any", case .string(let url)? = self["type_url"],
      case .bytes(let bytes)? = self["value"],
      let type = type.pool.message(String(url.split(separator: "/")[1]))
    {
      let inner = try DynamicMessage(bytes: bytes, type: type).withSortedAny()
      try result.set("value", to: .bytes(inner.serializedBytes()))
    }
    return result
  }
}

extension DynamicValue {
  fileprivate func withSortedAny() throws -> DynamicValue {
    if case .message(let message) = self { .message(try message.withSortedAny()) } else { self }
  }
}

/// A small generator, so that a failure comes again.
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
