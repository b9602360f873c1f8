import EventLoop
import GRPC
import Journal
import Postgres
import Synchronization
import Wire

/// Gives out tasks as soon as there are some, and agents with room: rung after the commit of whatever may have made that so, and
/// now and then without. Each server does it for what its own calls commit; the dispatch lock lets one of them at a time.
///
/// Of a project one round at a time is under way here, so what comes meanwhile is given out together.
final class Dispatcher: Sendable {
  private let store: CoordinationStore
  private let loop: EventLoop
  private let state = Mutex(State())
  private let sweep: Duty

  private struct State {
    /// The projects for which rounds are under way, and whether another one is wanted.
    var running: [ProjectID: Bool] = [:]
    var isStopped = false
  }

  /// - Parameter loop: Where it works.
  init(_ store: CoordinationStore, on loop: EventLoop) {
    self.store = store
    self.loop = loop
    sweep = Duty(
      "coordination.dispatch", journal: store.journal, on: loop, every: store.configuration.sweepInterval
    ) { duty in
      do throws(RPCError) {
        let projects = try await database { () async throws(PostgresError) in
          try await store.pool.read(DispatchQueries.projects, ()).values().compactMap { ProjectID($0) }
        }
        for project in projects where await duty.mayGoOn() { store.wakes.ring(.dispatch(project)) }
      } catch {
        store.configuration.warn("looking for tasks to give out failed: \(error.message)")
      }
    }
  }

  func start() {
    store.wakes.onDispatch { [weak self] project in self?.nudge(project) }
    sweep.start()
  }

  /// Ends after the rounds under way. Before the pool is closed.
  func stop() async {
    state.withLock { $0.isStopped = true }
    await sweep.stop()
    while state.withLock({ !$0.running.isEmpty }) {
      guard (try? await loop.sleep(for: .milliseconds(1))) != nil else { return }
    }
  }

  /// Something may be given out. From any thread.
  private func nudge(_ project: ProjectID) {
    let starts = state.withLock { state in
      if state.isStopped { return false }
      return state.running.updateValue(true, forKey: project) == nil
    }
    if starts { loop.execute { [self] in loop.startTask { [self] in await run(project) } } }
  }

  private func run(_ project: ProjectID) async {
    var lane: [UInt8] = []
    var isCut = false
    while isCut || wantsRound(project) {
      do throws(RPCError) {
        let round = try await store.dispatch(in: project, after: lane)
        for agent in round.agents { store.wakes.ring(.agent(project, TextKey(agent))) }
        (lane, isCut) = (round.nextLane, round.isCut && !isStopped)
        if let wait = round.wait { again(project, after: wait) }
      } catch {
        // What nobody was given is found by the sweep.
        (lane, isCut) = ([], false)
        store.configuration.warn("giving out tasks of project \(project) failed: \(error.message)")
      }
    }
  }

  private var isStopped: Bool { state.withLock { $0.isStopped } }

  /// Takes the wish for another round; without one the project is done with.
  private func wantsRound(_ project: ProjectID) -> Bool {
    state.withLock { state in
      if state.running[project] == true, !state.isStopped {
        state.running[project] = false
        return true
      }
      state.running[project] = nil
      return false
    }
  }

  private func again(_ project: ProjectID, after wait: Duration) {
    loop.startTask { [self] in
      guard (try? await loop.sleep(for: wait)) != nil else { return }
      nudge(project)
    }
  }
}
