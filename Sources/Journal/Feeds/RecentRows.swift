/// The newest rows of the watched projects, shared by all watchers of a loop.
///
/// A watcher is only a cursor into them. For each project every row after `from` and up to `through` is here,
/// so a watcher whose cursor is not older than `from` is live; one that is older reads by SQL. Bounded: the
/// oldest rows go first, whoever still wants them, so a slow watcher costs nothing.
struct RecentRows<Entry: FeedRow> {
  private struct Project {
    var from: Int64
    /// Rows in order; those before `head` were dropped.
    var rows: [Entry] = []
    var head = 0
    /// Counts from which activation on these rows are, so that older entries of `ages` do not touch them.
    var generation: Int
  }

  /// Everything at or below was read, for the projects that are active.
  private(set) var through: Int64
  private(set) var count = 0
  private var projects: [ProjectID: Project] = [:]
  /// Which project's rows came in which order, oldest first.
  private var ages: [(project: ProjectID, generation: Int, count: Int)] = []
  private var agesHead = 0
  private var generations = 0
  private let limit: Int

  /// - Parameter limit: How many rows are kept, of all projects together.
  init(through: Int64, limit: Int) {
    self.through = through
    self.limit = limit
  }

  /// Whether rows of the project are being kept.
  func isActive(_ project: ProjectID) -> Bool { projects[project] != nil }

  /// The rows of the project after `cursor`, at most `limit`; nil when some of them are not here.
  func rows(of project: ProjectID, after cursor: Cursor, limit: Int) -> ArraySlice<Entry>? {
    guard let recent = projects[project], cursor >= .after(recent.from) else { return nil }
    var low = recent.head
    var high = recent.rows.count
    while low < high {
      let middle = (low + high) / 2
      if recent.rows[middle].cursor <= cursor { low = middle + 1 } else { high = middle }
    }
    return recent.rows[low..<min(recent.rows.count, low + limit)]
  }

  /// From now on every row of the project is appended, beginning after `through`.
  mutating func activate(_ project: ProjectID) {
    guard projects[project] == nil else { return }
    generations += 1
    projects[project] = Project(from: through, generation: generations)
  }

  /// Nobody watches the project any more.
  mutating func deactivate(_ project: ProjectID) {
    guard let gone = projects.removeValue(forKey: project) else { return }
    count -= gone.rows.count - gone.head
  }

  /// Takes the rows of all active projects with positions after ``through`` and up to `next`.
  mutating func append(_ batch: [ProjectID: [Entry]], through next: Int64) {
    for (project, rows) in batch where projects[project] != nil && !rows.isEmpty {
      projects[project]!.rows.append(contentsOf: rows)
      ages.append((project, projects[project]!.generation, rows.count))
      count += rows.count
    }
    through = next
    while count > limit, agesHead < ages.count { dropOldest() }
    if agesHead > 64, agesHead * 2 > ages.count {
      ages.removeFirst(agesHead)
      agesHead = 0
    }
  }

  /// Forgets all rows: those up to `next` were not read, everybody has to fetch them himself.
  mutating func skip(through next: Int64) {
    through = next
    count = 0
    ages.removeAll()
    agesHead = 0
    for (project, recent) in projects {
      projects[project] = Project(from: next, generation: recent.generation)
    }
  }

  /// Drops the batch that came first, whole: a batch ends at the border of a position.
  private mutating func dropOldest() {
    let (name, generation, dropped) = ages[agesHead]
    agesHead += 1
    guard var recent = projects.removeValue(forKey: name) else { return }
    if recent.generation == generation {
      recent.from = recent.rows[recent.head + dropped - 1].position
      recent.head += dropped
      count -= dropped
      if recent.head * 2 > recent.rows.count {
        recent.rows.removeFirst(recent.head)
        recent.head = 0
      }
    }
    projects[name] = recent
  }
}
