import CairnAPI
import Wire

/// What `cairn session tree` shows of a family.
///
/// ```
/// review  broken  12 events  Repair the parser
/// ├─ try-a  completed  fork at 7, 19 events
/// │  └─ try-b  working  fork at 15, 16 events
/// └─ docs  working  part, 3 events
/// ```
enum SessionTreeText {
  /// Generations that are shown by their indentation; those below stand under the last of them.
  private static let deepest = 60

  /// - Parameters:
  ///   - nodes: Each after its parent. One without a parent among them is a root.
  ///   - marked: The id of the session that was asked for.
  static func lines(
    _ nodes: [SessionTreeNode], marking marked: String, now: WellKnown.Timestamp, _ style: TextStyle
  ) -> [String] {
    var places: [TextKey: Int] = [:]
    for (place, node) in nodes.enumerated() { places[TextKey(node.id)] = place }
    var children: [Int: [Int]] = [:]
    var roots: [Int] = []
    for (place, node) in nodes.enumerated() {
      if let parent = places[TextKey(node.parent)], parent < place {
        children[parent, default: []].append(place)
      } else {
        roots.append(place)
      }
    }
    var lines: [String] = []
    // What is still to be shown, the next last: a family may be deeper than the stack is high.
    var open = roots.reversed().map { Branch(place: $0, stem: "", mark: "", depth: 0) }
    while let branch = open.popLast() {
      let node = nodes[branch.place]
      lines.append(
        style.paint(branch.stem + branch.mark, .faint)
          + text(node, isMarked: node.id.hasSameBytes(as: marked), now, style))
      let below = children[branch.place] ?? []
      let isDeepest = branch.depth == deepest
      let stem = isDeepest ? branch.stem : branch.stem + branch.continuation
      for (index, place) in below.enumerated().reversed() {
        open.append(
          Branch(
            place: place, stem: stem, mark: index == below.count - 1 ? "└─ " : "├─ ",
            depth: branch.depth + (isDeepest ? 0 : 1)))
      }
    }
    return lines
  }

  /// A session that is to be shown, and what stands before it.
  private struct Branch {
    let place: Int
    let stem: String
    let mark: String
    let depth: Int

    /// What stands under its mark, before its children.
    var continuation: String {
      switch mark {
      case "": ""
      case "└─ ": "   "
      default: "│  "
      }
    }
  }

  private static func text(
    _ node: SessionTreeNode, isMarked: Bool, _ now: WellKnown.Timestamp, _ style: TextStyle
  ) -> String {
    let standing = SessionStanding(Session(node), now: now)
    let parts = [
      style.paint(SafeText.line(node.id), isMarked ? .bold : nil) + (isMarked ? " ◀" : ""),
      style.paint(standing.word, standing.colour), relation(node), SafeText.line(node.title, columns: 60),
    ]
    return parts.filter { !$0.isEmpty }.joined(separator: "  ")
  }

  /// `fork at 7, 19 events`
  private static func relation(_ node: SessionTreeNode) -> String {
    let events = node.lastSequence == 1 ? "1 event" : "\(node.lastSequence) events"
    if let sequence = node.forkSequence { return "fork at \(sequence), \(events)" }
    return node.parent.isEmpty ? events : "part, \(events)"
  }
}

extension Session {
  /// What is known of it as a member of a family.
  fileprivate init(_ node: SessionTreeNode) {
    self.init()
    id = node.id
    state = node.state
    outcome = node.outcome
    expireTime = node.expireTime
    deleteTime = node.deleteTime
  }
}
