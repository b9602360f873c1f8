import CairnAPI
import Journal
import Postgres

extension Violations {
  /// The moment that a read is asked as of; nil when there is none or it is wrong.
  package mutating func asOf(_ field: String, _ asOf: AsOf?) -> WantedMoment? {
    guard let asOf else { return nil }
    optionalIdentifier("\(field).journal_id", asOf.journalId)
    let journal = asOf.journalId.isEmpty ? nil : asOf.journalId
    switch asOf.moment {
    case nil:
      add(field, "must have a position or a time")
      return nil
    case .position(let position):
      if position < 0 { add("\(field).position", "must not be negative") }
      return position < 0 ? nil : WantedMoment(.position(position), journal: journal)
    case .time(let time):
      guard isTime("\(field).time", time) else { return nil }
      return WantedMoment(.time(PostgresTimestamp(time)), journal: journal)
    }
  }
}
