import COpenSSL
import Glibc

/// Who the peer is, by the certificate that was verified when the connection was made.
package final class PeerIdentity: Sendable {
  /// The certificate's subject as RFC 4514 writes it: `CN=agent-7,O=Example`. May be empty.
  package let subject: String
  /// The subject alternative names (RFC 5280 §4.2.1.6), each kind in the certificate's order.
  package let dnsNames: [String]
  package let uris: [String]
  package let emailAddresses: [String]
  package let ipAddresses: [String]

  init(_ certificate: Certificate) {
    subject = certificate.subject
    var (dns, uris, emails, ips): ([String], [String], [String], [String]) = ([], [], [], [])
    let names = OpaquePointer(
      X509_get_ext_d2i(certificate.pointer, NID_subject_alt_name, nil, nil))
    for index in 0..<max(0, cairn_names_count(names)) {
      guard let name = cairn_names_at(names, index)?.pointee else { continue }
      switch name.type {
      case GEN_DNS: Self.append(name.d.dNSName, to: &dns)
      case GEN_URI: Self.append(name.d.uniformResourceIdentifier, to: &uris)
      case GEN_EMAIL: Self.append(name.d.rfc822Name, to: &emails)
      case GEN_IPADD: if let text = Self.address(name.d.iPAddress) { ips.append(text) }
      default: break
      }
    }
    GENERAL_NAMES_free(names)
    (dnsNames, self.uris, emailAddresses, ipAddresses) = (dns, uris, emails, ips)
  }

  private static func bytes(_ string: UnsafeMutablePointer<ASN1_STRING>?) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: ASN1_STRING_get0_data(string), count: Int(ASN1_STRING_length(string)))
  }

  /// A name with a NUL inside is a forgery for readers of C strings; it is left out.
  private static func append(_ string: UnsafeMutablePointer<ASN1_STRING>?, to list: inout [String]) {
    let bytes = bytes(string)
    if !bytes.contains(0) { list.append(String(decoding: bytes, as: UTF8.self)) }
  }

  private static func address(_ string: UnsafeMutablePointer<ASN1_STRING>?) -> String? {
    let bytes = bytes(string)
    guard bytes.count == 4 || bytes.count == 16 else { return nil }
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    inet_ntop(bytes.count == 4 ? AF_INET : AF_INET6, bytes.baseAddress, &text, socklen_t(text.count))
    return text.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
  }
}
