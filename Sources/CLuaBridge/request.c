#include <math.h>
#include <string.h>

#include "internal.h"

// What the library calls to wait for the host. Each of them yields LB_REQUEST_MARK, which travels up through users'
// coroutines (see coroutine.c) to lb_thread_resume; its continuation takes the answer.

static const char *name_of_callback(lua_State *L) {
    lua_Debug frame;
    for (int level = 1; lua_getstack(L, level, &frame); level++) {
        lua_getinfo(L, "Sn", &frame);
        if (*frame.what == 'C' && frame.name != NULL) return frame.name;
    }
    return "a metamethod";
}

// Waiting needs every coroutine on the way up to be able to yield; gives the one that is not.
lua_State *lb_blocked(lua_State *L) {
    if (!lua_isyieldable(L)) return L;
    for (lb_link *link = lb_of(L)->chain; link != NULL; link = link->up) {
        if (!lua_isyieldable(link->from)) return link->from;
    }
    return NULL;
}

// Refuses before anything is started.
static void check_can_wait(lua_State *L, const char *name) {
    lb_vm *vm = lb_of(L);
    lua_State *blocked = lb_blocked(L);
    if (blocked == NULL && vm->running != NULL) return;
    if (vm->running == NULL) {
        lb_raise(L, "cannot_wait", lua_pushfstring(L, "'%s' cannot be used while the library is loaded", name));
    }
    const char *text = "'%s' waits, and waiting is not possible inside a callback of '%s': "
                       "fetch what the callback needs before, and use it there";
    lb_raise(L, "cannot_wait", lua_pushfstring(L, text, name, name_of_callback(blocked)));
}

static int refuse_argument(lua_State *L, const char *name, int position, const lb_problem *problem) {
    if (problem->what == NULL) return lb_raise(L, "memory", "not enough memory for the arguments of a primitive");
    const char *place = *problem->path == '\0' ? "" : lua_pushfstring(L, " (at %s)", problem->path);
    const char *text = "bad argument %d to '%s': cannot pass %s to the host%s";
    return lb_raise(L, "bad_argument", lua_pushfstring(L, text, position, name, problem->what, place));
}

static void locate(lua_State *L, lb_request *request) {
    if (!lb_location(L, &request->source, &request->line)) request->source = NULL;
    request->is_located = true;
}

// The coroutines between the host and a request are known only while that is on its way up: then its place is looked up
// at once, and else when somebody asks for it.
static int yield_request(lua_State *L, lb_status kind, lua_KFunction continuation) {
    lb_vm *vm = lb_of(L);
    vm->running->pending = kind;
    if (kind == LB_CALL && vm->chain != NULL) locate(L, &vm->request);
    lua_pushlightuserdata(L, LB_REQUEST_MARK);
    return lua_yieldk(L, 1, kind, continuation);
}

// MARK: call(name, ...)

static int call_answered(lua_State *L, int status, lua_KContext context) {
    (void)status;
    (void)context;
    lb_vm *vm = lb_of(L);
    if (vm->answer == LB_ANSWER_ERROR) return lb_raise_answer(L, lua_tostring(L, 1), 2, lua_gettop(L));
    if (vm->blank.failed) return lb_raise(L, "memory", "not enough memory for the result of a primitive");
    size_t cursor = 0;
    lb_tree_push(L, &vm->blank, &cursor);
    return 1;
}

static int call(lua_State *L) {
    lb_vm *vm = lb_of(L);
    const char *name = luaL_checkstring(L, 1);
    check_can_wait(L, name);
    lb_refuse_if_expired(L);
    lb_tree_clear(&vm->arguments);
    int top = lua_gettop(L);
    for (int i = 2; i <= top; i++) {
        lb_problem problem;
        if (!lb_capture(L, i, &vm->arguments, &problem)) return refuse_argument(L, name, i - 1, &problem);
    }
    lb_request request = {.name = name, .arguments = &vm->arguments};
    request.argument_count = (size_t)top - 1;
    request.number = ++vm->running->requests;
    if (vm->trace_requests) {
        lb_push_traceback(L, L, 1);
        request.traceback = lua_tostring(L, -1);
        lua_rawsetp(L, LUA_REGISTRYINDEX, &lb_key_request);
    }
    vm->request = request;
    return yield_request(L, LB_CALL, call_answered);
}

// MARK: parallel(functions, options), timeout(seconds, function)

static int gathered(lua_State *L, int status, lua_KContext context) {
    (void)status;
    lb_vm *vm = lb_of(L);
    bool parallel = context == LB_PARALLEL;
    if (vm->answer == LB_ANSWER_ERROR) return lb_raise_answer(L, parallel ? "parallel" : "timeout", 1, 0);
    if (!lb_push_scope(L)) return lb_raise(L, "failed", "the results of the children are lost");
    int scope = lua_gettop(L);
    lua_rawgeti(L, scope, LB_SCOPE_RESULTS);
    lua_rawgeti(L, scope, LB_SCOPE_ERROR);
    for (int slot = LB_SCOPE_FUNCTIONS; slot <= LB_SCOPE_RESULTS; slot++) {
        lua_pushboolean(L, 0);
        lua_rawseti(L, scope, slot);
    }
    if (vm->answer == LB_ANSWER_CHILD_ERROR) return lua_error(L);
    lua_pop(L, 1);
    if (parallel) return 1;
    int results = lua_gettop(L), count = (int)lua_rawlen(L, results);
    lua_getfield(L, results, "n");
    if (lua_isinteger(L, -1)) count = (int)lua_tointeger(L, -1);
    luaL_checkstack(L, count, "too many results");
    for (int i = 1; i <= count; i++) lua_rawgeti(L, results, i);
    return count;
}

