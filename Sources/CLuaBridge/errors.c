#include <string.h>

#include "internal.h"

// Errors of the host are tables {code, message, location, traceback, primitive, arguments, …} that print as
// "file:line: message".

bool lb_is_error(lua_State *L, int index) {
    if (!lua_istable(L, index) || !lua_getmetatable(L, index)) return false;
    lua_rawgetp(L, LUA_REGISTRYINDEX, &lb_key_error);
    bool same = lua_rawequal(L, -1, -2);
    lua_pop(L, 2);
    return same;
}

static void set_raw(lua_State *L, int table, const char *name) {
    lua_pushstring(L, name);
    lua_insert(L, -2);
    lua_rawset(L, table);
}

static int raw_field(lua_State *L, int table, const char *name) {
    lua_pushstring(L, name);
    return lua_rawget(L, table);
}

static void set_raw_if_absent(lua_State *L, int table, const char *name) {
    bool absent = raw_field(L, table, name) == LUA_TNIL;
    lua_pop(L, 1);
    if (absent) set_raw(L, table, name);
    else lua_pop(L, 1);
}

// Completes the table on top of the stack with what is known here.
static void complete(lua_State *L, int level) {
    int error = lua_gettop(L);
    luaL_checkstack(L, 12, NULL);
    lb_push_location(L);
    set_raw_if_absent(L, error, "location");
    lb_push_traceback(L, L, level);
    set_raw_if_absent(L, error, "traceback");
    lua_rawgetp(L, LUA_REGISTRYINDEX, &lb_key_error);
    lua_setmetatable(L, error);
}

void lb_push_error(lua_State *L, const char *code, const char *message) {
    luaL_checkstack(L, 6, NULL);
    lua_createtable(L, 0, 4);
    int error = lua_gettop(L);
    lua_pushstring(L, code);
    set_raw(L, error, "code");
    lua_pushstring(L, message);
    set_raw(L, error, "message");
    complete(L, 1);
}

int lb_raise(lua_State *L, const char *code, const char *message) {
    lb_push_error(L, code, message);
    return lua_error(L);
}

// Raises an error that stops the thread: `pcall` lets it pass. The registry's table of tokens marks it with false.
int lb_raise_stop(lua_State *L, const char *code, const char *message) {
    lb_push_error(L, code, message);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &lb_key_tokens);
    lua_pushvalue(L, -2);
    lua_pushboolean(L, 0);
    lua_rawset(L, -3);
    lua_pop(L, 1);
    return lua_error(L);
}

// Whether a script may not catch the error at the index: it stops the thread, or the thread's time is over.
bool lb_must_pass(lua_State *L, int index) {
    lb_thread *thread = lb_of(L)->running;
    if (thread == NULL || thread->stop == LB_STOP_NONE) return false;
    if (thread->stop == LB_STOP_EXPIRED) return true;
    index = lua_absindex(L, index);
    if (!lua_checkstack(L, 2)) return true;
    lua_rawgetp(L, LUA_REGISTRYINDEX, &lb_key_tokens);
    lua_pushvalue(L, index);
    bool stops = lua_rawget(L, -2) == LUA_TBOOLEAN;
    lua_pop(L, 2);
    return stops;
}

// The room was made with the answer.
void lb_bury_token(lb_vm *vm, int64_t token) {
    if (token != 0 && vm->dead_count < vm->dead_room) vm->dead_tokens[vm->dead_count++] = token;
}

static int token_collected(lua_State *L) {
    lb_vm *vm = lb_of(L);
    int64_t *token = lua_touserdata(L, 1);
    if (token != NULL) lb_bury_token(vm, *token);
    return 0;
}

// Ties the host's token to the error on top of the stack: it is reported dead when the script has let go of the error.
static void attach_token(lua_State *L) {
    lb_vm *vm = lb_of(L);
    int error = lua_gettop(L);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &lb_key_tokens);
    lua_pushvalue(L, error);
    int64_t *token = lua_newuserdatauv(L, sizeof *token, 0);
    *token = 0;
    lua_rawgetp(L, LUA_REGISTRYINDEX, &lb_key_token_metatable);
    lua_setmetatable(L, -2);
    *token = vm->answer_token;
    vm->answer_token = 0;
    lua_rawset(L, -3);
    lua_settop(L, error);
}

// Raises the host's answer, an error whose fields are in the blank tree. The arguments of the primitive, if it had
// any, are the stack's slots from `first` to `last`.
int lb_raise_answer(lua_State *L, const char *primitive, int first, int last) {
    lb_vm *vm = lb_of(L);
    if (vm->blank.failed) return lb_raise(L, "memory", "not enough memory for the error of a primitive");
    luaL_checkstack(L, 12, NULL);
    size_t cursor = 0;
    lb_tree_push(L, &vm->blank, &cursor);
    int error = lua_gettop(L);
    if (!lua_istable(L, error)) return lb_raise(L, "failed", "the primitive failed");
    if (vm->answer_token != 0) attach_token(L);
    lua_pushstring(L, primitive);
    set_raw_if_absent(L, error, "primitive");
    lua_createtable(L, last - first + 1, 0);
    for (int i = first; i <= last; i++) {
        lua_pushvalue(L, i);
        lua_rawseti(L, -2, i - first + 1);
    }
    set_raw_if_absent(L, error, "arguments");
    complete(L, 1);
    return lua_error(L);
}

// error(fields or message): raises an error of the host's kind.
int lb_error(lua_State *L) {
    lua_settop(L, 1);
    if (!lua_istable(L, 1)) {
        lua_createtable(L, 0, 4);
        lua_insert(L, 1);
        luaL_tolstring(L, 2, NULL);
        set_raw(L, 1, "message");
        lua_settop(L, 1);
    }
    complete(L, 1);
    return lua_error(L);
}

static int error_tostring(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    bool located = raw_field(L, 1, "location") == LUA_TSTRING;
    raw_field(L, 1, "message");
    luaL_tolstring(L, 3, NULL);
    if (located) lua_pushfstring(L, "%s: %s", lua_tostring(L, 2), lua_tostring(L, 4));
    return 1;
}

static int error_concat(lua_State *L) {
    lua_settop(L, 2);
    luaL_tolstring(L, 1, NULL);
    luaL_tolstring(L, 2, NULL);
    lua_concat(L, 2);
    return 1;
}

static int is_error(lua_State *L) {
    lua_settop(L, 1);
    lua_pushboolean(L, lb_is_error(L, 1));
    return 1;
}

const luaL_Reg lb_error_functions[] = {{"error", lb_error}, {"is_error", is_error}, {NULL, NULL}};

void lb_open_errors(lua_State *L) {
    lua_createtable(L, 0, 4);
    lua_pushcfunction(L, error_tostring);
    lua_setfield(L, -2, "__tostring");
    lua_pushcfunction(L, error_concat);
    lua_setfield(L, -2, "__concat");
    lua_pushliteral(L, "error");
    lua_setfield(L, -2, "__name");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_rawsetp(L, LUA_REGISTRYINDEX, &lb_key_error);

    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, token_collected);
    lua_setfield(L, -2, "__gc");
    lua_rawsetp(L, LUA_REGISTRYINDEX, &lb_key_token_metatable);

    lua_createtable(L, 0, 0);
    lua_createtable(L, 0, 1);
    lua_pushliteral(L, "k");
    lua_setfield(L, -2, "__mode");
    lua_setmetatable(L, -2);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &lb_key_tokens);
}
