#include <string.h>

#include "host.h"

typedef struct scenario {
    const char *name;
    const char *source;
    int64_t expected;      // the first result of a script that succeeds
    bool fails;            // it ends in a failure of this kind
    lb_failure_kind kind;
    uint64_t instructions; // its limit, 0: none
    bool pauses;           // it computes for long
} scenario;

static const scenario scenarios[] = {
    {.name = "values cross both ways",
     .source = "local r = probe('echo', 1, 2.5, 'three', true, null,\n"
               "{4, {five = 'a string longer than forty bytes, so long'}},\n"
               "  ('x'):rep(1000)) return r[1] + #r[6] + #r[7] + r[6][1]",
     .expected = 1 + 2 + 1000 + 4},
    {.name = "an error of the host is caught",
     .source = "local n = 0 for i = 1, 3 do local ok, e = pcall(probe, 'fail', i, {i})\n"
               "if not ok and e.code == 'asked' and e.primitive == 'fail' and #e.arguments == 2 then\n"
               "n = n + #(tostring(e)..e) end\n"
               "end return n > 0 and 1",
     .expected = 1},
    {.name = "an error of the host ends the script",
     .source = "probe('fail', 'x')",
     .fails = true,
     .kind = LB_FAILURE_RUNTIME},
    {.name = "an error of Lua ends the script",
     .source = "local function f() local x = nil; return x.y end f()",
     .fails = true,
     .kind = LB_FAILURE_RUNTIME},
    {.name = "an error that is no text ends the script",
     .source = "error(setmetatable({}, {__tostring = function() return 'odd' end}))",
     .fails = true,
     .kind = LB_FAILURE_RUNTIME},
    {.name = "a syntax error", .source = "local x = = 1", .fails = true, .kind = LB_FAILURE_SYNTAX},
    {.name = "a result that cannot cross",
     .source = "return {a = {1, 2, print}}",
     .fails = true,
     .kind = LB_FAILURE_RUNTIME},
    {.name = "an argument that cannot cross",
     .source = "local n = 0 local loop = {} loop[1] = loop\n"
               "for _, v in ipairs {print, loop, {[1.5] = 1}, {[1000] = 1}, coroutine.create(print)} do\n"
               "if not pcall(probe, 'echo', {deep = {v}}) then n = n + 1 end end return n",
     .expected = 5},
    {.name = "coroutines wait for the host",
     .source = "local function gen() for i = 1, 3 do local r = probe('echo', i) coroutine.yield(r[1]) end end\n"
               "local sum = 0 for v in coroutine.wrap(function()\n"
               "for x in coroutine.wrap(gen) do coroutine.yield(x) end end) do\n"
               "sum = sum + v end\n"
               "local co = coroutine.create(function(...)\n"
               "local t <close> = setmetatable({}, {__close = function() probe('echo') end})\n"
               "probe('fail') end)\n"
               "local ok, e = coroutine.resume(co, 1, 2)\n"
               "assert(not ok and e.code == 'asked' and coroutine.status(co) == 'dead')\n"
               "local c2 = coroutine.create(function() coroutine.yield() end)\n"
               "coroutine.resume(c2) assert(coroutine.close(c2))\n"
               "return sum",
     .expected = 6},
    {.name = "an error leaves a wrapped coroutine",
     .source = "coroutine.wrap(function() coroutine.wrap(function() probe('fail') end)() end)()",
     .fails = true,
     .kind = LB_FAILURE_RUNTIME},
    {.name = "children give their results in order",
     .source = "local r = parallel({function() return probe('echo', 7)[1] end, function() return 2 end,\n"
               "function() end}, {limit = 2})\n"
               "local a, b = timeout(5, function() return probe('echo', 1)[1], 10 end) return r[1] + r[2] + a + b",
     .expected = 20},
    {.name = "an error of a child is its parent's",
     .source = "local ok, e = pcall(parallel, {function() return 1 end,\n"
               "function() parallel {function() probe('fail') end} end})\n"
               "assert(not ok and e.code == 'asked') local ok, e = pcall(timeout, 1, function() error 'plain' end)\n"
               "return not ok and 3",
     .expected = 3},
    {.name = "what is deferred runs and waits",
     .source = "local log = {} local ok, e = pcall(timeout, 1, function()\n"
               "defer(function() log[#log + 1] = probe('echo', 2)[1] end)\n"
               "defer(function() log[#log + 1] = probe('echo', 1)[1] error 'late' end)\n"
               "local x <close> = setmetatable({}, {__close = function() log[#log + 1] = probe('echo', 3)[1] end})\n"
               "probe('fail') end)\n"
               "assert(#e.suppressed == 1) return log[1] * 100 + log[2] * 10 + log[3]",
     .expected = 312},
    {.name = "a cancelled script cleans up",
     .source = "local x <close> = setmetatable({}, {__close = function() probe('echo', 1) end})\n"
               "local ok, e = pcall(probe, 'cancel') assert(e.code == 'cancelled') probe('echo', 2) error(e)",
     .fails = true,
     .kind = LB_FAILURE_CANCELLED},
    {.name = "an interrupted loop",
     .source = "probe('interrupt') local n = 0 while true do n = n + 1 end",
     .fails = true,
     .kind = LB_FAILURE_CANCELLED},
    {.name = "too many instructions",
     .source = "local x <close> = setmetatable({}, {__close = function() probe('echo') end})\n"
               "while true do pcall(function() while true do end end) end",
     .fails = true,
     .kind = LB_FAILURE_INSTRUCTIONS,
     .instructions = 20000},
    {.name = "a long computation pauses",
     .source = "local function count(n) local c = 0 for i = 1, n do c = c + 1 end return c end\n"
               "local t = setmetatable({}, {__index = function(_, k) return count(k) end})\n"
               "local r = parallel {function() return count(5000) end, function() return coroutine.wrap(function()\n"
               "for i = 1, 3 do coroutine.yield(coroutine.wrap(count)(5000)) end end)() end,\n"
               "function() return select(2, pcall(count, 5000)) + t[5000] end}\n"
               "table.sort({2, 1}, function(a, b) count(5000) return a < b end)\n"
               "return r[1] + r[2] + r[3]",
     .expected = 20000,
     .pauses = true},
    {.name = "modules are required once",
     .source = "local a, b = require 'm', require 'm' assert(a == b) assert(not pcall(require, 'x')) return a.value",
     .expected = 5},
    {.name = "waiting in a callback is refused",
     .source = "local list = {3, 1, 2} local n = 0\n"
               "if not pcall(table.sort, list, function(a, b) probe('echo') return a < b end) then n = n + 1 end\n"
               "if not pcall(string.gsub, 'abc', '.', function() probe('echo') end) then n = n + 1 end\n"
               "local function wrapped() coroutine.wrap(function() probe('echo') end)() end\n"
               "if not pcall(table.sort, list, wrapped) then n = n + 1 end\n"
               "return n",
     .expected = 3},
    {.name = "what scripts have",
     .source = "local keys = {} for k in pairs {b = 1, a = 2, [true] = 3, 10, 20} do\n"
               "keys[#keys + 1] = tostring(k) end\n"
               "assert(table.concat(keys, ' ') == '1 2 a b true')\n"
               "assert(load('return ...', 'c')(4) == 4 and not load('x =') and not pcall(load, print))\n"
               "assert(not pcall(function() return undeclared end) and not pcall(function() undeclared = 1 end))\n"
               "assert(not pcall(setmetatable, {}, {__gc = print})) collectgarbage()\n"
               "assert(xpcall(error, function(m) return m end) == false)\n"
               "return select('#', table.unpack({}, 1, 50))",
     .expected = 50},
    {.name = "deep recursion ends",
     .source = "local function f(n) return 1 + f(n + 1) end local ok, e = pcall(f, 1) assert(not ok)\n"
               "local function g() return coroutine.wrap(g)() end assert(not pcall(g)) return 1",
     .expected = 1},
};

