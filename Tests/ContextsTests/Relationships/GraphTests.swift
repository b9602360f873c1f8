import CairnAPI
import Testing

@testable import Contexts

/// A step from one of the contexts asked for.
private func step(
  _ place: Int, _ next: String, _ kind: RelationshipKind = .relatesTo, reversed: Bool = false,
  matches: Bool = true
) -> WalkStep {
  WalkStep(place: place, kind: kind, name: "", next: next, weight: 1, reversed: reversed, matches: matches)
}

@Suite struct BreadthFirstWalkTests {
  @Test("each context is reached once, by the first of the shortest ways")
  func once() {
    var walk = BreadthFirstWalk(from: ["s"], onlyThroughMatching: false)
    #expect(walk.frontier == ["s"])
    walk.advance([step(0, "a"), step(0, "b"), step(0, "a", .follows), step(0, "s")])
    #expect(walk.frontier == ["a", "b"] && walk.reached == 2)
    walk.advance([step(0, "c"), step(0, "b"), step(1, "c"), step(1, "d", reversed: true)])
    #expect(walk.frontier == ["c", "d"])
    #expect(walk.hits.map { walk.id(of: $0) } == ["a", "b", "c", "d"])
    #expect(walk.hits.map { walk.depth(of: $0) } == [1, 1, 2, 2])
    let path = walk.path(to: walk.hits[3])
    #expect(path.map(\.source) == ["s", "d"] && path.map(\.target) == ["b", "b"])
    #expect(path.map(\.reversed) == [false, true])
    walk.advance([])
    #expect(walk.frontier.isEmpty && walk.depth == 3)
  }

  @Test("what does not match is walked through, unless that is not wanted")
  func matching() {
    for only in [false, true] {
      var walk = BreadthFirstWalk(from: ["s"], onlyThroughMatching: only)
      walk.advance([step(0, "a", matches: false), step(0, "b")])
      #expect(walk.frontier == (only ? ["b"] : ["a", "b"]))
      walk.advance([step(0, "c")])
      #expect(walk.path(to: walk.hits[1]).map(\.source) == ["s", only ? "b" : "a"])
      #expect(walk.hits.map { walk.id(of: $0) } == ["b", "c"] && walk.reached == 3)
    }
  }
}

extension BreadthFirstWalkTests {
  @Test("of the contexts that the last step reached, those that are there are kept")
  func latest() {
    var walk = BreadthFirstWalk(from: ["s"], onlyThroughMatching: false)
    walk.advance([step(0, "a"), step(0, "b")])
    walk.advance([step(0, "c"), step(0, "d"), step(1, "e")])
    #expect(walk.latest == ["c", "d", "e"])
    walk.keepLatest([0, 2])
    #expect(walk.latest == ["c", "e"] && walk.reached == 4)
    #expect(walk.hits.map { walk.id(of: $0) } == ["a", "b", "c", "e"])
    #expect(walk.path(to: walk.hits[3]).map(\.source) == ["s", "b"])
    walk.keepLatest([])
    #expect(walk.latest == [] && walk.frontier == [] && walk.hits.count == 2 && walk.reached == 2)
  }
}

@Suite struct PathTests {
  /// A graph of directed edges such as `ab`, walked as the store does it.
  private func paths(
    _ edges: [String], _ from: String, _ to: String, longest: Int = 6, shortestOnly: Bool = false,
    limit: Int = 100, portion: Int = 3
  ) -> (paths: [String], isTruncated: Bool) {
    var graph = PathGraph(from: from, to: to)
    while graph.depth < longest, !graph.isExhausted, !(shortestOnly && graph.isJoined) {
      let forward = graph.goesForward
      var steps: [WalkStep] = []
      for (place, id) in graph.frontier.enumerated() {
        for edge in edges {
          let (tail, head) = (String(edge.first!), String(edge.last!))
          if forward, tail == id { steps.append(step(place, head)) }
          if !forward, head == id { steps.append(step(place, tail, reversed: true)) }
        }
      }
      graph.advance(steps)
    }
    graph.sort()
    var enumeration = PathEnumeration(graph, longest: longest, shortestOnly: shortestOnly, limit: limit)
    while !enumeration.isOver { enumeration.run(steps: portion) }
    return (enumeration.paths.map { from + $0.steps.map(\.target).joined() }, enumeration.isTruncated)
  }

  @Test(
    "paths come the shorter ones first, then in the order of their steps",
    arguments: [
      (["ab"], "a", "b", ["ab"]),
      (["ab"], "b", "a", []),
      (["ab", "bc", "ac"], "a", "c", ["ac", "abc"]),
      (["ab", "bd", "ac", "cd", "bc"], "a", "d", ["abd", "acd", "abcd"]),
      (["ab", "ba", "bc"], "a", "c", ["abc"]),
      (["ab", "bc", "ca"], "a", "a", ["abca"]),
      (["ab", "ba", "bc", "ca", "aa"], "a", "a", ["aa", "aba", "abca"]),
      ([], "a", "a", []),
    ] as [([String], String, String, [String])])
  func order(_ edges: [String], _ from: String, _ to: String, _ expected: [String]) {
    for portion in [1, 2, 1_000] { #expect(paths(edges, from, to, portion: portion).paths == expected) }
    let shortest = expected.filter { $0.count == expected[0].count }
    #expect(paths(edges, from, to, shortestOnly: true).paths == shortest)
  }

  @Test("paths are bounded by their length and their number")
  func bounds() {
    let edges = ["ab", "bc", "cd", "ac", "bd", "ad"]
    #expect(paths(edges, "a", "d").paths == ["ad", "abd", "acd", "abcd"])
    #expect(paths(edges, "a", "d", longest: 2).paths == ["ad", "abd", "acd"])
    let two = paths(edges, "a", "d", limit: 2)
    #expect(two.paths == ["ad", "abd"] && two.isTruncated)
    #expect(!paths(edges, "a", "d", limit: 4).isTruncated)
  }

  @Test("an undirected cycle does not go back along the relationship that it came by")
  func undirected() {
    var graph = PathGraph(from: "a", to: "a")
    graph.advance([step(0, "b")])
    graph.advance([step(0, "b")])
    graph.sort()
    var enumeration = PathEnumeration(graph, longest: 2, shortestOnly: false, limit: 10)
    enumeration.run(steps: 1_000)
    #expect(enumeration.isOver && enumeration.paths.isEmpty)
  }
}
