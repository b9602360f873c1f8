/// The tasks that wait for one thing. One is the rule, and costs no allocation; they all look again when they are woken.
struct Waiters {
  private var first: UnsafeContinuation<Void, Never>?
  private var others: [UnsafeContinuation<Void, Never>] = []

  mutating func add(_ continuation: UnsafeContinuation<Void, Never>) {
    if first == nil { first = continuation } else { others.append(continuation) }
  }

  mutating func wake() {
    guard let woken = first.take() else { return }
    woken.resume()
    guard !others.isEmpty else { return }
    for continuation in others { continuation.resume() }
    others = []
  }
}
