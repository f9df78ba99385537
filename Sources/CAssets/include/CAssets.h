// The files that travel inside the binary: openapi.yaml, migrations, tariffs, guides.
#ifndef CASSETS_H
#define CASSETS_H

#include <stddef.h>
#include <stdint.h>

// How many files there are.
size_t cassets_count(void);
// The path of a file, such as "migrations/0001_tables.sql"; NULL beyond the last.
const char *cassets_name(size_t index);
// The bytes of a file; not ended by a zero.
const uint8_t *cassets_bytes(size_t index);
// How many bytes a file has.
size_t cassets_size(size_t index);

#endif
