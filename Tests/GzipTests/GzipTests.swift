import Testing

@testable import Gzip

@Suite struct GzipTests {
  static func text(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 % 7) } }

  static func packed(_ bytes: [UInt8], front: Int = 0) throws -> [UInt8] {
    try #require(bytes.withUnsafeBytes { GzipDeflater().deflate($0, front: front) })
  }

  @Test("what was compressed comes out the same", arguments: [100, 1000, 1023, 1024, 65_536, 3_000_000])
  func roundTrip(_ size: Int) throws {
    let bytes = Self.text(size)
    let packed = try Self.packed(bytes)
    #expect(packed.count < size)
    #expect(GzipInflater.claimedSize(packed) == size)
    #expect(try GzipInflater().inflate(packed, limit: size) == bytes)
  }

  @Test("one after the other, also after one that failed, all come out")
  func reuse() throws {
    let inflater = GzipInflater()
    for size in [100, 5000, 300, 100_000] {
      let packed = try Self.packed(Self.text(size))
      #expect(throws: GzipInflater.Failure.self) {
        try inflater.inflate(Array(packed.dropLast()), limit: 1 << 20)
      }
      #expect(try inflater.inflate(packed, limit: 1 << 20) == Self.text(size))
    }
  }

  @Test("the bytes in front are the caller's")
  func front() throws {
    let packed = try Self.packed(Self.text(1000), front: 5)
    #expect(packed[..<5] == [0, 0, 0, 0, 0])
    #expect(try GzipInflater().inflate(Array(packed[5...]), limit: 1000) == Self.text(1000))
  }

  @Test("what would not get smaller is left alone", arguments: [0, 1, 20])
  func notSmaller(_ size: Int) {
    let bytes = Self.text(size)
    #expect(bytes.withUnsafeBytes { GzipDeflater().deflate($0, front: 5) } == nil)
  }

  @Test("a message of exactly the limit passes, one byte more does not", arguments: [1000, 1024, 70_000])
  func limit(_ size: Int) throws {
    let packed = try Self.packed(Self.text(size))
    #expect(try GzipInflater().inflate(packed, limit: size).count == size)
    #expect(throws: GzipInflater.Failure.tooLarge) { try GzipInflater().inflate(packed, limit: size - 1) }
  }

  @Test("a message that claims to be small is stopped at the limit all the same")
  func lyingBomb() throws {
    var bomb = try Self.packed([UInt8](repeating: 0, count: 50_000_000))
    bomb.replaceSubrange((bomb.count - 4)..., with: [1, 0, 0, 0])
    #expect(GzipInflater.claimedSize(bomb) == 1)
    #expect(throws: GzipInflater.Failure.tooLarge) { try GzipInflater().inflate(bomb, limit: 4 << 20) }
  }

  static let damaged: [(String, @Sendable ([UInt8]) -> [UInt8])] = [
    ("nothing", { _ in [] }),
    ("no gzip", { _ in Array("not gzip at all, not at all".utf8) }),
    ("cut off", { Array($0.prefix($0.count / 2)) }),
    ("without its end", { Array($0.dropLast(8)) }),
    ("with a wrong checksum", { $0.dropLast(8) + [0, 0, 0, 0] + $0.suffix(4) }),
    ("with a wrong size", { $0.dropLast(4) + [9, 9, 9, 9] }),
    ("followed by more", { $0 + [0] }),
    ("followed by another", { $0 + $0 }),
  ]

  @Test("damage is found", arguments: damaged.indices)
  func damage(_ index: Int) throws {
    let (name, damage) = Self.damaged[index]
    let bytes = damage(try Self.packed(Self.text(10_000)))
    #expect(throws: GzipInflater.Failure.malformed, "\(name)") {
      try GzipInflater().inflate(bytes, limit: 1 << 20)
    }
  }
}
