/// What a server can serve: generated providers conform.
package protocol RPCService: Sendable {
  static var descriptor: ServiceDescriptor { get }
  var handlers: [RPCHandler] { get }
}
