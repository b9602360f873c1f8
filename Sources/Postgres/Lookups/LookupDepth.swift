/// How many look-ups may be under way on one connection: as many as bring some megabytes. The next one waits for all
/// that was sent before, so large results must not be many. Pure.
///
/// What the next results will be is not known, so the number also grows step by step: twice as many as there were.
struct LookupDepth {
  /// What those under way are to bring at most, in bytes.
  private static let bytes = 4 << 20
  /// As few as keep the database at work while large results travel.
  private static let fewest = 4
  /// The first step: one merged statement.
  private static let first = MergedLookup.most
  /// Of a result of which nothing is known yet.
  private static let unknownSize = 64 << 10
  /// How many arrivals small results take to outweigh a large one, about.
  private static let memory = 8

  let most: Int
  /// Memory of one result, in bytes: the most of late.
  private(set) var typicalSize = Self.unknownSize
  private(set) var limit: Int

  init(most: Int) {
    self.most = most
    limit = min(Self.first, most)
  }

  /// Results have arrived together.
  ///
  /// - Parameter underWay: How many are still to come.
  mutating func came(results: Int, bytes: Int, underWay: Int) {
    guard results > 0 else { return }
    let size = bytes / results
    typicalSize = size > typicalSize ? size : typicalSize - (typicalSize - size) / Self.memory
    let fitting = max(Self.fewest, Self.bytes / max(1, typicalSize))
    limit = min(most, fitting, max(Self.first, 2 * (results + underWay)))
  }
}
