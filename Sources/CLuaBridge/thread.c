#include <stdlib.h>

#include "internal.h"

// What enter() of the library needs on a new thread's stack: itself, the scope, the function and its arguments.
static void prepare(lua_State *L, lb_thread *thread, int function) {
    lua_State *co = lua_newthread(L);
    lb_open_scope(L, thread, co);
    luaL_checkstack(co, 8, NULL);
    lua_rawgetp(co, LUA_REGISTRYINDEX, &lb_key_library);
    lua_getfield(co, -1, "enter");
    lua_remove(co, -2);
    lua_rawgetp(co, LUA_REGISTRYINDEX, thread);
    lua_pushvalue(L, function);
    lua_xmove(L, co, 1);
    thread->state = co;
}

typedef struct start {
    lb_thread *thread, *parent;
    const char *source, *name;
    size_t length, count, index;
    bool globals;
} start;

static void push_arguments(lua_State *co, lb_vm *vm, size_t count) {
    luaL_checkstack(co, count > INT_MAX - 8 ? INT_MAX - 8 : (int)count + 8, "too many arguments");
    size_t cursor = 0;
    for (size_t i = 0; i < count; i++) lb_tree_push(co, &vm->blank, &cursor);
}

// Calls the library's compile(text, name, globals), whose second result is the message.
static int start_chunk(lua_State *L) {
    start *what = lua_touserdata(L, 1);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &lb_key_library);
    lua_getfield(L, -1, "compile");
    lua_pushlstring(L, what->source, what->length);
    lua_pushstring(L, what->name);
    lua_pushboolean(L, what->globals);
    lua_call(L, 3, 2);
    if (lua_isnil(L, -2)) {
        lb_of(L)->syntax_error = true;
        return lua_error(L);
    }
    lua_pop(L, 1);
    prepare(L, what->thread, lua_gettop(L));
    if (lb_of(L)->blank.failed) return lb_raise(L, "memory", "not enough memory for the arguments of a script");
    // The arguments are built here, where an error is caught, and moved to the coroutine.
    int first = lua_gettop(L) + 1;
    push_arguments(L, lb_of(L), what->count);
    int count = lua_gettop(L) - first + 1;
    luaL_checkstack(what->thread->state, count + 1, "too many arguments");
    lua_xmove(L, what->thread->state, count);
    return 0;
}

static int start_child(lua_State *L) {
    start *what = lua_touserdata(L, 1);
    if (!lb_push_scope_of(L, what->parent)) return lb_raise(L, "failed", "the parent thread has ended");
    lua_rawgeti(L, -1, LB_SCOPE_FUNCTIONS);
    luaL_checktype(L, -1, LUA_TTABLE);
    lua_rawgeti(L, -1, (lua_Integer)what->index + 1);
    prepare(L, what->thread, lua_gettop(L));
    return 0;
}

static lb_thread *start_thread(lb_vm *vm, lua_CFunction function, start *what) {
    lb_thread *thread = lb_fails_on_purpose(vm) ? NULL : malloc(sizeof *thread);
    if (thread == NULL) {
        lb_fail_memory(vm);
        return NULL;
    }
    *thread = (lb_thread){.vm = vm, .id = ++vm->thread_count, .parent = what->parent};
    if (what->parent != NULL) thread->deadline = what->parent->deadline;
    what->thread = thread;
    if (lb_protect(vm, function, what)) return thread;
    lb_thread_close(vm, thread);
    lb_thread_free(thread);
    return NULL;
}

lb_thread *lb_thread_new(lb_vm *vm, const char *source, size_t length, const char *name, size_t count, bool globals) {
    start what = {.source = source, .length = length, .name = name, .count = count, .globals = globals};
    return start_thread(vm, start_chunk, &what);
}

lb_thread *lb_thread_new_child(lb_vm *vm, lb_thread *parent, size_t index) {
    start what = {.parent = parent, .index = index};
    return start_thread(vm, start_child, &what);
}

// MARK: The end of a thread

void lb_thread_close(lb_vm *vm, lb_thread *thread) {
    if (thread->state != NULL) lua_settop(thread->state, 0); // else a script could resume what is left there
    thread->state = NULL;
    lua_pushnil(vm->main);
    lua_rawsetp(vm->main, LUA_REGISTRYINDEX, thread); // a nil needs no memory
}

// The machine may be in use by another thread of the process, or be gone: only plain memory here.
void lb_thread_free(lb_thread *thread) { free(thread); }
