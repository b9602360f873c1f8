#include <zlib.h>

// zlib's initialisers are macros, which Swift does not see. 16 above the window's bits asks for gzip.

static inline int cairn_gzip_deflate_init(z_stream *stream, int level) {
  return deflateInit2(stream, level, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY);
}

static inline int cairn_gzip_inflate_init(z_stream *stream) {
  return inflateInit2(stream, MAX_WBITS + 16);
}
