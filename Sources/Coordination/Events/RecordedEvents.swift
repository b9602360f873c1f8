import CairnAPI
import Journal
import Postgres
import Wire

/// What a write that has drawn its position says about agents and tasks.
struct RecordedEvents: Sendable {
  /// What `{recording}` takes, beside the parameters of a ``CallScope``.
  static let parameters: [Parameter<RecordedEvents>] = [
    .init("event_types") { $0.events.map { Int16(truncatingIfNeeded: $0.type.rawValue) } },
    .init("event_subjects") { $0.events.map { $0.subject.text } },
    .init("event_bodies") { $0.events.map { $0.body } },
  ]

  private(set) var events: [CoordinationEvent]

  init(_ events: [CoordinationEvent] = []) { self.events = events }

  var isEmpty: Bool { events.isEmpty }

  mutating func add(_ event: CoordinationEvent) { events.append(event) }

  /// A statement of its own, for writes whose others do not record.
  func statement(in scope: CallScope) -> BoundStatement { EventQueries.record.bind((scope, self)) }
}

extension CoordinationEvent {
  /// Those of tasks are watched by task.
  fileprivate var subject: TextKey {
    switch type {
    case .queueChanged: EventSubject.queue(queue)
    case .scheduleChanged, .scheduleSkipped: EventSubject.schedule(schedule)
    default: task.isEmpty ? EventSubject.agent(agent) : EventSubject.task(task)
    }
  }

  /// Without what stands in columns.
  var body: [UInt8] {
    var event = self
    event.type = .unspecified
    return event.serializedBytes()
  }
}