static int gather(lua_State *L, lb_status kind, int functions, lb_request request) {
    lb_vm *vm = lb_of(L);
    lb_refuse_if_expired(L);
    if (!lb_push_scope(L)) return lb_raise(L, "failed", "the thread has no scope");
    int scope = lua_gettop(L);
    lua_pushvalue(L, functions);
    lua_rawseti(L, scope, LB_SCOPE_FUNCTIONS);
    lua_createtable(L, request.count > INT_MAX ? 0 : (int)request.count, 0);
    lua_rawseti(L, scope, LB_SCOPE_RESULTS);
    lua_settop(L, 0);
    vm->request = request;
    return yield_request(L, kind, gathered);
}

static void check_function(lua_State *L, int index, const char *name, lua_Integer position) {
    if (lua_isfunction(L, index)) return;
    const char *text = "bad argument to '%s': item %I is not a function but a %s";
    lb_raise(L, "bad_argument", lua_pushfstring(L, text, name, (LUAI_UACINT)position, luaL_typename(L, index)));
}

static size_t limit_option(lua_State *L, int options) {
    if (lua_isnoneornil(L, options)) return 0;
    luaL_checktype(L, options, LUA_TTABLE);
    lua_pushliteral(L, "limit");
    lua_rawget(L, options);
    if (lua_isnil(L, -1)) return 0;
    if (lua_isinteger(L, -1) && lua_tointeger(L, -1) > 0) return (size_t)lua_tointeger(L, -1);
    lb_raise(L, "bad_argument", "bad argument 'limit' to 'parallel': expected an integer of at least 1");
    return 0;
}

static int parallel(lua_State *L) {
    check_can_wait(L, "parallel");
    luaL_checktype(L, 1, LUA_TTABLE);
    lb_request request = {.name = "parallel", .limit = limit_option(L, 2), .count = (size_t)lua_rawlen(L, 1)};
    lua_settop(L, 1);
    lua_createtable(L, request.count > INT_MAX ? 0 : (int)request.count, 0);
    for (lua_Integer i = 1; i <= (lua_Integer)request.count; i++) {
        lua_rawgeti(L, 1, i);
        check_function(L, -1, "parallel", i);
        lua_rawseti(L, 2, i);
    }
    if (request.count == 0) return 1;
    return gather(L, LB_PARALLEL, 2, request);
}

static int timeout(lua_State *L) {
    check_can_wait(L, "timeout");
    lb_request request = {.name = "timeout", .seconds = luaL_checknumber(L, 1), .count = 1};
    if (!isfinite(request.seconds) || request.seconds < 0) {
        return lb_raise(L, "bad_argument", "bad argument 'seconds' to 'timeout': expected a number of at least 0");
    }
    check_function(L, 2, "timeout", 2);
    lua_createtable(L, 1, 0);
    lua_pushvalue(L, 2);
    lua_rawseti(L, -2, 1);
    return gather(L, LB_TIMEOUT, lua_gettop(L), request);
}

// MARK: wait(), wake(), defer(function)

static int woken(lua_State *L, int status, lua_KContext context) {
    (void)status;
    (void)context;
    if (lb_of(L)->answer == LB_ANSWER_ERROR) return lb_raise_answer(L, "wait", 1, 0);
    return 0;
}

static int wait(lua_State *L) {
    check_can_wait(L, "wait");
    lb_refuse_if_expired(L);
    lb_of(L)->request = (lb_request){.name = "wait"};
    return yield_request(L, LB_WAIT, woken);
}

static int wake(lua_State *L) {
    lb_of(L)->wake = true;
    return 0;
}

static int defer(lua_State *L) {
    check_function(L, 1, "defer", 1);
    lua_settop(L, 1);
    if (lb_of(L)->running == NULL || !lb_push_scope(L)) {
        return lb_raise(L, "failed", "'defer' cannot be used while the library is loaded");
    }
    lua_insert(L, 1);
    lua_rawseti(L, 1, (lua_Integer)lua_rawlen(L, 1) + 1);
    return 0;
}

// MARK: thread_id(), is_within(id)

static int thread_id(lua_State *L) {
    lb_thread *thread = lb_of(L)->running;
    lua_pushinteger(L, thread == NULL ? 0 : thread->id);
    return 1;
}

// Whether the thread of that number is this one or one of those that started it.
static int is_within(lua_State *L) {
    lua_Integer id = luaL_checkinteger(L, 1);
    bool found = false;
    for (lb_thread *thread = lb_of(L)->running; thread != NULL && !found; thread = thread->parent) {
        found = thread->id == id;
    }
    lua_pushboolean(L, found);
    return 1;
}

const luaL_Reg lb_request_functions[] = {
    {"call", call}, {"parallel", parallel}, {"timeout", timeout},     {"wait", wait},           {"wake", wake},
    {"defer", defer}, {"thread_id", thread_id}, {"is_within", is_within}, {NULL, NULL},
};

const lb_request *lb_vm_request(const lb_vm *vm) { return &vm->request; }

void lb_vm_locate_request(lb_vm *vm, lb_thread *thread) {
    if (vm->request.is_located || thread->state == NULL) return;
    lb_thread *running = vm->running;
    vm->running = thread;
    locate(thread->state, &vm->request);
    vm->running = running;
}

bool lb_vm_take_wake(lb_vm *vm) {
    bool wake = vm->wake;
    vm->wake = false;
    return wake;
}
