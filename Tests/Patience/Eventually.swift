import Testing

/// Waits until `condition` holds; records an issue when it does not within so many seconds, times ``patience``.
package func eventually(
  _ what: String, within seconds: Double = 20, sourceLocation: SourceLocation = #_sourceLocation,
  _ condition: () async throws -> Bool
) async throws {
  if try await holds(within: seconds, condition) { return }
  Issue.record("did not happen within \(seconds * patience) s: \(what)", sourceLocation: sourceLocation)
}

/// Waits until `condition` holds, for ten seconds times ``patience`` at most; says whether it does.
package func eventually(_ condition: () async throws -> Bool) async rethrows -> Bool {
  try await holds(within: 10, condition)
}

private func holds(within seconds: Double, _ condition: () async throws -> Bool) async rethrows -> Bool {
  let deadline = ContinuousClock.now + .seconds(seconds * patience)
  while ContinuousClock.now < deadline {
    if try await condition() { return true }
    try? await Task.sleep(for: .milliseconds(2))
  }
  return try await condition()
}
