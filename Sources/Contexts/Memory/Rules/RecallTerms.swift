import CairnAPI
import Requests

/// What a recall looks for where any of the terms will do: a question, or notes on what is wanted.
struct RecallTerms: Equatable {
  /// Single words, as one text: PostgreSQL makes words of it, and each counts for itself.
  let words: String
  /// Phrases and prefixes, each as a tsquery.
  let phrases: [String]
  /// What must not be there, as a tsquery; empty: nothing.
  let excluded: String

  init(_ query: SearchQuery) {
    let terms = query.groups.joined().filter { !$0.isExcluded }
    words = terms.filter(\.isWord).map(\.text).joined(separator: " ")
    phrases = terms.filter { !$0.isWord }.map(\.tsquery)
    excluded = SearchQuery.tsquery(of: query.groups.filter { $0.allSatisfy(\.isExcluded) })
  }

  /// Terms of a query that are counted: not the single words, of which there may be any number.
  static func countedTerms(of query: SearchQuery) -> Int {
    query.groups.joined().count { $0.isExcluded || !$0.isWord }
  }
}

extension SearchQuery.Term {
  fileprivate var isWord: Bool { !isPhrase && !isPrefix }
}

extension Limits {
  /// Characters of a recall's query.
  static let recallQueryLength = 4_096
  /// Different words of a query that are looked at for how rare they are, the longest.
  static let recallWords = 128
  /// Words, phrases and prefixes that are looked for, the rarest. No more than `recall_memories.sql` adds up.
  static let recallTerms = 12
  /// Memories, some of the newest, that tell how common words are.
  static let recallSample = 256
  /// Memories weighed, the newest, among which those are counted that have a word.
  static let recallCounted = 2_000
}

extension Violations {
  /// A query of which any term will do; nil for no text.
  mutating func recallQuery(_ text: String, at field: String) -> SearchQuery? {
    searchQuery(text, at: field, atMost: Limits.recallQueryLength, counting: RecallTerms.countedTerms)
  }
}
