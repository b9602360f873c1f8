/// What the tail makes of one read of at most `limit` rows, ordered by position, that asked for everything up
/// to `target`: only whole positions are handed on.
enum TailChunk<Entry: FeedRow> {
  /// These rows are all there are up to `through`.
  case rows([Entry], through: Int64)
  /// One position has more rows than a read: watchers fetch it themselves.
  case skip(through: Int64)

  init(_ rows: [Entry], limit: Int, target: Int64) {
    guard rows.count >= limit, let last = rows.last else {
      self = .rows(rows, through: target)
      return
    }
    // The read ended somewhere in the rows of the last position.
    let whole = rows.prefix { $0.position < last.position }
    self =
      whole.isEmpty
      ? .skip(through: last.position)
      : .rows(Array(whole), through: last.position - 1)
  }
}

extension TailChunk {
  private var through: Int64 {
    switch self {
    case .rows(_, let through), .skip(let through): through
    }
  }

  /// Two reads of different rows together, as far as both are complete. When one of them must skip a position
  /// before the other one ends, both skip it.
  func merged(with other: TailChunk) -> TailChunk {
    let through = min(self.through, other.through)
    var rows: [Entry] = []
    for chunk in [self, other] {
      switch chunk {
      case .rows(let read, _): rows += read.prefix { $0.position <= through }
      case .skip(let position): if position <= through { return .skip(through: through) }
      }
    }
    return .rows(rows.sorted { $0.cursor < $1.cursor }, through: through)
  }
}