size_t bs_count(void) { return sizeof scenarios / sizeof *scenarios; }
const char *bs_name(size_t index) { return scenarios[index].name; }

static const char module[] =
    "probe, parallel, timeout, defer, null = host.call, host.parallel, host.timeout, host.defer, host.null";

static bool load_library(host *host, const char *library, size_t length) {
    bool loaded = lb_vm_bootstrap(host->vm, library, length) &&
                  lb_vm_load_module(host->vm, "m", module, strlen(module));
    if (loaded) return true;
    host->refused = true;
    if (lb_vm_failure(host->vm)->message == NULL) host_report(host, "a library that does not load has no message");
    return false;
}

static bool play(host *host, const scenario *what) {
    host->pauses = 0;
    bool done = what->fails ? host_run_failing(host, what->source, what->kind)
                            : host_run(host, what->source, what->expected);
    if (done && what->pauses && host->pauses == 0) host_report(host, "it did not pause");
    return done;
}

static lb_config config_of(const scenario *what) {
    return (lb_config){
        .memory_limit = 8 << 20,
        .instruction_limit = what->instructions,
        .slice = 3000,
        .grace_seconds = 60,
        .trace_requests = true,
    };
}

static size_t memory_at_rest(host *host, const scenario *what) {
    lb_vm_reset_instructions(host->vm);
    if (!play(host, what)) host_report(host, "the machine does not work after the failure");
    if (!lb_vm_collect(host->vm)) host_report(host, "garbage cannot be collected after the failure");
    int64_t token;
    while (lb_vm_next_dead_token(host->vm, &token)) host->dead_tokens++;
    return lb_vm_memory_used(host->vm);
}

