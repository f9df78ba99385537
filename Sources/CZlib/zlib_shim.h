#ifndef CUSTOMER_CARE_CZLIB_H
#define CUSTOMER_CARE_CZLIB_H

#include <zlib.h>

// zlib's own names for these are macros over its version and the size of its struct, which Swift
// does not see.
static inline int czlib_inflate_gzip(z_stream *stream) { return inflateInit2(stream, 15 + 16); }
static inline int czlib_deflate_raw(z_stream *stream) {
    return deflateInit2(stream, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
}

#endif
