import GRPC
import Postgres

/// The rows of `plan_write_back`, with their steps, in the order of the resources. Rows of one resource stand together.
struct WriteBackRows {
  private struct Entry {
    var step: WriteBackStep
    /// Nil where no row is, nor was.
    let row: Row?
    /// Of the resource among those asked for.
    let place: Int
  }

  private var entries: [Entry] = []

  /// The first column of ``VersionedKind/part`` in a row, and after it ``VersionedKind/planned``.
  static let firstPart = 6

  /// - Parameter ids: As the places of the rows count them.
  init(decoding found: Rows, _ ids: [String], of kind: VersionedKind) throws(PostgresError) {
    for row in found {
      let place: Int = try row.decode(0)
      addAbsent(ids, before: place)
      entries.append(
        Entry(step: try WriteBackStep(ids[place], decoding: row, of: kind), row: row, place: place))
    }
    addAbsent(ids, before: ids.count)
    withhold(.gone) { $0.outcome == .gone }
  }

  private mutating func addAbsent(_ ids: [String], before place: Int) {
    let next = entries.last.map { $0.place + 1 } ?? 0
    guard next < place else { return }
    for missing in next..<place {
      entries.append(Entry(step: WriteBackStep(absent: ids[missing]), row: nil, place: missing))
    }
  }

  var steps: [WriteBackStep] { entries.map(\.step) }

  /// What there is to check.
  var planned: [PlannedRow] {
    entries.compactMap { entry in entry.row.map { PlannedRow(step: entry.step, row: $0) } }
  }

  /// Leaves resources as they are of which this is so for one row: their state is the set of their rows.
  mutating func withhold<E: Error>(
    _ outcome: WriteBackStep.Outcome, where isWithheld: (WriteBackStep) throws(E) -> Bool
  ) throws(E) {
    var places: Set<Int> = []
    for entry in entries where try isWithheld(entry.step) { places.insert(entry.place) }
    for index in entries.indices where places.contains(entries[index].place) && entries[index].step.isWritten
    {
      entries[index].step.outcome = outcome
    }
  }

  /// The keys of the rows of certain steps, one array for each column; nil when there are none.
  func columns(
    of kind: VersionedKind, where isWanted: (WriteBackStep) -> Bool
  ) throws(RPCError) -> (steps: [WriteBackStep], values: [any PostgresValue])? {
    let chosen = planned.filter { isWanted($0.step) }
    if chosen.isEmpty { return nil }
    var values = kind.keys(chosen.map(\.step.id))
    try database { () throws(PostgresError) in
      for (place, column) in kind.part.enumerated() {
        values.append(try column.values(chosen.map(\.row), at: Self.firstPart + place))
      }
    }
    return (chosen.map(\.step), values)
  }
}
