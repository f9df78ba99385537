#ifndef CLIBPQ_LIBPQ_H
#define CLIBPQ_LIBPQ_H
#include <libpq-fe.h>
#endif
