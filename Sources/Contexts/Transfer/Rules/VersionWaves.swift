/// In which order the former versions of several contexts are exported: the oldest of each, then the next one
/// of each, and so on. So an import can store as many at a time as there are contexts.
///
/// Pure: says what to look for, is told what was found.
struct VersionWaves: Equatable {
  /// A context, and the end of validity of the last of its versions that was found.
  struct Place: Equatable {
    let id: String
    var after: Int64
  }

  /// Those whose next version is to be looked for.
  private(set) var places: [Place]
  /// Those whose version of this wave was found.
  private var next: [Place] = []

  /// - Parameter horizon: What had ended there or before is not kept.
  init(_ ids: [String], after horizon: Int64) { places = ids.map { Place(id: $0, after: horizon) } }

  var isDone: Bool { places.isEmpty && next.isEmpty }

  /// Goes on behind what was found of the first ``places``, in their order. Those that were passed over have
  /// no more.
  ///
  /// - Parameter isWhole: False when the answer ended early: behind the last one found there may be more.
  mutating func found(_ versions: [(place: Int, end: Int64)], isWhole: Bool) {
    for (place, end) in versions { next.append(Place(id: places[place].id, after: end)) }
    places = isWhole ? [] : Array(places.dropFirst((versions.last?.place ?? 0) + 1))
    if places.isEmpty { (places, next) = (next, []) }
  }
}