// With memory back, the machine must still work, need no more memory from run to run, and then give everything back.
static void finish(host *host, bool loaded, const scenario *what, bs_outcome *outcome) {
    lb_vm_fail_allocation(host->vm, 0, false);
    if (loaded) {
        size_t before = memory_at_rest(host, what), after = memory_at_rest(host, what);
        if (after > before) { // Lua's table of strings may have grown, once
            before = after;
            after = memory_at_rest(host, what);
        }
        if (after > before) host_report(host, "each run leaves something in memory");
    }
    if (host->tokens > host->dead_tokens + 1) host_report(host, "tokens of errors are not given back");
    if (lb_vm_free(host->vm) != 0) host_report(host, "memory was lost");
    outcome->problem = host->problem;
}

bs_outcome bs_run(size_t index, const char *library, size_t length, uint64_t fail_at, bool onwards) {
    const scenario *what = &scenarios[index];
    bs_outcome outcome = {0};
    lb_config config = config_of(what);
    config.fail_allocation = fail_at;
    config.fail_onwards = onwards;
    host host = {.vm = lb_vm_new(&config)};
    if (host.vm == NULL) {
        outcome.failed_clean = true;
        outcome.allocations = fail_at;
        return outcome;
    }
    bool loaded = load_library(&host, library, length);
    outcome.succeeded = loaded && play(&host, what);
    outcome.allocations = lb_vm_allocations(host.vm);
    outcome.failed_clean = !outcome.succeeded && host.refused;
    finish(&host, loaded, what, &outcome);
    return outcome;
}

bs_outcome bs_run_late(size_t index, const char *library, size_t length, uint64_t fail_at, bool onwards) {
    const scenario *what = &scenarios[index];
    bs_outcome outcome = {0};
    lb_config config = config_of(what);
    host host = {.vm = lb_vm_new(&config)};
    if (host.vm == NULL || !load_library(&host, library, length)) {
        outcome.problem = "the machine cannot be made";
        return outcome;
    }
    lb_vm_fail_allocation(host.vm, fail_at, onwards);
    outcome.succeeded = play(&host, what);
    outcome.allocations = lb_vm_allocations(host.vm);
    outcome.failed_clean = !outcome.succeeded && host.refused;
    finish(&host, true, what, &outcome);
    return outcome;
}
