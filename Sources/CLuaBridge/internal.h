#ifndef CLUABRIDGE_INTERNAL_H
#define CLUABRIDGE_INTERNAL_H

#include <stdatomic.h>

#include <lua.h>

#include <lauxlib.h>
#include <lualib.h>

#include "CLuaBridge.h"

// Virtual machine instructions between two looks at the limits.
#define LB_HOOK_INTERVAL 1000
// Instructions that clean-up code may use after the instruction limit was hit.
#define LB_CLEANUP_INSTRUCTIONS 1000000

struct lb_tree {
    lb_vm *vm;
    lb_node *nodes;
    size_t count, capacity;
    char *bytes;
    size_t length, room;
    bool failed;
};

typedef enum { LB_ANSWER_NONE, LB_ANSWER_VALUE, LB_ANSWER_ERROR, LB_ANSWER_RESULTS, LB_ANSWER_CHILD_ERROR } lb_answer;

// Why a thread is being stopped for good: `pcall` lets such an error through.
typedef enum { LB_STOP_NONE, LB_STOP_INSTRUCTIONS, LB_STOP_EXPIRED } lb_stop;

// The coroutine that resumes another one; on the C stack of that resume.
typedef struct lb_link {
    lua_State *from, *to;
    struct lb_link *up;
} lb_link;

struct lb_thread {
    lb_vm *vm;
    lua_State *state;
    lb_thread *parent;
    int64_t id;
    int64_t requests;
    atomic_int interrupt;
    bool cancelled;
    double deadline;
    lb_stop stop;
    uint64_t allowance;
    lb_status pending; // the kind of request it waits in
    int results;       // values on top of the stack of a thread that has ended
    int outcome;       // the Lua status it ended with
};

struct lb_vm {
    lua_State *main;
    size_t used, peak, limit;
    uint64_t allocations, fail_at;
    bool fail_onwards;
    uint64_t instructions, instruction_limit;
    double grace_seconds;
    uint64_t slice, slice_end;
    bool pausing; // a hook has yielded: every coroutine on the way up passes that on
    bool denied;  // the last allocation was refused
    char denied_at[200]; // the nearest place in a user's chunk then, "file:line"

    lb_thread *running;
    lb_link *chain;
    int64_t thread_count;

    lb_request request;
    lb_tree arguments, blank, results;
    lb_answer answer;
    int64_t answer_token;

    lb_failure failure;
    bool syntax_error; // the failure being raised is one
    bool trace_requests;

    int64_t *dead_tokens;
    size_t dead_count, dead_room, live_tokens;
    bool wake;
};

// What a thread keeps in Lua: an array in the registry under the thread's address. Deferred functions follow.
enum {
    LB_SCOPE_STATE = 1,
    LB_SCOPE_ERROR,
    LB_SCOPE_TRACEBACK,
    LB_SCOPE_LOCATION,
    LB_SCOPE_STEP,
    LB_SCOPE_MEMORY,
    LB_SCOPE_FUNCTIONS,
    LB_SCOPE_RESULTS
};

// Registry keys, by their addresses.
extern const char lb_key_library, lb_key_error, lb_key_tokens, lb_key_token_metatable, lb_key_failure;
extern const char lb_key_null, lb_key_request;

#define LB_NULL_POINTER ((void *)&lb_key_null)
// The one value of a yield that is a request to the host; scripts cannot make it.
#define LB_REQUEST_MARK ((void *)&lb_key_request)

static inline lb_vm *lb_of(lua_State *L) { return *(lb_vm **)lua_getextraspace(L); }

// memory.c
void *lb_allocate(void *ud, void *block, size_t old_size, size_t new_size);
bool lb_fails_on_purpose(lb_vm *vm);
bool lb_grow(lb_vm *vm, void **block, size_t *room, size_t wanted, size_t item);

// tree.c
void lb_tree_init(lb_tree *tree, lb_vm *vm);
void lb_tree_clear(lb_tree *tree);
void lb_tree_release(lb_tree *tree);
void lb_tree_push(lua_State *L, const lb_tree *tree, size_t *cursor);

// capture.c
typedef struct lb_problem {
    const char *what;
    char path[160];
} lb_problem;
bool lb_capture(lua_State *L, int index, lb_tree *tree, lb_problem *problem);

// trace.c
int lb_message_handler(lua_State *L);
bool lb_location(lua_State *L, const char **source, int *line);
void lb_remember_denial(lb_vm *vm);
void lb_push_location(lua_State *L);
void lb_push_traceback(lua_State *L, lua_State *from, int level);
void lb_remember_error(lua_State *L, lua_State *from);

// errors.c: each may raise, so it is called under Lua only
void lb_open_errors(lua_State *L);
void lb_push_error(lua_State *L, const char *code, const char *message);
int lb_raise(lua_State *L, const char *code, const char *message);
int lb_raise_stop(lua_State *L, const char *code, const char *message);
bool lb_must_pass(lua_State *L, int index);
int lb_raise_answer(lua_State *L, const char *primitive, int first, int last);
bool lb_is_error(lua_State *L, int index);
int lb_error(lua_State *L);
void lb_bury_token(lb_vm *vm, int64_t token);

// failure.c
bool lb_protect(lb_vm *vm, lua_CFunction function, void *context);
void lb_fail_memory(lb_vm *vm);
void lb_describe_failure(lb_vm *vm, const lb_thread *thread, int status);

// resume.c
bool lb_waits_for_host(lua_State *co);

// limits.c
void lb_hook(lua_State *L, lua_Debug *activation);
double lb_now(void);
void lb_refuse_if_expired(lua_State *L);

// scope.c
void lb_open_scope(lua_State *L, const void *key, lua_State *state);
bool lb_push_scope(lua_State *L);
bool lb_push_scope_of(lua_State *L, const lb_thread *thread);

// request.c
lua_State *lb_blocked(lua_State *L);
extern const luaL_Reg lb_request_functions[];
extern const luaL_Reg lb_trace_functions[];
extern const luaL_Reg lb_coroutine_functions[];
extern const luaL_Reg lb_protection_functions[];
extern const luaL_Reg lb_base_functions[];
extern const luaL_Reg lb_error_functions[];

#endif
