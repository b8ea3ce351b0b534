#include "internal.h"

// coroutine.* for scripts. A yield of LB_REQUEST_MARK inside a coroutine is a request to the host: whoever resumed that
// coroutine yields it in turn, and when the answer comes the resumes are repeated on the way down.

typedef enum { DEAD, SUSPENDED, NORMAL, RUNNING } co_status;
static const char *const status_names[] = {"dead", "suspended", "normal", "running"};

static lua_State *coroutine_at(lua_State *L, int index) {
    lua_State *co = lua_tothread(L, index);
    luaL_argexpected(L, co != NULL, index, "coroutine");
    return co;
}

static co_status status_of(lua_State *L, lua_State *co) {
    lua_Debug frame;
    if (L == co) return RUNNING;
    switch (lua_status(co)) {
    case LUA_YIELD: return lb_waits_for_host(co) ? NORMAL : SUSPENDED;
    case LUA_OK:
        if (lua_getstack(co, 0, &frame)) return NORMAL;
        return lua_gettop(co) == 0 ? DEAD : SUSPENDED;
    default: return DEAD;
    }
}

// The frame under every coroutine's function: its <close> variables run in the living coroutine, where they may wait.
static int body_ended(lua_State *L, int status, lua_KContext context) {
    (void)context;
    if (status != LUA_OK && status != LUA_YIELD) return lua_error(L);
    return lua_gettop(L) - 1;
}

static int body(lua_State *L) {
    lua_pushcfunction(L, lb_message_handler);
    lua_insert(L, 1);
    int status = lua_pcallk(L, lua_gettop(L) - 2, LUA_MULTRET, 1, 0, body_ended);
    return body_ended(L, status, 0);
}

static int create(lua_State *L) {
    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_State *co = lua_newthread(L);
    lua_pushcfunction(co, body);
    lua_pushvalue(L, 1);
    lua_xmove(L, co, 1);
    return 1;
}

// The error is on top of the stack. A thread that is being stopped does not come back to its script.
static int fail_resume(lua_State *L, bool wrapped, int status) {
    if (wrapped || status == LUA_ERRMEM || lb_must_pass(L, -1)) return lua_error(L);
    lua_pushboolean(L, 0);
    lua_insert(L, -2);
    return 2;
}

static int refuse_resume(lua_State *L, bool wrapped, const char *why) {
    if (wrapped) return luaL_error(L, "%s", why);
    lua_pushboolean(L, 0);
    lua_pushstring(L, why);
    return 2;
}

static int resumed_again(lua_State *L, int status, lua_KContext context);

// Runs the coroutine until it ends, yields, or has a request, which is passed on.
static int run(lua_State *L, lua_State *co, int arguments, bool wrapped) {
    lb_vm *vm = lb_of(L);
    int count = 0;
    lb_link link = {L, co, vm->chain};
    vm->chain = &link;
    int status = lua_resume(co, L, arguments, &count);
    vm->chain = link.up;
    if (status == LUA_YIELD && (vm->pausing || lb_waits_for_host(co))) {
        lua_pushlightuserdata(L, LB_REQUEST_MARK);
        return lua_yieldk(L, 1, wrapped, resumed_again);
    }
    if (status == LUA_OK || status == LUA_YIELD) {
        if (!lua_checkstack(L, count + 1)) {
            lua_pop(co, count);
            return refuse_resume(L, wrapped, "too many results to resume");
        }
        if (!wrapped) lua_pushboolean(L, 1);
        lua_xmove(co, L, count);
        return wrapped ? count : count + 1;
    }
    lua_xmove(co, L, 1);
    return fail_resume(L, wrapped, status);
}

static lua_State *own_coroutine(lua_State *L, bool wrapped) {
    return wrapped ? lua_tothread(L, lua_upvalueindex(1)) : lua_tothread(L, 1);
}

static int resumed_again(lua_State *L, int status, lua_KContext context) {
    (void)status;
    lua_State *co = own_coroutine(L, context != 0);
    if (lb_waits_for_host(co)) lua_pop(co, 1); // else it paused in a hook
    return run(L, co, 0, context != 0);
}

static int start(lua_State *L, lua_State *co, int first, bool wrapped) {
    co_status status = status_of(L, co);
    if (status != SUSPENDED) {
        return refuse_resume(L, wrapped, lua_pushfstring(L, "cannot resume %s coroutine",
                                                         status == DEAD ? "dead" : "non-suspended"));
    }
    int arguments = lua_gettop(L) - first + 1;
    if (!lua_checkstack(co, arguments + 1)) return refuse_resume(L, wrapped, "too many arguments to resume");
    bool fresh = lua_status(co) == LUA_OK;
    lua_xmove(L, co, arguments);
    return run(L, co, fresh ? lua_gettop(co) - 1 : arguments, wrapped);
}

static int resume(lua_State *L) { return start(L, coroutine_at(L, 1), 2, false); }

static int call_wrapped(lua_State *L) { return start(L, own_coroutine(L, true), 1, true); }

static int wrap(lua_State *L) {
    create(L);
    lua_pushcclosure(L, call_wrapped, 1);
    return 1;
}

static bool is_root(lua_State *L) {
    lb_thread *thread = lb_of(L)->running;
    return thread == NULL || thread->state == L;
}

static int yield(lua_State *L) {
    if (is_root(L)) return luaL_error(L, "attempt to yield from outside a coroutine");
    return lua_yield(L, lua_gettop(L));
}

static int isyieldable(lua_State *L) {
    lua_pushboolean(L, !is_root(L) && lua_isyieldable(L));
    return 1;
}

static int running(lua_State *L) {
    lua_pushthread(L);
    lua_pushboolean(L, is_root(L));
    return 2;
}

static int status(lua_State *L) {
    lua_pushstring(L, status_names[status_of(L, coroutine_at(L, 1))]);
    return 1;
}

static int close_coroutine(lua_State *L) {
    lua_State *co = coroutine_at(L, 1);
    co_status status = status_of(L, co);
    if (status != DEAD && status != SUSPENDED) {
        return luaL_error(L, "cannot close a %s coroutine", status_names[status]);
    }
    int result = lua_resetthread(co);
    lua_pushboolean(L, result == LUA_OK);
    if (result == LUA_OK) return 1;
    lua_xmove(co, L, 1);
    return 2;
}

const luaL_Reg lb_coroutine_functions[] = {
    {"create", create},           {"resume", resume},   {"wrap", wrap},     {"yield", yield},
    {"isyieldable", isyieldable}, {"running", running}, {"status", status}, {"close", close_coroutine},
    {NULL, NULL},
};
