#include "internal.h"

// MARK: Answers

void lb_answer_value(lb_vm *vm) { vm->answer = LB_ANSWER_VALUE; }
void lb_answer_results(lb_vm *vm) { vm->answer = LB_ANSWER_RESULTS; }
void lb_answer_child_error(lb_vm *vm) { vm->answer = LB_ANSWER_CHILD_ERROR; }

// Makes the room that reporting the token dead will need, when nothing may fail.
bool lb_answer_error(lb_vm *vm, int64_t token) {
    vm->answer = LB_ANSWER_ERROR;
    vm->answer_token = 0;
    if (token == 0) return true;
    void **room = (void **)&vm->dead_tokens;
    if (!lb_grow(vm, room, &vm->dead_room, vm->live_tokens + 1, sizeof *vm->dead_tokens)) return false;
    vm->live_tokens++;
    vm->answer_token = token;
    return true;
}

bool lb_vm_next_dead_token(lb_vm *vm, int64_t *token) {
    if (vm->dead_count == 0) return false;
    *token = vm->dead_tokens[--vm->dead_count];
    vm->live_tokens--;
    return true;
}

// MARK: Resuming

// Whether the coroutine has passed on a request to the host.
bool lb_waits_for_host(lua_State *co) {
    return lua_status(co) == LUA_YIELD && lua_gettop(co) > 0 && lua_touserdata(co, -1) == LB_REQUEST_MARK;
}

static lb_status ended(lb_thread *thread, int status, int count) {
    lua_State *L = thread->state;
    if (status != LUA_OK) { // enter() itself failed: there was no memory for it
        thread->outcome = status;
        thread->results = 1;
        return LB_FAILED;
    }
    thread->outcome = count > 0 ? (int)lua_tointeger(L, -count) : LUA_ERRRUN;
    thread->results = count > 0 ? count - 1 : 0;
    return thread->outcome == LUA_OK ? LB_DONE : LB_FAILED;
}

// The stack of a new thread is enter, scope, function and arguments; that of a waiting one ends in the request's mark.
lb_status lb_thread_resume(lb_vm *vm, lb_thread *thread) {
    lua_State *L = thread->state;
    int arguments = lua_status(L) == LUA_YIELD ? 0 : lua_gettop(L) - 1, count = 0;
    if (lb_waits_for_host(L)) lua_pop(L, 1);
    vm->running = thread;
    vm->chain = NULL;
    vm->pausing = false;
    vm->slice_end = vm->instructions + vm->slice;
    int status = lua_resume(L, NULL, arguments, &count);
    vm->running = NULL;
    vm->answer = LB_ANSWER_NONE;
    lb_bury_token(vm, vm->answer_token); // nobody took it
    vm->answer_token = 0;
    if (status != LUA_YIELD) return ended(thread, status, count);
    bool paused = vm->pausing;
    vm->pausing = false;
    return paused ? LB_PAUSE : thread->pending;
}

// MARK: What a thread leaves

const lb_failure *lb_thread_failure(lb_vm *vm, lb_thread *thread) {
    lb_fail_memory(vm);
    lua_State *L = thread->state;
    if (thread->outcome == LUA_ERRMEM || thread->results < 1 || !lua_checkstack(vm->main, 2) || !lua_checkstack(L, 1)) {
        return &vm->failure;
    }
    lua_pushvalue(L, -thread->results);
    lua_xmove(L, vm->main, 1);
    lb_describe_failure(vm, thread, thread->outcome);
    lua_pop(vm->main, 1);
    return &vm->failure;
}

typedef struct capture {
    lb_thread *thread;
    lb_thread *parent;
    size_t index;
} capture;

static int capture_results(lua_State *L) {
    capture *what = lua_touserdata(L, 1);
    lb_vm *vm = lb_of(L);
    lua_State *co = what->thread->state;
    int top = lua_gettop(co), first = top - what->thread->results + 1;
    lb_tree_clear(&vm->results);
    for (int i = first; i <= top; i++) {
        lb_problem problem;
        if (lb_capture(co, i, &vm->results, &problem)) continue;
        if (problem.what == NULL) return lb_raise(L, "memory", "not enough memory for the results of a script");
        const char *place = *problem.path == '\0' ? "" : lua_pushfstring(L, " (at %s)", problem.path);
        const char *text = "result %d of the script cannot be passed to the host: it is %s%s";
        return lb_raise(L, "bad_result", lua_pushfstring(L, text, i - first + 1, problem.what, place));
    }
    return 0;
}

const lb_tree *lb_thread_results(lb_vm *vm, lb_thread *thread, size_t *count) {
    capture what = {.thread = thread};
    *count = (size_t)thread->results;
    return lb_protect(vm, capture_results, &what) ? &vm->results : NULL;
}

static int push_slot(lua_State *L, const lb_thread *thread, int slot) {
    if (!lb_push_scope_of(L, thread)) return luaL_error(L, "a thread has ended before its time");
    int type = lua_rawgeti(L, -1, slot);
    lua_remove(L, -2);
    return type;
}

// A timeout's one child hands over all its results, a child of parallel its first one.
static int keep_results(lua_State *L) {
    capture *what = lua_touserdata(L, 1);
    lua_State *co = what->thread->state;
    int top = lua_gettop(co), count = what->thread->results;
    if (push_slot(L, what->parent, LB_SCOPE_RESULTS) != LUA_TTABLE) return 0;
    luaL_checkstack(co, 1, NULL);
    if (what->parent->pending == LB_PARALLEL) {
        if (count == 0) return 0;
        lua_pushvalue(co, top - count + 1);
        lua_xmove(co, L, 1);
        lua_rawseti(L, -2, (lua_Integer)what->index + 1);
        return 0;
    }
    for (int i = 1; i <= count; i++) {
        lua_pushvalue(co, top - count + i);
        lua_xmove(co, L, 1);
        lua_rawseti(L, -2, i);
    }
    lua_pushinteger(L, count);
    lua_setfield(L, -2, "n");
    return 0;
}

bool lb_thread_keep_results(lb_vm *vm, lb_thread *parent, lb_thread *child, size_t index) {
    capture what = {.thread = child, .parent = parent, .index = index};
    return lb_protect(vm, keep_results, &what);
}

static void copy_slot(lua_State *L, const capture *what, int slot) {
    push_slot(L, what->thread, slot);
    if (!lb_push_scope_of(L, what->parent)) luaL_error(L, "a thread has ended before its time");
    lua_insert(L, -2);
    lua_rawseti(L, -2, slot);
    lua_pop(L, 1);
}

static int keep_error(lua_State *L) {
    capture *what = lua_touserdata(L, 1);
    lua_State *co = what->thread->state;
    for (int slot = LB_SCOPE_ERROR; slot <= LB_SCOPE_STEP; slot++) copy_slot(L, what, slot);
    if (what->thread->outcome == LUA_ERRMEM) {
        lb_push_error(L, "memory", "not enough memory");
    } else {
        luaL_checkstack(co, 1, NULL);
        lua_pushvalue(co, -what->thread->results);
        lua_xmove(co, L, 1);
    }
    if (!lb_push_scope_of(L, what->parent)) return luaL_error(L, "a thread has ended before its time");
    lua_insert(L, -2);
    lua_rawseti(L, -2, LB_SCOPE_ERROR);
    return 0;
}

bool lb_thread_keep_error(lb_vm *vm, lb_thread *parent, lb_thread *child) {
    capture what = {.thread = child, .parent = parent};
    return lb_protect(vm, keep_error, &what);
}
