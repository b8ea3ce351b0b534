#include <stdio.h>
#include <string.h>

#include "internal.h"

// A chunk's name tells whose it is: '@' a user's, '=' the library's, and this one is never shown.
#define HIDDEN_SOURCE "=host"
#define SHOWN_AT_EACH_END 12

static bool is_hidden(const lua_Debug *frame) { return strcmp(frame->source, HIDDEN_SOURCE) == 0; }

static bool locate(lua_State *L, const char **source, int *line) {
    lua_Debug frame;
    for (int level = 0; lua_getstack(L, level, &frame); level++) {
        lua_getinfo(L, "Sl", &frame);
        if (frame.source[0] != '@' || frame.currentline < 0) continue;
        *source = frame.source + 1;
        *line = frame.currentline;
        return true;
    }
    return false;
}

// The nearest frame of a user's chunk: in this coroutine, in those that resumed it, in the parents' threads.
bool lb_location(lua_State *L, const char **source, int *line) {
    lb_vm *vm = lb_of(L);
    if (locate(L, source, line)) return true;
    for (lb_link *link = vm->chain; link != NULL; link = link->up) {
        if (locate(link->from, source, line)) return true;
    }
    if (vm->running == NULL) return false;
    for (lb_thread *thread = vm->running->parent; thread != NULL; thread = thread->parent) {
        if (thread->state != NULL && locate(thread->state, source, line)) return true;
    }
    return false;
}

// Called by the allocator, so that it only looks: Lua's own functions for that allocate nothing.
void lb_remember_denial(lb_vm *vm) {
    const char *source;
    int line;
    vm->denied_at[0] = '\0';
    lua_State *now = vm->chain != NULL ? vm->chain->to : vm->running != NULL ? vm->running->state : NULL;
    if (now == NULL || !lb_location(now, &source, &line)) return;
    snprintf(vm->denied_at, sizeof vm->denied_at, "%s:%d", source, line);
}

// Pushes "file:line", or nil.
void lb_push_location(lua_State *L) {
    const char *source;
    int line;
    if (lb_location(L, &source, &line)) lua_pushfstring(L, "%s:%d", source, line);
    else lua_pushnil(L);
}

static int depth_of(lua_State *L) {
    lua_Debug frame;
    int low = 0, high = 1;
    while (lua_getstack(L, high, &frame)) {
        low = high;
        high *= 2;
    }
    while (low + 1 < high) {
        int middle = (low + high) / 2;
        if (lua_getstack(L, middle, &frame)) low = middle;
        else high = middle;
    }
    return lua_getstack(L, low, &frame) ? low + 1 : 0;
}

static void add_frame(luaL_Buffer *text, const lua_Debug *frame) {
    lua_State *L = text->L;
    if (*frame->what == 'C') lua_pushliteral(L, "[C]");
    else if (frame->currentline > 0) lua_pushfstring(L, "%s:%d", frame->source + 1, frame->currentline);
    else lua_pushstring(L, frame->source + 1);
    luaL_addvalue(text);
    if (*frame->what == 'm') {
        luaL_addstring(text, ": in main chunk\n");
        return;
    }
    if (*frame->namewhat == '\0') {
        lua_pushfstring(L, ": in function <%s:%d>\n", frame->source + 1, frame->linedefined);
    } else {
        bool method = strcmp(frame->namewhat, "method") == 0;
        lua_pushfstring(L, ": in %s '%s'\n", method ? "method" : "function", frame->name);
    }
    luaL_addvalue(text);
}

// A C function is shown only if it has a name and was not called by the hidden part of the library.
static bool is_shown(lua_State *from, int level, const lua_Debug *frame) {
    if (is_hidden(frame)) return false;
    if (*frame->what != 'C') return true;
    lua_Debug caller;
    if (*frame->namewhat == '\0' || !lua_getstack(from, level + 1, &caller)) return false;
    lua_getinfo(from, "S", &caller);
    return !is_hidden(&caller);
}

