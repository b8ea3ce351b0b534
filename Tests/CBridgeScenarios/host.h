#ifndef CBRIDGESCENARIOS_HOST_H
#define CBRIDGESCENARIOS_HOST_H

#include "CBridgeScenarios.h"
#include "CLuaBridge.h"

typedef struct host {
    lb_vm *vm;
    bool refused;        // a call of the bridge answered that it failed
    const char *problem; // the first broken rule
    int64_t tokens, dead_tokens;
    size_t pauses;
} host;

void host_report(host *host, const char *problem);

// Runs a script to its end as the actor does, with children one after the other; true if it was done and `expected`,
// an integer, was its first result.
bool host_run(host *host, const char *source, int64_t expected);
// The same up to a failure of that kind.
bool host_run_failing(host *host, const char *source, lb_failure_kind kind);

#endif
