import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import Wire

/// Whether containments that are written back would, with those stored now, make a context contain itself.
struct ContainmentCheck {
  /// A containment from one moment until before another one, in microseconds.
  private struct Span {
    let key: RelationshipKey
    let from: Int64
    let to: Int64
  }

  /// The containments stored now of all contexts that contain one of the sources.
  private var present: [Span] = []
  /// What is to be there, of the resources that are written.
  private var former: [Span] = []
  private let written: Set<TextKey>

  /// What contains the sources of containments.
  static func looks(_ ids: [String], in project: ProjectID) -> [BoundStatement] {
    let sources = ids.compactMap { RelationshipKey(text: $0) }.filter { $0.kind == .contains }.map(\.source)
    if sources.isEmpty { return [] }
    return [
      RelationshipQueries.containers.bind(
        (project, Set<TextKey>(of: sources).sortedTexts, .negativeInfinity, Limits.containers + 1))
    ]
  }

  /// Nil when no containments are written back.
  init?(_ rows: [PlannedRow], _ looks: [Rows]) throws(RPCError) {
    guard let look = looks.first else { return nil }
    if look.count > Limits.containers { throw .tooManyContainers }
    let written = Set(rows.filter(\.step.isWritten).map { TextKey($0.step.id) })
    self.written = written
    try database { () throws(PostgresError) in
      let found = try RelationshipQueries.containers.results(look)
      let columns = found.columns
      for row in found.rows {
        present.append(
          Span(
            key: RelationshipKey(
              source: try row.decode(columns.source), kind: .contains, name: "",
              target: try row.decode(columns.target)),
            from: try row.decode(columns.validFrom).microseconds,
            to: try row.decode(columns.validTo).microseconds))
      }
      for row in rows where written.contains(TextKey(row.step.id)) && row.step.outcome != .removed {
        guard let key = RelationshipKey(text: row.step.id), key.kind == .contains else { continue }
        former.append(
          Span(
            key: key, from: try row.decode(1, as: PostgresTimestamp.self).microseconds,
            to: try row.decode(0, as: PostgresTimestamp.self).microseconds))
      }
    }
  }

  /// Those that would close a loop. What is refused stays as it is, which may be in the way of others: then none is
  /// written.
  var refused: Set<TextKey> {
    let refused = closing(besides: [])
    if refused.isEmpty || closing(besides: refused).isEmpty { return refused }
    return Set(former.map { TextKey($0.key.text) })
  }

  /// - Parameter kept: Resources that stay as they are.
  private func closing(besides kept: Set<TextKey>) -> Set<TextKey> {
    let replaced = written.subtracting(kept)
    var containment = Containment()
    for span in present where !replaced.contains(TextKey(span.key.text)) {
      containment.insert(span.key.target, in: span.key.source, from: span.from, to: span.to)
    }
    var closing: Set<TextKey> = []
    for span in former {
      let id = TextKey(span.key.text)
      guard !kept.contains(id), !closing.contains(id) else { continue }
      let (source, target) = (span.key.source, span.key.target)
      if containment.loop(closing: source, target, from: span.from, to: span.to) != nil {
        closing.insert(id)
      } else {
        containment.insert(target, in: source, from: span.from, to: span.to)
      }
    }
    return closing
  }
}
