import Wire

/// A service's full name and the file that declares it, which reflection serves.
package struct ServiceDescriptor: Sendable {
  package let name: String
  package let file: ProtoFile

  package init(name: String, file: ProtoFile) {
    self.name = name
    self.file = file
  }
}
