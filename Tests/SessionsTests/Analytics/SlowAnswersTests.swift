import EventLoop
import Testing

@testable import Sessions

/// For how long an answer is given again: `(what it took, how long ago it was found, whether it is given again)`, in
/// milliseconds.
@Suite struct SlowAnswersTests {
  @Test(
    "an answer is given again for twenty times what it took, a quick one never",
    arguments: [
      (0, 0, false), (250, 1, false), (251, 0, true), (300, 5_999, true), (300, 6_000, false),
      (3_000, 59_999, true), (3_000, 60_000, false),
    ])
  func memory(took: Int64, age: Int64, isGiven: Bool) {
    var answers = SlowAnswers<String, Int>()
    answers.found(7, for: "a", from: at(1_000), to: at(1_000 + took))
    #expect(answers.answer(to: "a", at: at(1_000 + took + age)) == (isGiven ? 7 : nil))
    #expect(answers.answer(to: "b", at: at(1_000 + took)) == nil)
  }

  @Test("what is too old to be given is forgotten with the next answer")
  func forgotten() {
    var answers = SlowAnswers<String, Int>()
    for number in 0..<100 {
      answers.found(
        number, for: "\(number)", from: at(Int64(number) * 10_000), to: at(Int64(number) * 10_000 + 400))
      #expect(answers.count == 1)
    }
  }

  private func at(_ milliseconds: Int64) -> Instant { Instant(nanoseconds: milliseconds * 1_000_000) }
}
