import Testing
import Wire

/// What a message may take in memory is bounded by what it becomes, not by what it is on the wire.
@Suite struct AllowanceTests {
  /// What decoding `message` is charged.
  private func charge(_ bytes: [UInt8]) throws -> Int {
    var allowance = 1 << 30
    _ = try Everything(decoding: bytes, allowance: &allowance)
    return 1 << 30 - allowance
  }

  private func charge(_ fill: (inout Everything) -> Void) throws -> Int {
    try charge(Everything.with(fill).serializedBytes())
  }

  @Test("strings, bytes and numbers are free, whatever their size")
  func free() throws {
    #expect(try charge { _ in } == 0)
    #expect(
      try charge {
        $0.oneString = String(repeating: "x", count: 1_000_000)
        $0.oneBytes = [UInt8](repeating: 1, count: 1_000_000)
        $0.oneDouble = 1
      } == 0)
  }

  static let table: [(name: String, least: Int, fill: @Sendable (inout Everything) -> Void)] = [
    ("messages", 1000 * MemoryLayout<Leaf>.stride, { $0.manyLeaf = Array(repeating: Leaf(), count: 1000) }),
    ("strings", 16_000, { $0.manyString = Array(repeating: "", count: 1000) }),
    (
      "strings with memory of their own", 64_000,
      { $0.manyString = Array(repeating: String(repeating: "x", count: 16), count: 1000) }
    ),
    ("bytes with memory of their own", 56_000, { $0.manyBytes = Array(repeating: [1], count: 1000) }),
    (
      "long entries of a map", 128_000,
      {
        for number in 0..<1000 {
          $0.mapString["a key of more than 15 \(number)"] = "a value of more than 15"
        }
      }
    ),
    ("bytes", 8000, { $0.manyBytes = Array(repeating: [], count: 1000) }),
    ("packed numbers", 8000, { $0.manyInt64 = Array(repeating: 1, count: 1000) }),
    ("packed bools", 1000, { $0.manyBool = Array(repeating: true, count: 1000) }),
    ("packed numbers of one size", 8000, { $0.manyDouble = Array(repeating: 1, count: 1000) }),
    (
      "entries of a map", 32_000,
      { for number in 0..<1000 { $0.mapString["\(number)"] = "" } }
    ),
    ("a boxed message", MemoryLayout<Everything>.stride, { $0.self_ = Everything() }),
    ("unknown fields", 1000, { $0.unknownFields.bytes = unknown }),
  ]

  /// Field 1999, a thousand bytes.
  private static let unknown: [UInt8] = [0xFA, 0x7C, 0xE8, 0x07] + [UInt8](repeating: 0, count: 1000)

  @Test("elements are charged what they take", arguments: table.indices)
  func elements(_ index: Int) throws {
    let it = Self.table[index]
    let charged = try charge(it.fill)
    #expect(charged >= it.least, "\(it.name)")
    // One byte less than it takes is an error, as much as it takes is enough.
    let bytes = Everything.with(it.fill).serializedBytes()
    var exact = charged
    #expect(try Everything(decoding: bytes, allowance: &exact) == Everything(decoding: bytes), "\(it.name)")
    #expect(exact == 0, "\(it.name)")
    var short = charged - 1
    #expect(throws: WireError.tooMuchMemory, "\(it.name)") {
      try Everything(decoding: bytes, allowance: &short)
    }
  }

  @Test("a message that is set again and again is work, and charged")
  func again() throws {
    let once = Everything.with { $0.oneLeaf = Leaf() }.serializedBytes()
    let charged = try charge([[UInt8]](repeating: once, count: 1000).flatMap { $0 })
    #expect(charged >= 1000 * 16)
  }
}
