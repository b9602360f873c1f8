import CairnAPI
import Testing

@testable import Coordination

@Suite struct TaskRetryTests {
  private static func retry(
    initial: Int64 = 1_000_000, longest: Int64 = 300_000_000, multiplier: Double = 2, jitter: Double = 0,
    attempts: Int32 = 3, final: [String] = []
  ) -> TaskRetry {
    TaskRetry(
      maxAttempts: attempts, initialBackoff: initial, maxBackoff: longest, multiplier: multiplier,
      jitter: jitter, finalReasons: final)
  }

  @Test("each wait is longer than the one before, up to the longest")
  func waits() {
    let retry = Self.retry()
    #expect((1...5).map { retry.backoff(after: $0, chance: 1) } == [1, 2, 4, 8, 16].map { $0 * 1_000_000 })
    #expect(retry.backoff(after: 10, chance: 1) == 300_000_000)
    #expect(retry.backoff(after: 0, chance: 1) == 1_000_000)
    #expect(Self.retry(multiplier: 100).backoff(after: 1_000, chance: 0) == 300_000_000)
    #expect(Self.retry(initial: 0).backoff(after: 1_000, chance: 0) == 0)
    #expect(Self.retry(initial: 5_000_000, longest: 1_000_000).backoff(after: 1, chance: 0) == 1_000_000)
  }

  @Test("chance shortens a wait by up to its jitter")
  func jitter() {
    let retry = Self.retry(jitter: 0.5)
    #expect(retry.backoff(after: 2, chance: 0) == 2_000_000)
    #expect(retry.backoff(after: 2, chance: 0.5) == 1_500_000)
    #expect(retry.backoff(after: 2, chance: 1) == 1_000_000)
    #expect(Self.retry(jitter: 1).backoff(after: 9, chance: 1) == 0)
  }

  @Test("there is another attempt as long as there may be, and not after a final reason")
  func attempts() {
    let retry = Self.retry(final: ["bad", "é"])
    #expect(retry.allows(after: 1, reason: "flaky"))
    #expect(retry.allows(after: 2, reason: ""))
    #expect(!retry.allows(after: 3, reason: "flaky"))
    #expect(!retry.allows(after: 1, reason: "bad"))
    // Reasons are told apart by their bytes.
    #expect(retry.allows(after: 1, reason: "e\u{301}"))
  }

  @Test("a policy comes back as it was stored")
  func policy() {
    let retry = Self.retry(initial: 1, longest: 7, multiplier: 1.5, jitter: 0.25, attempts: 9, final: ["x"])
    #expect(TaskRetry(retry.policy) == retry)
  }
}
