#include <stdlib.h>
#include <string.h>

#include "internal.h"

const char lb_key_library, lb_key_error, lb_key_tokens, lb_key_token_metatable, lb_key_failure, lb_key_null,
    lb_key_request;

static int null_tostring(lua_State *L) {
    lua_pushliteral(L, "null");
    return 1;
}

static void open_null(lua_State *L) {
    lua_pushlightuserdata(L, LB_NULL_POINTER);
    lua_createtable(L, 0, 2);
    lua_pushcfunction(L, null_tostring);
    lua_setfield(L, -2, "__tostring");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_setmetatable(L, -2); // shared by all light userdata, of which scripts see only this one
    lua_pop(L, 1);
}

static void open_libraries(lua_State *L) {
    luaL_requiref(L, LUA_GNAME, luaopen_base, 1);
    luaL_requiref(L, LUA_COLIBNAME, luaopen_coroutine, 1);
    luaL_requiref(L, LUA_TABLIBNAME, luaopen_table, 1);
    luaL_requiref(L, LUA_STRLIBNAME, luaopen_string, 1);
    luaL_requiref(L, LUA_MATHLIBNAME, luaopen_math, 1);
    luaL_requiref(L, LUA_UTF8LIBNAME, luaopen_utf8, 1);
    luaL_requiref(L, LUA_DBLIBNAME, luaopen_debug, 1);
    lua_settop(L, 0);
}

static int open_machine(lua_State *L) {
    open_libraries(L);
    open_null(L);
    lb_open_errors(L);
    lb_open_scope(L, lb_of(L), NULL);
    return 0;
}

lb_vm *lb_vm_new(const lb_config *config) {
    lb_vm *vm = calloc(1, sizeof *vm);
    if (vm == NULL) return NULL;
    vm->limit = config->memory_limit;
    vm->instruction_limit = config->instruction_limit;
    vm->slice = config->slice;
    vm->grace_seconds = config->grace_seconds;
    vm->trace_requests = config->trace_requests;
    vm->fail_at = config->fail_allocation;
    vm->fail_onwards = config->fail_onwards;
    lb_tree_init(&vm->arguments, vm);
    lb_tree_init(&vm->blank, vm);
    lb_tree_init(&vm->results, vm);
    vm->main = lua_newstate(lb_allocate, vm);
    if (vm->main == NULL) {
        free(vm);
        return NULL;
    }
    *(lb_vm **)lua_getextraspace(vm->main) = vm;
    if (!lb_protect(vm, open_machine, NULL)) {
        lb_vm_free(vm);
        return NULL;
    }
    lua_sethook(vm->main, lb_hook, LUA_MASKCOUNT, LB_HOOK_INTERVAL);
    return vm;
}

size_t lb_vm_free(lb_vm *vm) {
    if (vm == NULL) return 0;
    lua_close(vm->main);
    lb_tree_release(&vm->arguments);
    lb_tree_release(&vm->blank);
    lb_tree_release(&vm->results);
    lb_allocate(vm, vm->dead_tokens, vm->dead_room * sizeof *vm->dead_tokens, 0);
    size_t lost = vm->used;
    free(vm);
    return lost;
}

// MARK: Loading the library

typedef struct chunk {
    const char *name, *source;
    size_t length;
} chunk;

static void compile(lua_State *L, const chunk *text) {
    int status = luaL_loadbufferx(L, text->source, text->length, lua_tostring(L, -1), "t");
    if (status == LUA_OK) return;
    lb_of(L)->syntax_error = status == LUA_ERRSYNTAX;
    lua_error(L);
}

static int bootstrap(lua_State *L) {
    chunk *text = lua_touserdata(L, 1);
    const luaL_Reg *groups[] = {
        lb_request_functions, lb_coroutine_functions, lb_protection_functions,
        lb_base_functions,    lb_error_functions,     lb_trace_functions,
    };
    lua_pushstring(L, text->name);
    compile(L, text);
    lua_createtable(L, 0, 32);
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) luaL_setfuncs(L, groups[i], 0);
    lua_pushlightuserdata(L, LB_NULL_POINTER);
    lua_setfield(L, -2, "null");
    lua_call(L, 1, 1);
    luaL_checktype(L, -1, LUA_TTABLE);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &lb_key_library);
    return 0;
}

// A module is a function of the private `host` table, and sees it by that name too.
static int load_module(lua_State *L) {
    chunk *text = lua_touserdata(L, 1);
    lua_pushfstring(L, "=%s", text->name);
    compile(L, text);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &lb_key_library);
    lua_getfield(L, -1, "module_environment");
    lua_setupvalue(L, -3, 1);
    lua_getfield(L, -1, "host");
    lua_remove(L, -2);
    lua_call(L, 1, 0);
    return 0;
}

bool lb_vm_bootstrap(lb_vm *vm, const char *source, size_t length) {
    chunk text = {.name = "=host", .source = source, .length = length};
    return lb_protect(vm, bootstrap, &text);
}

bool lb_vm_load_module(lb_vm *vm, const char *name, const char *source, size_t length) {
    chunk text = {.name = name, .source = source, .length = length};
    return lb_protect(vm, load_module, &text);
}

// MARK: Figures

size_t lb_vm_memory_used(const lb_vm *vm) { return vm->used; }
size_t lb_vm_memory_peak(const lb_vm *vm) { return vm->peak; }
uint64_t lb_vm_instructions(const lb_vm *vm) { return vm->instructions; }
void lb_vm_reset_instructions(lb_vm *vm) { vm->instructions = 0; }
uint64_t lb_vm_allocations(const lb_vm *vm) { return vm->allocations; }

static int collect(lua_State *L) {
    lua_gc(L, LUA_GCCOLLECT);
    lua_gc(L, LUA_GCCOLLECT); // what finalizers of the first round let go of
    return 0;
}

bool lb_vm_collect(lb_vm *vm) { return lb_protect(vm, collect, NULL); }

void lb_vm_fail_allocation(lb_vm *vm, uint64_t nth, bool onwards) {
    vm->allocations = 0;
    vm->fail_at = nth;
    vm->fail_onwards = onwards;
}

lb_tree *lb_vm_blank(lb_vm *vm) {
    lb_tree_clear(&vm->blank);
    return &vm->blank;
}
