import Journal
import Postgres

/// The texts of one write, and when their words are made: with it where they are short, else after its commit.
///
/// A write whose transaction has its id holds back every feed. The words of a text of 95 KB take 20 ms or more.
struct WrittenTexts {
  /// Bytes of a text whose words are made after the write; `context_text_make` says the same.
  private static let longText = 16 << 10
  /// Bytes of all texts of a write after which the words of none are made in it.
  private static let manyTexts = 64 << 10

  /// Of the contexts whose words are still to be made after the write.
  private(set) var unfinished: [String] = []
  private(set) var bytes = 0

  /// - Parameter texts: The ids of the contexts written, with the bytes of their contents; 0 where no text changes.
  init(_ texts: [(id: String, bytes: Int)]) {
    bytes = texts.reduce(0) { $0 + $1.bytes }
    let isMuch = bytes > Self.manyTexts
    unfinished = texts.filter { $0.bytes > (isMuch ? 0 : Self.longText) }.map(\.id)
  }

  /// Of one context. Costs nothing where the text is short.
  init(id: String, bytes: Int) {
    self.bytes = bytes
    if bytes > Self.longText { unfinished = [id] }
  }

  /// Of contexts whose texts were all left for after the write.
  init(deferred ids: [String]) {
    unfinished = ids
    bytes = Self.manyTexts + 1
  }

  /// The statement that goes before those of the write and defers all words. A write that is taken back makes none.
  func deferral(_ scope: CallScope) -> [BoundStatement] {
    bytes > Self.manyTexts || scope.effect == .takenBack ? [ContextQueries.deferWords.bind()] : []
  }
}
