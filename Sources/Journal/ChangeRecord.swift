/// A change that a write makes; the journal adds the rest.
package struct ChangeRecord: Sendable {
  package var kind: String
  package var id: String
  package var action: String
  package var oldVersion: Int64?
  package var newVersion: Int64?

  package init(kind: String, id: String, action: String, oldVersion: Int64?, newVersion: Int64?) {
    self.kind = kind
    self.id = id
    self.action = action
    self.oldVersion = oldVersion
    self.newVersion = newVersion
  }
}
