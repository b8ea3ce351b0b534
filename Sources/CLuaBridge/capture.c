#include <stdio.h>
#include <string.h>

#include "internal.h"

// Copies Lua values to a tree. Nothing here raises: only raw access, and a stack that was checked.

typedef struct shape {
    lua_Integer items, integers;
    size_t fields;
} shape;

static bool refuse(lb_problem *problem, const char *what) {
    problem->what = what;
    problem->path[0] = '\0';
    return false;
}

// Puts a step in front of the path; what does not fit any more is cut off at the end.
static void prefix(lb_problem *problem, const char *step) {
    size_t room = sizeof problem->path - 1, length = strlen(step);
    if (length > room) length = room;
    size_t rest = strlen(problem->path);
    if (rest > room - length) rest = room - length;
    memmove(problem->path + length, problem->path, rest);
    memcpy(problem->path, step, length);
    problem->path[length + rest] = '\0';
}

static bool measure(lua_State *L, int index, shape *found, lb_problem *problem) {
    memset(found, 0, sizeof *found);
    lua_pushnil(L);
    while (lua_next(L, index)) {
        lua_pop(L, 1);
        if (lua_type(L, -1) == LUA_TSTRING) {
            found->fields++;
        } else if (lua_isinteger(L, -1) && lua_tointeger(L, -1) > 0) {
            lua_Integer key = lua_tointeger(L, -1);
            found->integers++;
            if (key > found->items) found->items = key;
        } else {
            lua_pop(L, 1);
            return refuse(problem, "a table whose keys are neither names nor the positions of a list");
        }
    }
    if (found->items > found->integers * 2 + 16) return refuse(problem, "a list that is mostly holes");
    return true;
}

static bool capture(lua_State *L, int index, lb_tree *tree, int depth, lb_problem *problem);

static bool capture_items(lua_State *L, int index, lua_Integer items, lb_tree *tree, int depth, lb_problem *problem) {
    for (lua_Integer i = 1; i <= items; i++) {
        lua_rawgeti(L, index, i);
        bool done = capture(L, lua_gettop(L), tree, depth + 1, problem);
        lua_pop(L, 1);
        if (done) continue;
        char step[32];
        snprintf(step, sizeof step, "[%lld]", (long long)i);
        prefix(problem, step);
        return false;
    }
    return true;
}

static bool capture_fields(lua_State *L, int index, lb_tree *tree, int depth, lb_problem *problem) {
    lua_pushnil(L);
    while (lua_next(L, index)) {
        if (lua_type(L, -2) == LUA_TSTRING) {
            size_t length;
            const char *name = lua_tolstring(L, -2, &length);
            lb_tree_add_string(tree, name, length);
            if (!capture(L, lua_gettop(L), tree, depth + 1, problem)) {
                char step[64];
                snprintf(step, sizeof step, ".%.60s", name);
                prefix(problem, step);
                lua_pop(L, 2);
                return false;
            }
        }
        lua_pop(L, 1);
    }
    return true;
}

static bool capture_table(lua_State *L, int index, lb_tree *tree, int depth, lb_problem *problem) {
    if (depth >= LB_DEPTH_LIMIT) return refuse(problem, "a table that is nested too deeply or contains itself");
    if (!lua_checkstack(L, 8)) return refuse(problem, NULL);
    shape found;
    if (!measure(L, index, &found, problem)) return false;
    lb_tree_add_table(tree, (size_t)found.items, found.fields);
    if (!capture_items(L, index, found.items, tree, depth, problem)) return false;
    return found.fields == 0 || capture_fields(L, index, tree, depth, problem);
}

static bool capture(lua_State *L, int index, lb_tree *tree, int depth, lb_problem *problem) {
    size_t length;
    const char *text;
    switch (lua_type(L, index)) {
    case LUA_TNIL: lb_tree_add_nil(tree); break;
    case LUA_TBOOLEAN: lb_tree_add_boolean(tree, lua_toboolean(L, index)); break;
    case LUA_TNUMBER:
        if (lua_isinteger(L, index)) lb_tree_add_integer(tree, lua_tointeger(L, index));
        else lb_tree_add_number(tree, lua_tonumber(L, index));
        break;
    case LUA_TSTRING:
        text = lua_tolstring(L, index, &length);
        lb_tree_add_string(tree, text, length);
        break;
    case LUA_TLIGHTUSERDATA:
        if (lua_touserdata(L, index) != LB_NULL_POINTER) return refuse(problem, "a userdata");
        lb_tree_add_null(tree);
        break;
    case LUA_TTABLE:
        if (!capture_table(L, index, tree, depth, problem)) return false;
        break;
    case LUA_TFUNCTION: return refuse(problem, "a function");
    case LUA_TTHREAD: return refuse(problem, "a coroutine");
    default: return refuse(problem, "a userdata");
    }
    return tree->failed ? refuse(problem, NULL) : true;
}

// Adds the value at an absolute index. On false the problem says what cannot cross and where in the value it is;
// `what` is NULL when memory is short.
bool lb_capture(lua_State *L, int index, lb_tree *tree, lb_problem *problem) {
    if (!lua_checkstack(L, 4)) return refuse(problem, NULL);
    return capture(L, index, tree, 0, problem);
}
