/// Whether a server asks its clients for certificates.
package enum ClientAuthentication: String, Sendable, CaseIterable {
  case none
  /// A client may show none; one that it shows has to be good.
  case optional
  case required
}

/// The files a server's TLS is made of, all PEM.
package struct TLSServerFiles: Hashable, Sendable {
  /// The server's certificate, followed by those that lead to the root.
  package var certificate: String
  /// Its key, without a passphrase.
  package var key: String
  /// The CAs that sign client certificates, and single client certificates.
  package var clientAuthorities: String?
  package var clientAuthentication: ClientAuthentication

  package init(
    certificate: String, key: String, clientAuthorities: String? = nil,
    clientAuthentication: ClientAuthentication = .none
  ) {
    self.certificate = certificate
    self.key = key
    self.clientAuthorities = clientAuthorities
    self.clientAuthentication = clientAuthentication
  }

  var all: [String] { [certificate, key] + (clientAuthorities.map { [$0] } ?? []) }
}

/// Whom a client trusts and what it shows of itself; files are PEM.
package struct TLSClientOptions: Hashable, Sendable {
  /// The CAs to trust, and single server certificates; nil for the CAs of the system.
  package var authorities: String?
  package var certificate: String?
  package var key: String?
  /// What the server's certificate has to be for; nil for the host of the target.
  package var serverName: String?

  package init(
    authorities: String? = nil, certificate: String? = nil, key: String? = nil, serverName: String? = nil
  ) {
    self.authorities = authorities
    self.certificate = certificate
    self.key = key
    self.serverName = serverName
  }
}
