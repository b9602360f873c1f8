/// The state of a resource as clients hold it (AIP-154): equal texts, equal states.
///
/// The position of its last change and not its version: a version comes back when a resource is purged and made
/// again, a position never does.
package enum Etag {
  package static func text(_ position: Int64) -> String { String(position) }
}
