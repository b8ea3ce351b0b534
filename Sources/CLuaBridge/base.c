#include <string.h>

#include "internal.h"

// Functions of Lua's base library as scripts get them.

// load(text, name, environment): text only. The function, or nil and the message. A first line that begins with '#' is
// skipped, as the interpreter does for files.
static int load_text(lua_State *L) {
    size_t length;
    const char *text = luaL_checklstring(L, 1, &length);
    const char *name = luaL_checkstring(L, 2);
    if (length > 0 && *text == '#') {
        const char *end = memchr(text, '\n', length);
        size_t skipped = end == NULL ? length : (size_t)(end - text);
        text += skipped;
        length -= skipped;
    }
    if (luaL_loadbufferx(L, text, length, name, "t") != LUA_OK) {
        lua_pushnil(L);
        lua_insert(L, -2);
        return 2;
    }
    if (!lua_isnoneornil(L, 3)) {
        lua_pushvalue(L, 3);
        if (lua_setupvalue(L, -2, 1) == NULL) lua_pop(L, 1);
    }
    return 1;
}

static int rank(int type) {
    switch (type) {
    case LUA_TNUMBER: return 0;
    case LUA_TSTRING: return 1;
    case LUA_TBOOLEAN: return 2;
    default: return 3;
    }
}

// Whether the key at `a` comes before the key at `b`: numbers, then names, then what has no order.
static bool precedes(lua_State *L, int a, int b) {
    int left = lua_type(L, a), right = lua_type(L, b);
    if (rank(left) != rank(right)) return rank(left) < rank(right);
    if (left == LUA_TNUMBER || left == LUA_TSTRING) return lua_compare(L, a, b, LUA_OPLT);
    return left == LUA_TBOOLEAN && !lua_toboolean(L, a) && lua_toboolean(L, b);
}

static int key_order(lua_State *L) {
    lua_settop(L, 2);
    lua_pushboolean(L, precedes(L, 1, 2));
    return 1;
}

// keys(table): the list of its keys, and whether it is already in order.
static int keys(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    lua_createtable(L, (int)lua_rawlen(L, 1), 0);
    lua_Integer count = 0;
    bool sorted = true;
    lua_pushnil(L); // the key before
    lua_pushnil(L);
    while (lua_next(L, 1)) {
        lua_pop(L, 1);
        if (count > 0 && sorted) sorted = precedes(L, 3, 4);
        lua_pushvalue(L, 4);
        lua_replace(L, 3);
        lua_pushvalue(L, 4);
        lua_rawseti(L, 2, ++count);
    }
    lua_pushvalue(L, 2);
    lua_pushboolean(L, sorted);
    return 2;
}

// setmetatable without finalizers: they would run where nothing can interrupt them.
static int set_metatable(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_argexpected(L, lua_isnil(L, 2) || lua_istable(L, 2), 2, "nil or table");
    if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL) return luaL_error(L, "cannot change a protected metatable");
    if (lua_istable(L, 2)) {
        lua_pushliteral(L, "__gc");
        if (lua_rawget(L, 2) != LUA_TNIL) {
            return luaL_error(L, "'__gc' is not available to scripts: use a <close> variable");
        }
    }
    lua_settop(L, 2);
    lua_setmetatable(L, 1);
    return 1;
}

const luaL_Reg lb_base_functions[] = {
    {"load", load_text}, {"keys", keys}, {"key_order", key_order}, {"setmetatable", set_metatable}, {NULL, NULL}};
