// What OpenSSL's headers hide in macros, as functions that Swift can see.
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

static inline int cairn_ssl_min_version(SSL_CTX *context, int version) {
  return (int)SSL_CTX_set_min_proto_version(context, version);
}
static inline void cairn_ssl_read_ahead(SSL_CTX *context) { SSL_CTX_set_read_ahead(context, 1); }
static inline void cairn_ssl_no_resumption(SSL_CTX *context) {
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
}
static inline void cairn_ssl_no_renegotiation(SSL_CTX *context) {
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION);
}
// Writes go on where they stopped, from wherever the bytes are then; idle sessions hold no buffers.
static inline void cairn_ssl_nonblocking_mode(SSL_CTX *context) {
  SSL_CTX_set_mode(
      context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
}
static inline int cairn_ssl_add_chain(SSL_CTX *context, X509 *certificate) {
  return (int)SSL_CTX_add1_chain_cert(context, certificate);
}
// Names who has signed what a client may show: the certificate's own subject, or its issuer, when it is no CA's.
static inline int cairn_ssl_ask_for(SSL_CTX *context, X509 *certificate) {
  if (X509_check_ca(certificate) > 0) return SSL_CTX_add_client_CA(context, certificate);
  STACK_OF(X509_NAME) *names = SSL_CTX_get_client_CA_list(context);
  if (names == NULL) {
    names = sk_X509_NAME_new_null();
    SSL_CTX_set_client_CA_list(context, names);
  }
  return sk_X509_NAME_push(names, X509_NAME_dup(X509_get_issuer_name(certificate)));
}
static inline int cairn_ssl_server_name(SSL *session, const char *name) {
  return (int)SSL_set_tlsext_host_name(session, name);
}
static inline X509 *cairn_ssl_peer(SSL *session) { return SSL_get1_peer_certificate(session); }
static inline int cairn_err_reason(unsigned long code) { return ERR_GET_REASON(code); }

static inline int cairn_names_count(GENERAL_NAMES *names) { return sk_GENERAL_NAME_num(names); }
static inline GENERAL_NAME *cairn_names_at(GENERAL_NAMES *names, int index) {
  return sk_GENERAL_NAME_value(names, index);
}
// A name as RFC 4514 writes it, in UTF-8.
static inline int cairn_x509_print(BIO *bio, const X509_NAME *name) {
  return X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
}
// A memory BIO's bytes; they belong to the BIO.
static inline long cairn_bio_bytes(BIO *bio, char **bytes) { return BIO_get_mem_data(bio, bytes); }
