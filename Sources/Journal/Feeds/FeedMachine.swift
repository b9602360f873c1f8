/// Life of one watcher: where it stands, and whether its next rows come from memory or from SQL.
///
/// There is one switch between the two, and it is a comparison: rows in memory are complete from some
/// position on, so a cursor at or after it goes on there, and an older one reads by SQL, up to what is
/// settled. Nothing is repeated, because only rows after the cursor count, and nothing is lost, because
/// neither source has gaps.
///
///              ┌── a page (rows, checkpoint)
///              ▼   │ read
///     start ─▶ behind ──rows from memory, all delivered: caughtUp──▶ live ──┐ rows, then a checkpoint;
///                 ▲                                                  │  ▲   │ a checkpoint when reminded
///                 └──the cursor lies before what is in memory: read──┘  └───┘
///
/// A start within what is in memory reads no page.
///
/// Pure: takes the recent rows or a page, says what to do next. The caller does the I/O.
struct FeedMachine<Entry: FeedRow> {
  enum Step {
    case deliver([FeedElement<Entry>])
    /// Read a page of rows after the cursor and up to the position, for ``take(page:limit:through:)``.
    case read(after: Cursor, through: Int64)
    /// Nothing to do until rows arrive.
    case wait
  }

  let topic: FeedTopic
  /// The last position drawn when the feed was opened: before everything up to there was delivered, nobody
  /// may be told that he is caught up, or a write acknowledged before would come after.
  let present: Int64
  private let matches: @Sendable (Entry) -> Bool
  private(set) var cursor: Cursor
  /// `caughtUp` was said, and no page was read since.
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

  /// A checkpoint never stands behind a row that a feed starting there would deliver again.
  private mutating func mark(_ elements: inout [FeedElement<Entry>]) {
    let complete = cursor.completePosition
    guard complete > lastMarked, complete >= lastDelivered else { return }
    lastMarked = complete
    hasUnmarkedRows = false
    elements.append(.checkpoint(complete))
  }
}
