import CairnAPI
import Wire

/// One relationship that a walk can take from where it stands.
struct WalkStep: Equatable {
  /// Which of the contexts asked for it leads on from.
  let place: Int
  let kind: RelationshipKind
  let name: String
  /// Where it leads.
  let next: String
  let weight: Double
  /// Whether it is taken against its direction.
  let reversed: Bool
  /// Whether the context that it leads to is one of those wanted.
  let matches: Bool
}

/// A walk, breadth first: every context once, with the first of the shortest ways to it.
///
/// Pure: takes the steps that lead on from the frontier, and says what the next frontier is.
struct BreadthFirstWalk {
  private struct Node {
    let id: String
    /// Where it was reached from, and how; the start has neither.
    let parent: Int
    let step: WalkStep?
    let depth: Int
  }

  private var nodes: [Node]
  private var known: Set<TextKey>
  private var frontierNodes: Range<Int>
  private var blocked: Set<Int> = []
  private(set) var depth = 0
  /// The wanted contexts in the order in which they were reached.
  private(set) var hits: [Int] = []
  private let onlyThroughMatching: Bool

  init(from start: [String], onlyThroughMatching: Bool) {
    nodes = start.map { Node(id: $0, parent: -1, step: nil, depth: 0) }
    known = Set(of: start)
    frontierNodes = 0..<start.count
    self.onlyThroughMatching = onlyThroughMatching
    startCount = start.count
  }

  private let startCount: Int

  /// How many contexts were reached, the start excluded.
  var reached: Int { nodes.count - startCount }

  /// The contexts from which the walk goes on.
  var frontier: [String] { passable.map { nodes[$0].id } }

  private var passable: [Int] { frontierNodes.filter { !blocked.contains($0) } }

  /// Takes the steps that lead on from ``frontier``, ordered by their places in it.
  mutating func advance(_ steps: [WalkStep]) {
    let from = passable
    depth += 1
    let first = nodes.count
    for step in steps where known.add(step.next) {
      if step.matches {
        hits.append(nodes.count)
      } else if onlyThroughMatching {
        blocked.insert(nodes.count)
      }
      nodes.append(Node(id: step.next, parent: from[step.place], step: step, depth: depth))
    }
    frontierNodes = first..<nodes.count
  }

  /// The contexts that the last step reached.
  var latest: [String] { frontierNodes.map { nodes[$0].id } }

  /// Forgets those of ``latest`` that are not at these places: they are not there. All of them were hits.
  mutating func keepLatest(_ places: Set<Int>) {
    let kept = nodes[frontierNodes].enumerated().filter { places.contains($0.offset) }.map(\.element)
    hits.removeAll { $0 >= frontierNodes.lowerBound }
    nodes.replaceSubrange(frontierNodes, with: kept)
    frontierNodes = frontierNodes.lowerBound..<nodes.count
    hits += frontierNodes
  }

  func id(of hit: Int) -> String { nodes[hit].id }

  func depth(of hit: Int) -> Int { nodes[hit].depth }

  /// The steps from the start to a hit.
  func path(to hit: Int) -> [PathStep] {
    var path: [PathStep] = []
    var place = hit
    while let step = nodes[place].step {
      let parent = nodes[place].parent
      path.append(PathStep(step, from: nodes[parent].id))
      place = parent
    }
    return path.reversed()
  }
}

extension BreadthFirstWalk {
  /// Bytes of the path to a hit in a message, at most.
  func pathSizeBound(to hit: Int) -> Int {
    var size = 16
    var place = hit
    while let step = nodes[place].step {
      let parent = nodes[place].parent
      size += nodes[place].id.utf8.count + nodes[parent].id.utf8.count + step.name.utf8.count + 40
      place = parent
    }
    return size
  }
}

extension PathStep {
  init(_ step: WalkStep, from place: String) {
    self.init()
    source = step.reversed ? step.next : place
    target = step.reversed ? place : step.next
    kind = step.kind
    name = step.name
    weight = step.weight
    reversed = step.reversed
  }
}
