/// Life of one watcher: where its cursor stands, and whether its next rows come from memory or from SQL.
///
/// ```
///                       page: rows, checkpoint
///                          ┌────┐
///                          ▼    │
///     start ───────▶ catching up ◀─────────────┐
///                          │                   │ memory has dropped rows
///     every row up to the  │ caughtUp          │ after the cursor
///     settled position     ▼                   │
///     is sent             live ────────────────┘
///                         │  ▲
///                         └──┘ from memory: rows, checkpoint
/// ```
///
/// What decides between the two is one comparison: rows in memory are complete from some position on, so a
/// cursor at or after it takes its rows there, and an older one reads a page by SQL, up to the settled position. No
/// row is repeated, because only rows after the cursor count, and none is lost, because neither source has gaps.
///
/// Pure: takes the recent rows or a page, returns what to do next. The caller does the I/O.
struct FeedMachine<Entry: FeedRow> {
  enum Step {
    case deliver([FeedElement<Entry>])
    /// Read a page of rows after the cursor and up to the position, for ``take(page:limit:through:)``.
    case read(after: Cursor, through: Int64)
    /// Nothing to do until rows arrive.
    case wait
  }

  let topic: FeedTopic
  /// The last position drawn when the feed was opened. `caughtUp` waits until every row up to it was delivered:
  /// else a write that was acknowledged before the feed was opened would come after it.
  let present: Int64
  private let matches: @Sendable (Entry) -> Bool
  private(set) var cursor: Cursor
  /// Whether `caughtUp` was sent, and no page was read since.
  private(set) var isLive = false
  private var lastDelivered: Int64
  private var lastMarked: Int64
  private var hasUnmarkedRows = false

  /// Rows handed over in one step, so that one watcher does not keep the loop from the others.
  private static var stepLimit: Int { 256 }

  init(
    _ topic: FeedTopic, start: Cursor, present: Int64 = 0, matches: @escaping @Sendable (Entry) -> Bool
  ) {
    self.topic = topic
    self.present = present
    self.matches = matches
    cursor = start
    lastDelivered = start.position
    lastMarked = start.completePosition
  }

  /// - Parameter isReminded: Whether a checkpoint is due even though nothing was delivered.
  mutating func next(_ recent: RecentRows<Entry>, isReminded: Bool = false) -> Step {
    guard let rows = recent.rows(of: topic, after: cursor, limit: Self.stepLimit) else {
      guard cursor < .after(recent.through) else { return .wait }
      isLive = false
      return .read(after: cursor, through: recent.through)
    }
    var elements = advance(rows, isComplete: rows.count < Self.stepLimit, through: recent.through)
    if cursor >= .after(recent.through) {
      if recent.through < present {
        if hasUnmarkedRows || isReminded { mark(&elements) }
      } else if !isLive {
        isLive = true
        lastMarked = cursor.completePosition
        hasUnmarkedRows = false
        elements.append(.caughtUp(lastMarked))
      } else if hasUnmarkedRows || isReminded {
        mark(&elements)
      }
    }
    if !elements.isEmpty { return .deliver(elements) }
    return cursor >= .after(recent.through) ? .wait : next(recent, isReminded: isReminded)
  }

  /// Takes the page asked for by ``Step/read(after:through:)``.
  mutating func take(page rows: [Entry], limit: Int, through: Int64) -> [FeedElement<Entry>] {
    var elements = advance(rows[...], isComplete: rows.count < limit, through: through)
    mark(&elements)
    return elements
  }

  private mutating func advance(
    _ rows: ArraySlice<Entry>, isComplete: Bool, through: Int64
  ) -> [FeedElement<Entry>] {
    var elements: [FeedElement<Entry>] = []
    elements.reserveCapacity(rows.count + 1)
    for row in rows where matches(row) {
      elements.append(.row(row))
      lastDelivered = row.position
      hasUnmarkedRows = true
    }
    if let last = rows.last { cursor = last.cursor }
    if isComplete { cursor = max(cursor, .after(through)) }
    return elements
  }

  /// A feed that starts at a checkpoint delivers no row again that was sent before it.
  private mutating func mark(_ elements: inout [FeedElement<Entry>]) {
    let complete = cursor.completePosition
    guard complete > lastMarked, complete >= lastDelivered else { return }
    lastMarked = complete
    hasUnmarkedRows = false
    elements.append(.checkpoint(complete))
  }
}
