import CairnAPI
import Wire

/// The part of the graph around two contexts in which the paths between them lie, gathered from both ends.
///
/// The beginning and the end are nodes of their own even where they are the same context: then a path from
/// one to the other is a cycle. Nothing leads back to the beginning or on from the end, because no path comes
/// through a context twice.
struct PathGraph {
  /// A step that can be taken.
  struct Edge {
    let head: Int
    let step: WalkStep
  }

  static let beginning = 0
  static let end = 1

  private(set) var ids: [String]
  private(set) var edges: [[Edge]] = [[], []]
  private var places: [TextKey: Int] = [:]
  private var known: Set<EdgeKey> = []
  private var forward = Side(frontier: [beginning])
  private var backward = Side(frontier: [end])
  /// Whether the beginning and the end are joined by what was gathered.
  private(set) var isJoined = false

  private struct EdgeKey: Hashable {
    let tail: Int
    let head: Int
    let kind: RelationshipKind
    let name: TextKey
    let reversed: Bool
  }

  private struct Side {
    var frontier: [Int]
    var seen: Set<Int> = []
    var depth = 0
  }

  init(from: String, to: String) { ids = [from, to] }

  /// How many steps were taken from both ends together: all paths of up to so many steps are gathered.
  var depth: Int { forward.depth + backward.depth }

  /// Whether there is nothing more to gather.
  var isExhausted: Bool { forward.frontier.isEmpty || backward.frontier.isEmpty }

  /// Whether the next step is to be taken from the beginning: it goes where the frontier is smaller.
  var goesForward: Bool { forward.frontier.count <= backward.frontier.count }

  /// The contexts from which the next step goes.
  var frontier: [String] { (goesForward ? forward : backward).frontier.map { ids[$0] } }

  /// Takes the steps that lead on from ``frontier``; those from the end go against the walk's direction.
  mutating func advance(_ steps: [WalkStep]) {
    if goesForward { advanceForward(steps) } else { advanceBackward(steps) }
  }

  private mutating func advanceForward(_ steps: [WalkStep]) {
    let from = forward.frontier
    forward.frontier = []
    forward.depth += 1
    for step in steps {
      // Back to the beginning: no path, unless that is the end, too.
      if leads(step, to: Self.beginning), !leads(step, to: Self.end) { continue }
      let head = leads(step, to: Self.end) ? Self.end : intern(step.next)
      insert(step, from: from[step.place], to: head)
      if head == Self.end || backward.seen.contains(head) { isJoined = true }
      if head != Self.end, forward.seen.insert(head).inserted { forward.frontier.append(head) }
    }
  }

  private mutating func advanceBackward(_ steps: [WalkStep]) {
    let from = backward.frontier
    backward.frontier = []
    backward.depth += 1
    for step in steps {
      if leads(step, to: Self.end), !leads(step, to: Self.beginning) { continue }
      let tail = leads(step, to: Self.beginning) ? Self.beginning : intern(step.next)
      let head = from[step.place]
      let taken = WalkStep(
        place: 0, kind: step.kind, name: step.name, next: ids[head], weight: step.weight,
        reversed: !step.reversed, matches: true)
      insert(taken, from: tail, to: head)
      if tail == Self.beginning || forward.seen.contains(tail) { isJoined = true }
      if tail != Self.beginning, backward.seen.insert(tail).inserted { backward.frontier.append(tail) }
    }
  }

  private func leads(_ step: WalkStep, to node: Int) -> Bool { step.next.hasSameBytes(as: ids[node]) }

  private mutating func intern(_ id: String) -> Int {
    if let place = places[id] { return place }
    places[id] = ids.count
    ids.append(id)
    edges.append([])
    return ids.count - 1
  }

  private mutating func insert(_ step: WalkStep, from tail: Int, to head: Int) {
    let key = EdgeKey(
      tail: tail, head: head, kind: step.kind, name: TextKey(step.name), reversed: step.reversed)
    if tail != head, known.insert(key).inserted { edges[tail].append(Edge(head: head, step: step)) }
  }

  /// How many steps each node is away from the end; nil where it cannot be reached.
  func distancesToEnd() -> [Int?] {
    var tails: [[Int]] = Array(repeating: [], count: ids.count)
    for (tail, edges) in edges.enumerated() { for edge in edges { tails[edge.head].append(tail) } }
    var distances: [Int?] = Array(repeating: nil, count: ids.count)
    distances[Self.end] = 0
    var queue = [Self.end]
    var next = 0
    while next < queue.count {
      let node = queue[next]
      next += 1
      for tail in tails[node] where distances[tail] == nil {
        distances[tail] = (distances[node] ?? 0) + 1
        queue.append(tail)
      }
    }
    return distances
  }

  /// Puts the steps from each context into the order in which paths are listed.
  mutating func sort() {
    for place in edges.indices {
      edges[place].sort { first, second in
        let (a, b) = (first.step, second.step)
        if a.kind != b.kind { return a.kind.rawValue < b.kind.rawValue }
        if !a.name.hasSameBytes(as: b.name) { return TextKey(a.name) < TextKey(b.name) }
        if !a.next.hasSameBytes(as: b.next) { return TextKey(a.next) < TextKey(b.next) }
        return !a.reversed && b.reversed
      }
    }
  }
}
