import EventLoop

/// Answers that took long to find out, given again for a while: so what many ask, again and again, costs no more than a
/// twentieth of the time. Pure.
struct SlowAnswers<Key: Hashable, Value> {
  private struct Answer {
    let value: Value
    let until: Instant
  }

  /// Those that took no longer are found out anew each time.
  static var quick: Duration { .milliseconds(250) }
  /// For how long an answer is given again, in times of what it took.
  static var memory: Int { 20 }

  private var answers: [Key: Answer] = [:]

  var count: Int { answers.count }

  /// Nil when there is none that may be given again.
  func answer(to key: Key, at now: Instant) -> Value? {
    guard let answer = answers[key], now < answer.until else { return nil }
    return answer.value
  }

  /// Keeps what took from `start` to `now`, if that was long.
  mutating func found(_ value: Value, for key: Key, from start: Instant, to now: Instant) {
    answers = answers.filter { now < $0.value.until }
    let took = now - start
    if took > Self.quick { answers[key] = Answer(value: value, until: now + took * Self.memory) }
  }
}
