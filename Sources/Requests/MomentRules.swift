import CairnAPI
import Journal
import Postgres

extension Violations {
  /// The moment that a read is asked as of; nil when there is none or it is wrong.
  package mutating func asOf(_ asOf: AsOf?, at field: String) -> WantedMoment? {
    guard let asOf else { return nil }
    optionalIdentifier(asOf.journalId, at: "\(field).journal_id")
    let journal = asOf.journalId.isEmpty ? nil : asOf.journalId
    switch asOf.moment {
    case nil:
      add("must have a position or a time", at: field)
      return nil
    case .position(let position):
      if position < 0 { add("must not be negative", at: "\(field).position") }
      return position < 0 ? nil : WantedMoment(.position(position), journal: journal)
    case .time(let time):
      guard isTime(time, at: "\(field).time") else { return nil }
      return WantedMoment(.time(PostgresTimestamp(time)), journal: journal)
    }
  }
}
