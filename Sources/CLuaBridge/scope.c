#include "internal.h"

// Makes the Lua side of a thread (or, under the machine's address, of the machine itself): see the LB_SCOPE_ slots.
// The slots exist from the start, so that filling them later needs no memory.
void lb_open_scope(lua_State *L, const void *key, lua_State *state) {
    lua_createtable(L, LB_SCOPE_RESULTS + 2, 0);
    for (int slot = LB_SCOPE_STATE; slot <= LB_SCOPE_RESULTS; slot++) {
        lua_pushboolean(L, 0);
        lua_rawseti(L, -2, slot);
    }
    if (state != NULL) {
        lua_pushthread(state);
        lua_xmove(state, L, 1);
        lua_rawseti(L, -2, LB_SCOPE_STATE);
    }
    lua_rawsetp(L, LUA_REGISTRYINDEX, key);
}

bool lb_push_scope_of(lua_State *L, const lb_thread *thread) {
    const void *key = thread == NULL ? (const void *)lb_of(L) : (const void *)thread;
    if (!lua_checkstack(L, 6)) return false;
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, key) == LUA_TTABLE) return true;
    lua_pop(L, 1);
    return false;
}

bool lb_push_scope(lua_State *L) { return lb_push_scope_of(L, lb_of(L)->running); }
