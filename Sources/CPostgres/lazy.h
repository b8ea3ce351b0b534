/* The functions of libpq that pgbc calls, found in the library when the first of them is called: libpq brings twenty other
   libraries along, and most commands never speak to PostgreSQL themselves. */
#ifndef PGBC_LAZY_LIBPQ_H
#define PGBC_LAZY_LIBPQ_H

#include <dlfcn.h>
#include <stddef.h>

#ifdef __APPLE__
#define PGBC_LIBPQ "libpq.5.dylib"
#else
#define PGBC_LIBPQ "libpq.so.5"
#endif

/* The library, or NULL when this machine has none; what was loaded once is only counted again. */
static inline void *pgbc_libpq(void) { return dlopen(PGBC_LIBPQ, RTLD_NOW | RTLD_LOCAL); }

#define PGBC_LAZY(result, name, parameters, arguments)                                        \
    static inline result lazy_##name parameters {                                             \
        static result(*known) parameters;                                                     \
        result(*function) parameters = __atomic_load_n(&known, __ATOMIC_ACQUIRE);             \
        if (function == NULL) {                                                               \
            *(void **)&function = dlsym(pgbc_libpq(), #name);                                 \
            __atomic_store_n(&known, function, __ATOMIC_RELEASE);                             \
        }                                                                                     \
        return function arguments;                                                            \
    }

PGBC_LAZY(PGconn *, PQconnectStartParams, (const char *const *keys, const char *const *values, int expand),
          (keys, values, expand))
PGBC_LAZY(PostgresPollingStatusType, PQconnectPoll, (PGconn *connection), (connection))
PGBC_LAZY(ConnStatusType, PQstatus, (const PGconn *connection), (connection))
PGBC_LAZY(int, PQsocket, (const PGconn *connection), (connection))
PGBC_LAZY(char *, PQerrorMessage, (const PGconn *connection), (connection))
PGBC_LAZY(void, PQfinish, (PGconn *connection), (connection))
PGBC_LAZY(PQnoticeReceiver, PQsetNoticeReceiver, (PGconn *connection, PQnoticeReceiver receiver, void *state),
          (connection, receiver, state))
PGBC_LAZY(int, PQsendQuery, (PGconn *connection, const char *text), (connection, text))
PGBC_LAZY(int, PQsendQueryParams,
          (PGconn *connection, const char *text, int count, const Oid *types, const char *const *values, const int *lengths,
           const int *formats, int result_format),
          (connection, text, count, types, values, lengths, formats, result_format))
PGBC_LAZY(int, PQisBusy, (PGconn *connection), (connection))
PGBC_LAZY(int, PQconsumeInput, (PGconn *connection), (connection))
PGBC_LAZY(PGresult *, PQgetResult, (PGconn *connection), (connection))
PGBC_LAZY(void, PQclear, (PGresult *result), (result))
PGBC_LAZY(ExecStatusType, PQresultStatus, (const PGresult *result), (result))
PGBC_LAZY(char *, PQresultErrorMessage, (const PGresult *result), (result))
PGBC_LAZY(char *, PQresultErrorField, (const PGresult *result, int code), (result, code))
PGBC_LAZY(int, PQnfields, (const PGresult *result), (result))
PGBC_LAZY(char *, PQfname, (const PGresult *result, int column), (result, column))
PGBC_LAZY(Oid, PQftype, (const PGresult *result, int column), (result, column))
PGBC_LAZY(int, PQntuples, (const PGresult *result), (result))
PGBC_LAZY(int, PQgetisnull, (const PGresult *result, int row, int column), (result, row, column))
PGBC_LAZY(char *, PQgetvalue, (const PGresult *result, int row, int column), (result, row, column))
PGBC_LAZY(char *, PQcmdTuples, (PGresult *result), (result))

#endif
