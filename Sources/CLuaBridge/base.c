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

// MARK: pairs

// In a fixed order: a run can be repeated, and two runs of a script ask the host for the same things in the same order.

static int rank(int type) {
    switch (type) {
    case LUA_TNUMBER: return 0;
    case LUA_TSTRING: return 1;
    case LUA_TBOOLEAN: return 2;
    default: return 3;
    }
}

// Whether the key at `a` comes before the key at `b`: numbers, names, booleans, then what has no order.
static bool precedes(lua_State *L, int a, int b) {
    int left = lua_type(L, a), right = lua_type(L, b);
    if (rank(left) != rank(right)) return rank(left) < rank(right);
    if (left == LUA_TNUMBER || left == LUA_TSTRING) return lua_compare(L, a, b, LUA_OPLT);
    return left == LUA_TBOOLEAN && !lua_toboolean(L, a) && lua_toboolean(L, b);
}

// Pushes the list of the keys of the table at `table`; answers whether they are in order.
static bool push_keys(lua_State *L, int table) {
    lua_createtable(L, lua_rawlen(L, table) > INT_MAX ? 0 : (int)lua_rawlen(L, table), 0);
    int list = lua_gettop(L);
    lua_Integer count = 0;
    bool sorted = true;
    lua_pushnil(L); // the key before
    lua_pushnil(L);
    while (lua_next(L, table)) {
        lua_pop(L, 1);
        if (count > 0 && sorted) sorted = precedes(L, list + 1, list + 2);
        lua_pushvalue(L, -1);
        lua_replace(L, list + 1);
        lua_pushvalue(L, -1);
        lua_rawseti(L, list, ++count);
    }
    lua_settop(L, list);
    return sorted;
}

// Moves the item at `root` of a heap of `count` items down to its place. Two slots above the list are used.
static void sift(lua_State *L, int list, lua_Integer root, lua_Integer count) {
    lua_rawgeti(L, list, root);
    for (lua_Integer child = root * 2; child <= count; child = root * 2) {
        lua_rawgeti(L, list, child);
        if (child < count) {
            lua_rawgeti(L, list, child + 1);
            if (precedes(L, -2, -1)) {
                lua_replace(L, -2);
                child++;
            } else {
                lua_pop(L, 1);
            }
        }
        if (!precedes(L, -2, -1)) {
            lua_pop(L, 1);
            break;
        }
        lua_rawseti(L, list, root);
        root = child;
    }
    lua_rawseti(L, list, root);
}

static void sort_keys(lua_State *L, int list) {
    lua_Integer count = (lua_Integer)lua_rawlen(L, list);
    for (lua_Integer root = count / 2; root >= 1; root--) sift(L, list, root, count);
    for (lua_Integer last = count; last > 1; last--) {
        lua_rawgeti(L, list, 1);
        lua_rawgeti(L, list, last);
        lua_rawseti(L, list, 1);
        lua_rawseti(L, list, last);
        sift(L, list, 1, last - 1);
    }
}

// Upvalues: the list of keys, the position in it. A key whose value has gone meanwhile is left out.
static int next_pair(lua_State *L) {
    lua_Integer position = lua_tointeger(L, lua_upvalueindex(2));
    lua_settop(L, 1);
    while (lua_rawgeti(L, lua_upvalueindex(1), ++position) != LUA_TNIL) {
        lua_pushvalue(L, 2);
        if (lua_rawget(L, 1) != LUA_TNIL) break;
        lua_settop(L, 1);
    }
    lua_pushinteger(L, position);
    lua_replace(L, lua_upvalueindex(2));
    return lua_gettop(L) - 1;
}

static int custom_pairs(lua_State *L, int status, lua_KContext context) {
    (void)L;
    (void)status;
    (void)context;
    return 3;
}

static int fixed_pairs(lua_State *L) {
    luaL_checkany(L, 1);
    lua_settop(L, 1);
    if (luaL_getmetafield(L, 1, "__pairs") != LUA_TNIL) {
        lua_pushvalue(L, 1);
        lua_callk(L, 1, 3, 0, custom_pairs);
        return 3;
    }
    luaL_checktype(L, 1, LUA_TTABLE);
    if (!push_keys(L, 1)) sort_keys(L, 2);
    lua_pushinteger(L, 0);
    lua_pushcclosure(L, next_pair, 2);
    lua_pushvalue(L, 1);
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
    {"load", load_text}, {"pairs", fixed_pairs}, {"setmetatable", set_metatable}, {NULL, NULL}};