static void add_stack(luaL_Buffer *text, lua_State *from, int level) {
    lua_Debug frame;
    int depth = depth_of(from);
    int first_left_out = level + SHOWN_AT_EACH_END, last = depth - SHOWN_AT_EACH_END;
    for (; lua_getstack(from, level, &frame); level++) {
        if (level == first_left_out && last > level) {
            lua_pushfstring(text->L, "... (%d frames left out)\n", last - level);
            luaL_addvalue(text);
            level = last;
            if (!lua_getstack(from, level, &frame)) return;
        }
        lua_getinfo(from, "Slnt", &frame);
        if (is_shown(from, level, &frame)) add_frame(text, &frame);
    }
}

// Pushes the stack of `from` at `level`, then of the coroutines that resumed it, then of the parents' threads.
void lb_push_traceback(lua_State *L, lua_State *from, int level) {
    lb_vm *vm = lb_of(L);
    luaL_checkstack(L, 10, NULL);
    luaL_Buffer text;
    luaL_buffinit(L, &text);
    add_stack(&text, from, level);
    for (lb_link *link = vm->chain; link != NULL; link = link->up) {
        luaL_addstring(&text, "[coroutine resumed by]\n");
        add_stack(&text, link->from, 0);
    }
    lb_thread *thread = vm->running == NULL ? NULL : vm->running->parent;
    for (; thread != NULL && thread->state != NULL; thread = thread->parent) {
        luaL_addstring(&text, "[started by]\n");
        add_stack(&text, thread->state, 0);
    }
    luaL_pushresult(&text);
}

// Remembers the traceback and the place of the error on top of L's stack, raised in `from`. An error that is raised
// again keeps its first ones.
void lb_remember_error(lua_State *L, lua_State *from) {
    int error = lua_gettop(L);
    bool denied = lb_of(L)->denied; // Lua's buffers raise a plain text when there is no memory for them
    if (!lb_push_scope(L)) return;
    int scope = error + 1;
    lua_rawgeti(L, scope, LB_SCOPE_ERROR);
    bool known = lua_rawequal(L, -1, error);
    lua_pop(L, 1);
    if (!known) {
        luaL_checkstack(L, 6, NULL);
        lb_push_traceback(L, from, from == L ? 1 : 0);
        lua_rawseti(L, scope, LB_SCOPE_TRACEBACK);
        lb_push_location(L);
        lua_rawseti(L, scope, LB_SCOPE_LOCATION);
        lua_pushboolean(L, 0);
        lua_rawseti(L, scope, LB_SCOPE_STEP);
        lua_pushboolean(L, denied);
        lua_rawseti(L, scope, LB_SCOPE_MEMORY);
        lua_pushvalue(L, error);
        lua_rawseti(L, scope, LB_SCOPE_ERROR);
    }
    lua_settop(L, error);
}

int lb_message_handler(lua_State *L) {
    lua_settop(L, 1);
    lb_remember_error(L, L);
    return 1;
}

// debug.traceback([coroutine,] message): as Lua's own, but for what is hidden.
static int traceback(lua_State *L) {
    lua_State *from = lua_isthread(L, 1) ? lua_tothread(L, 1) : L;
    int message = from == L && !lua_isthread(L, 1) ? 1 : 2;
    lua_settop(L, message);
    if (!lua_isstring(L, message) && !lua_isnil(L, message)) return 1;
    if (lua_isnil(L, message)) lua_pushliteral(L, "stack traceback:\n");
    else lua_pushfstring(L, "%s\nstack traceback:\n", lua_tostring(L, message));
    lb_push_traceback(L, from, from == L ? 1 : 0);
    lua_concat(L, 2);
    return 1;
}

// in_step(problem, name): the error that was raised last happened in the step of this name; called from the inside out.
static int in_step(lua_State *L) {
    luaL_checkstring(L, 2);
    lua_settop(L, 2);
    if (!lb_push_scope(L)) return 0;
    lua_rawgeti(L, 3, LB_SCOPE_ERROR);
    if (!lua_rawequal(L, 1, 4)) return 0;
    if (lua_rawgeti(L, 3, LB_SCOPE_STEP) == LUA_TSTRING) {
        lua_pushfstring(L, "%s > %s", lua_tostring(L, 2), lua_tostring(L, 5));
        lua_replace(L, 2);
    }
    lua_pushvalue(L, 2);
    lua_rawseti(L, 3, LB_SCOPE_STEP);
    return 0;
}

const luaL_Reg lb_trace_functions[] = {{"traceback", traceback}, {"in_step", in_step}, {NULL, NULL}};
