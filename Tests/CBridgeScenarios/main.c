// The program that scripts/valgrind runs; no part of the Swift package's test target.
#ifdef BRIDGE_SCENARIOS_MAIN

#include <stdio.h>
#include <stdlib.h>

#include "CBridgeScenarios.h"

static char *read_file(const char *path, size_t *length) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) return NULL;
    char *text = malloc(1 << 20);
    *length = text == NULL ? 0 : fread(text, 1, 1 << 20, file);
    fclose(file);
    return text;
}

typedef bs_outcome (*runner)(size_t, const char *, size_t, uint64_t, bool);

static int check(size_t scenario, const char *kind, uint64_t n, bool onwards, bs_outcome outcome) {
    if (outcome.problem == NULL && (n != 0 || outcome.succeeded)) return 0;
    const char *problem = outcome.problem == NULL ? "it did not succeed" : outcome.problem;
    const char *and_on = onwards ? " onwards" : "";
    printf("%s (%s, allocation %llu%s): %s\n", bs_name(scenario), kind, (unsigned long long)n, and_on, problem);
    return 1;
}

// Usage: PROGRAM LIBRARY STRIDE. Every STRIDE-th allocation fails in turn, 0: none; fewer of those
// scenarios that have thousands, and with 1 only of the one that has tens of thousands, all of one kind.
int main(int count, char **arguments) {
    if (count != 3) return 2;
    size_t length, failures = 0, runs = 0;
    char *library = read_file(arguments[1], &length);
    uint64_t stride = strtoull(arguments[2], NULL, 10);
    if (library == NULL) return 2;
    runner runners[] = {bs_run, bs_run_late};
    const char *kinds[] = {"from the start", "once loaded"};
    for (size_t scenario = 0; scenario < bs_count(); scenario++) {
        for (int kind = 0; kind < 2; kind++) {
            bs_outcome plain = runners[kind](scenario, library, length, 0, false);
            failures += (size_t)check(scenario, kinds[kind], 0, false, plain);
            if (kind == 0 && scenario > 0) continue; // loading is the same for all
            uint64_t thousands = plain.allocations / 1000;
            uint64_t step = stride > 1 ? stride * (1 + thousands) : thousands > 10 ? stride * 10 * thousands : stride;
            for (uint64_t n = 1; step > 0 && n <= plain.allocations; n += step) {
                for (int onwards = 0; onwards < 2; onwards++, runs++) {
                    bs_outcome outcome = runners[kind](scenario, library, length, n, onwards);
                    failures += (size_t)check(scenario, kinds[kind], n, onwards, outcome);
                }
            }
        }
    }
    free(library);
    printf("%zu scenarios, %zu runs with a failing allocation, %zu problems\n", bs_count(), runs, failures);
    return failures == 0 ? 0 : 1;
}

#endif
