import CairnAPI
import Wire

/// The paths of a graph from its beginning to its end: the shorter ones first, those of the same length in
/// the order of their steps.
///
/// Pure, and done in portions, because there may be more paths than anybody has time for.
struct PathEnumeration {
  private let graph: PathGraph
  private let distances: [Int?]
  private let limit: Int
  private let lengths: ClosedRange<Int>
  private var length: Int
  /// For each step of the way so far, which edge of its node was taken last.
  private var taken: [Int] = []
  /// The nodes of the way so far.
  private var nodes = [PathGraph.beginning]
  private var isOnWay: [Bool]
  /// Where the last portion stopped among the edges of its node.
  private var resume = 0
  private(set) var paths: [Path] = []
  /// There are more paths than were asked for.
  private(set) var isTruncated = false
  private(set) var isOver = false

  /// - Parameter longest: How many steps a path may have; with `shortestOnly`, only the shortest have so few.
  init(_ graph: PathGraph, longest: Int, shortestOnly: Bool, limit: Int) {
    self.graph = graph
    self.limit = limit
    distances = graph.distancesToEnd()
    isOnWay = Array(repeating: false, count: graph.ids.count)
    let shortest = distances[PathGraph.beginning] ?? .max
    length = shortest
    if shortest <= longest {
      lengths = shortest...(shortestOnly ? shortest : longest)
    } else {
      lengths = 0...0
      isOver = true
    }
  }

  /// Tries up to so many steps.
  mutating func run(steps: Int) {
    var left = steps
    var next = resume
    while left > 0, !isOver {
      left -= 1
      let node = nodes[nodes.count - 1]
      let rest = length - taken.count
      if let edge = nextEdge(of: node, from: next, rest: rest) {
        taken.append(edge)
        let head = graph.edges[node][edge].head
        if head == PathGraph.end {
          deliver()
          next = takeBack()
        } else {
          nodes.append(head)
          isOnWay[head] = true
          next = 0
        }
      } else if taken.isEmpty {
        finishLength()
        next = 0
      } else {
        isOnWay[node] = false
        nodes.removeLast()
        next = takeBack()
      }
    }
    resume = next
  }

  /// The first edge from a place on that can be on a path of the present length.
  private func nextEdge(of node: Int, from place: Int, rest: Int) -> Int? {
    guard rest > 0 else { return nil }
    let edges = graph.edges[node]
    var place = place
    while place < edges.count {
      let head = edges[place].head
      if let distance = distances[head], distance <= rest - 1, !isOnWay[head],
        head != PathGraph.end || rest == 1, !goesBack(edges[place])
      {
        return place
      }
      place += 1
    }
    return nil
  }

  /// Whether the step takes the very relationship again that the way began with: no cycle.
  private func goesBack(_ edge: PathGraph.Edge) -> Bool {
    guard edge.head == PathGraph.end, taken.count == 1,
      graph.ids[PathGraph.beginning].hasSameBytes(as: graph.ids[PathGraph.end])
    else { return false }
    let first = graph.edges[PathGraph.beginning][taken[0]].step
    return first.kind == edge.step.kind && first.name.hasSameBytes(as: edge.step.name)
      && first.reversed != edge.step.reversed
  }

  /// Goes back one step; returns the edge to try next.
  private mutating func takeBack() -> Int { taken.removeLast() + 1 }

  private mutating func finishLength() {
    length += 1
    if length > lengths.upperBound { isOver = true }
  }

  private mutating func deliver() {
    if paths.count == limit {
      isTruncated = true
      isOver = true
      return
    }
    var path = Path()
    for (place, edge) in taken.enumerated() {
      let node = nodes[place]
      let step = PathStep(graph.edges[node][edge].step, from: graph.ids[node])
      path.steps.append(step)
      path.weight += step.weight
    }
    paths.append(path)
  }
}
