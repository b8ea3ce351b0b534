#include "internal.h"

// pcall and xpcall as scripts know them, with two differences: the traceback of the place where an error was raised is
// kept for when it is raised again, and the error that stops a thread for good is let through.

static bool succeeded(int status) { return status == LUA_OK || status == LUA_YIELD; }

// Stack: the handler at 1, what the call left behind it.
static int call_ended(lua_State *L, int status, lua_KContext context) {
    (void)context;
    if (!succeeded(status) && lb_must_pass(L, -1)) return lua_error(L);
    lua_pushboolean(L, succeeded(status));
    lua_replace(L, 1);
    return lua_gettop(L);
}

static int protected_call(lua_State *L) {
    luaL_checkany(L, 1);
    lua_pushcfunction(L, lb_message_handler);
    lua_insert(L, 1);
    int status = lua_pcallk(L, lua_gettop(L) - 2, LUA_MULTRET, 1, 0, call_ended);
    return call_ended(L, status, 0);
}

static int protected_call_with_handler(lua_State *L) {
    luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_pushvalue(L, 2);
    lua_insert(L, 1);
    lua_remove(L, 3);
    int status = lua_pcallk(L, lua_gettop(L) - 2, LUA_MULTRET, 1, 0, call_ended);
    return call_ended(L, status, 0);
}

// attempt(function, ...): the status as Lua numbers it, then the results or the error. For the library only: it lets
// nothing through.
static int attempt_ended(lua_State *L, int status, lua_KContext context) {
    (void)context;
    lua_pushinteger(L, succeeded(status) ? LUA_OK : status);
    lua_replace(L, 1);
    return lua_gettop(L);
}

static int attempt(lua_State *L) {
    lua_pushcfunction(L, lb_message_handler);
    lua_insert(L, 1);
    int status = lua_pcallk(L, lua_gettop(L) - 2, LUA_MULTRET, 1, 0, attempt_ended);
    return attempt_ended(L, status, 0);
}

const luaL_Reg lb_protection_functions[] = {
    {"pcall", protected_call}, {"xpcall", protected_call_with_handler}, {"attempt", attempt}, {NULL, NULL}};
