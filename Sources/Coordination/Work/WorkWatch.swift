import CairnAPI
import EventLoop
import GRPC
import Journal
import Synchronization
import Wire

/// Hears what other servers do with the agents that have streams here, and rings for them: one watcher for each project that has
/// some. What this server does itself it rings for at once; so this one rings only for what a stream has not seen.
final class WorkWatch: Sendable {
  /// An agent with a stream here.
  final class Presence: Sendable {
    /// The epoch of the last task that it was sent.
    let seen = Atomic<Int64>(0)
  }

  private struct Watched {
    /// Of one agent there may be two for a moment, of which one replaces the other.
    var agents: [TextKey: [Presence]] = [:]
    var task: Task<Void, Never>?
  }

  private let feed: Feed<CoordinationEventRow>
  private let wakes: Wakes
  private let projects = Mutex<[ProjectID: Watched]>([:])
  private let loop = Mutex<EventLoop?>(nil)

  /// How long after a failure a feed is opened again.
  private static let pause = Duration.seconds(1)

  init(_ feed: Feed<CoordinationEventRow>, _ wakes: Wakes) {
    self.feed = feed
    self.wakes = wakes
  }

  /// - Parameter loop: Where it works.
  func start(on loop: EventLoop) { self.loop.withLock { $0 = loop } }

  /// An agent opens a stream. From any thread.
  func enter(_ agent: AgentID) -> Presence {
    let presence = Presence()
    projects.withLock { projects in
      projects[agent.project, default: Watched()].agents[agent.agent, default: []].append(presence)
      guard projects[agent.project]?.task == nil, let loop = loop.withLock({ $0 }) else { return }
      let project = agent.project
      projects[project]?.task = Task(executorPreference: loop) { [self] in await watch(project, on: loop) }
    }
    return presence
  }

  /// Its stream ends.
  func leave(_ agent: AgentID, _ presence: Presence) {
    projects.withLock { projects in
      projects[agent.project]?.agents[agent.agent]?.removeAll { $0 === presence }
      if projects[agent.project]?.agents[agent.agent]?.isEmpty == true {
        projects[agent.project]?.agents[agent.agent] = nil
      }
      guard projects[agent.project]?.agents.isEmpty == true else { return }
      projects.removeValue(forKey: agent.project)?.task?.cancel()
    }
  }

  private func watch(_ project: ProjectID, on loop: EventLoop) async {
    while !Task.isCancelled {
      do throws(RPCError) {
        let stream = try await feed.watch(FeedTopic(project), from: .now, on: loop, matching: Self.concerns)
        // What happened before it was opened.
        for agent in projects.withLock({ Array($0[project]?.agents.keys ?? [:].keys) }) {
          wakes.ring(.agent(project, agent))
        }
        while true {
          for case .row(let row) in try await stream.next(atMost: 100) { tell(row) }
        }
      } catch {
        guard !Task.isCancelled, error.reason != .shuttingDown else { return }
        try? await loop.sleep(for: Self.pause)
      }
    }
  }

  /// Whether it may concern an agent otherwise than by its own word.
  private static func concerns(_ row: CoordinationEventRow) -> Bool {
    switch row.type {
    case .taskAssigned, .taskRetried, .taskFailed, .taskCancelled, .taskReleased, .agentRegistered,
      .agentUnregistered, .recoveryAttempted, .handoffInitiated, .handoffAccepted, .handoffRejected:
      true
    default: false
    }
  }

  private func tell(_ row: CoordinationEventRow) {
    guard let event = try? row.event() else { return }
    let agent = TextKey(event.agent)
    guard let present = projects.withLock({ $0[row.project]?.agents[agent] }) else { return }
    let isKnown =
      row.type == .taskAssigned
      && present.allSatisfy { $0.seen.load(ordering: .relaxed) >= row.position }
    if !isKnown { wakes.ring(.agent(row.project, agent)) }
  }
}
