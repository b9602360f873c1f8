import Journal
import Postgres
import Requests

/// The statements about messages, under the names of their files.
enum MessageQueries {
  static let all: [any CheckedStatement] = [window, any]

  static let window = Query<(project: ProjectID, window: MessageWindow), WindowColumns>(
    "message_window", PackageResources.message_window_sql, including: LogQueries.fragments,
    [
      .init("project") { $0.project.text },
      .init("session") { $0.window.session },
      .init("limit") { $0.window.count + 1 },
      .init("budget") { $0.window.budget },
      .init("bytes") { _ in Limits.answerBytes },
    ])
  static let any = Query<(project: ProjectID, session: String), AnyColumns>(
    "has_messages", PackageResources.has_messages_sql, including: LogQueries.fragments,
    [.init("project") { $0.project.text }, .init("session") { $0.session }])

  struct WindowColumns: ColumnLayout {
    let event: SessionEventRow.Columns
    let tokens: Column<Int32>
    /// How many messages were looked at.
    let found: Column<Int>

    init(_ find: inout ColumnFinder) {
      event = SessionEventRow.Columns(&find)
      tokens = find("tokens")
      found = find("found")
    }
  }

  struct AnyColumns: ColumnLayout {
    let isDeleted, hasMessages: Column<Bool>

    init(_ find: inout ColumnFinder) {
      isDeleted = find("is_deleted")
      hasMessages = find("has_messages")
    }
  }
}
