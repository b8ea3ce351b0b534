#ifndef CBRIDGESCENARIOS_H
#define CBRIDGESCENARIOS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Drives every function of the bridge with a small host written in C, so that the bridge can be tested with an
// allocator that fails and under valgrind.

// How many scenarios there are, and their names.
size_t bs_count(void);
const char *bs_name(size_t scenario);

typedef struct bs_outcome {
    uint64_t allocations; // that the run asked for
    bool failed_clean;    // it did not succeed, and every failure was reported as one
    bool succeeded;
    const char *problem;  // what broke a rule, NULL if nothing did
} bs_outcome;

// Runs a scenario on a new machine whose `fail_at`-th allocation fails (0: none), and all that follow if `onwards`.
// After that, with memory back, the same machine must run a plain script, and give all of its memory back.
bs_outcome bs_run(size_t scenario, const char *library, size_t length, uint64_t fail_at, bool onwards);

// The same with an allocation that fails once the machine is made and its library loaded.
bs_outcome bs_run_late(size_t scenario, const char *library, size_t length, uint64_t fail_at, bool onwards);

#endif
