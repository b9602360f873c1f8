import CairnAPI
import Journal
import Postgres
import Requests

/// "Which contexts match, and how well", as the beginning of a statement of `search_contexts.sql`: the CTEs `asked`
/// (language and words of the query), `bounds`, `found` (one match more than are looked at), and `considered` (the
/// newest matches with their `score` and what a filter, a facet or the weighing of memories may want). What is to be
/// done with them follows.
struct SearchMatches {
  /// Nil: everything that meets the conditions, with score 0.
  let query: SearchQuery?
  let conditions: ContextConditions
  /// What the matches must be as memories; nil: contexts of any type are looked for.
  var memory: MemoryConditions?
  /// Of memories: the query in parts of which any will do. The matches then have `ranks`, one for each of the terms
  /// looked for, in the place of a score. Nil: all of the query must be met.
  var anyOf: RecallTerms?
  /// Nothing that was created later; nil: everything.
  let newest: Int64?
  /// The moment whose contexts are searched; nil for now.
  let moment: Moment?
  /// No more matches than this are looked at.
  let limit: Int

  /// Adds the CTEs, up to and without the comma or the word that follows them.
  func add(to composition: inout Composition, in project: ProjectID) {
    composition.add("language", ["project": project.text])
    if let newest { composition.add("up_to", ["up_to": newest]) } else { composition.add("newest") }
    addQuery(to: &composition, in: project)
    composition.add("found")
    composition.add("current\(kind)")
    if memory != nil { composition.add("with_memories") }
    add(conditionsTo: &composition, in: project)
    if let moment {
      composition.add("valid_then", ["position": moment.position])
      composition.add("superseded\(kind)_then")
      add(conditionsTo: &composition, in: project)
      composition.add("superseded_valid_then")
    }
    composition.add("considered", ["more": limit + 1, "limit": limit])
  }

  /// As the names of fragments have it.
  private var kind: String { memory == nil ? "" : anyOf == nil ? "_memories" : "_memories_any" }

  private func addQuery(to composition: inout Composition, in project: ProjectID) {
    if let anyOf {
      let marks = conditions.marks(of: project) ?? ""
      composition.add(
        "asked_any",
        [
          "marks": marks, "sample": Limits.recallSample, "words": anyOf.words,
          "most_words": Limits.recallWords, "phrases": anyOf.phrases,
        ])
      if moment != nil { composition.add("asked_any_then") }
      composition.add("asked_any_end", ["terms": Limits.recallTerms, "excluded": anyOf.excluded])
    } else {
      composition.add(
        "asked",
        [
          "query": query?.tsquery ?? "", "ranking": query?.ranking ?? "",
          "nearness": query?.nearness ?? "",
        ])
    }
  }

  private func add(conditionsTo composition: inout Composition, in project: ProjectID) {
    composition.add("matching")
    if let marks = conditions.marks(of: project) { composition.add("marked", ["marks": marks]) }
    composition.add("matching_end")
    if let query {
      composition.add("any_word")
      if query.hasExclusion { composition.add("whole") }
    }
    if let moment {
      composition.add("live_then", ["time": moment.time])
    } else {
      composition.add("live")
    }
    if !conditions.statuses.isEmpty {
      composition.add("statuses", ["statuses": conditions.statuses.map { Int16($0.rawValue) }])
    }
    composition.add("created", within: conditions.created)
    composition.add("updated", within: conditions.updated)
    if let memory { add(memory, to: &composition) }
  }

  private func add(_ memory: MemoryConditions, to composition: inout Composition) {
    if !memory.kinds.isEmpty { composition.add("kinds", ["kinds": memory.kinds]) }
    if memory.minImportance > 0 { composition.add("importance", ["importance": memory.minImportance]) }
    if memory.minConfidence > 0 { composition.add("confidence", ["confidence": memory.minConfidence]) }
    if !memory.sources.isEmpty { composition.add("sources", ["sources": memory.sources]) }
    if let time = memory.validAt ?? moment?.time.microseconds {
      composition.add("valid_at", ["valid_at": time])
    } else {
      composition.add("valid_now")
    }
  }
}

extension ContextConditions {
  /// The conditions that the text index answers, as a tsquery of marks; nil when there are none.
  fileprivate func marks(of project: ProjectID) -> String? {
    func mark(_ value: some CustomStringConvertible, as kind: String) -> String {
      SearchQuery.quoted(" \(project.text)/\(kind)/\(value)")
    }
    var all = tags.map { mark($0, as: "tag") }
    if !owner.isEmpty { all.append(mark(owner, as: "owner")) }
    if !session.isEmpty { all.append(mark(session, as: "session")) }
    if !types.isEmpty {
      all.append("(" + types.map { mark($0.rawValue, as: "type") }.joined(separator: " | ") + ")")
    }
    return all.isEmpty ? nil : all.joined(separator: " & ")
  }
}
