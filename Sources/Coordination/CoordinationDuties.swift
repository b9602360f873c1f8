import EventLoop
import GRPC

/// What a server does for agents and tasks by itself.
package final class CoordinationDuties: Sendable {
  private let coordination: CoordinationServices
  private let loop: EventLoop
  private let dispatcher: Dispatcher
  private let tasks: TaskSweep
  private let rollup: FigureRollup
  private let agents: AgentSweep

  /// - Parameter loop: Where it works.
  package init(_ coordination: CoordinationServices, on loop: EventLoop) {
    self.coordination = coordination
    self.loop = loop
    dispatcher = Dispatcher(coordination.store, on: loop)
    tasks = TaskSweep(coordination.tasks, on: loop)
    agents = AgentSweep(coordination.store, on: loop)
    rollup = FigureRollup(coordination.figures, of: coordination.store, on: loop)
  }

  package func start() {
    let (store, agents) = (coordination.store, coordination.agents)
    store.beats.start(on: loop) { agent in
      do throws(RPCError) { try await agents.revive(agent) } catch {
        store.configuration.warn(
          "agent \(agent.agent) could not be revived by its heartbeat: \(error.message)")
      }
    }
    store.workWatch.start(on: loop)
    self.agents.start()
    dispatcher.start()
    tasks.start()
    rollup.start()
  }

  /// Ends after the steps under way. Before the pool is closed.
  package func stop() async {
    await agents.stop()
    await dispatcher.stop()
    await tasks.stop()
    await rollup.stop()
    await coordination.store.beats.stop()
  }
}
