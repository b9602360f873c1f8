import Testing

@testable import Postgres

@Suite struct ConnectionBudgetTests {
  @Test func `What is given back while a loop waits is kept for it`() {
    let budget = ConnectionBudget(maximum: 1)
    #expect(budget.take(for: 0))
    #expect(!budget.take(for: 1))
    #expect(budget.isContended)
    #expect(budget.give() == 1)
    #expect(!budget.isContended)
    // The loop that gave it back is the first to ask, before the other one has heard.
    #expect(!budget.take(for: 0))
    #expect(budget.take(for: 1))
    #expect(budget.give() == 0)
  }

  @Test func `What a loop needs no more goes to the next one that waits, or to whoever asks`() {
    let budget = ConnectionBudget(maximum: 1)
    #expect(budget.take(for: 0))
    #expect(!budget.take(for: 1))
    #expect(!budget.take(for: 2))
    #expect(budget.give() == 1)
    #expect(budget.passOn(from: 1) == 2)
    #expect(budget.passOn(from: 1) == nil)
    #expect(budget.passOn(from: 2) == nil)
    #expect(budget.take(for: 0))
  }

  @Test func `Loops that wait have their turns in the order in which they came`() {
    let budget = ConnectionBudget(maximum: 2)
    #expect(budget.take(for: 0) && budget.take(for: 0))
    for loop in [2, 1, 2, 3] { #expect(!budget.take(for: loop)) }
    #expect(budget.give() == 2)
    #expect(budget.give() == 1)
    #expect(budget.take(for: 1) && budget.take(for: 2))
    #expect(budget.give() == 3)
    #expect(budget.give() == nil)
    #expect(budget.take(for: 3) && budget.take(for: 0) && !budget.take(for: 0))
  }
}
