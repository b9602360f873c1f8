import Testing

@testable import Contexts

@Suite("The waves of former versions in an export")
struct VersionWavesTests {
  /// Ends of validity by id, of contexts that are exported together.
  static let histories: [[String: [Int64]]] = [
    [:], ["a": []], ["a": [5]], ["a": [5, 9, 12], "b": [], "c": [7], "d": [1, 2]],
    ["a": [1], "b": [1], "c": [1]], ["x": [3, 4, 5, 6, 7, 8]],
  ]

  @Test(
    "every version comes once, those of a context in order, and no context twice in a wave",
    arguments: histories, [1, 2, 3, 100])
  func order(history: [String: [Int64]], most: Int) {
    var waves = VersionWaves(history.keys.sorted(), after: 0)
    var sent: [String: [Int64]] = [:]
    var rounds = 0
    while !waves.isDone, rounds < 100 {
      rounds += 1
      // What the database would answer, ended early at `most`.
      let all = waves.places.enumerated().compactMap { index, place in
        history[place.id]?.first { $0 > place.after }.map { (place: index, end: $0) }
      }
      let answer = Array(all.prefix(most))
      #expect(Set(waves.places.map(\.id)).count == waves.places.count)
      for (place, end) in answer { sent[waves.places[place].id, default: []].append(end) }
      waves.found(answer, isWhole: answer.count == all.count)
    }
    #expect(waves.isDone)
    #expect(sent == history.filter { !$0.value.isEmpty })
  }

  @Test("contexts without history cost one look")
  func nothing() {
    var waves = VersionWaves(["a", "b"], after: 0)
    waves.found([], isWhole: true)
    #expect(waves.isDone)
    #expect(VersionWaves([], after: 0).isDone)
  }
}
