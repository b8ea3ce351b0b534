#include <string.h>

#include "internal.h"

static const lb_failure out_of_memory = {
    .kind = LB_FAILURE_MEMORY,
    .message = "not enough memory",
    .location = "",
    .traceback = "",
    .code = "memory",
    .step = "",
};

void lb_fail_memory(lb_vm *vm) {
    vm->failure = out_of_memory;
    vm->failure.location = vm->denied_at;
}

// Calls a C function with one light userdata under lua_pcall on the machine's own stack; on false the failure is set.
bool lb_protect(lb_vm *vm, lua_CFunction function, void *context) {
    lua_State *L = vm->main;
    int top = lua_gettop(L);
    if (!lua_checkstack(L, 8)) {
        vm->failure = out_of_memory;
        return false;
    }
    lua_pushcfunction(L, lb_message_handler);
    lua_pushcfunction(L, function);
    lua_pushlightuserdata(L, context);
    int status = lua_pcall(L, 1, 0, top + 1);
    if (status != LUA_OK) lb_describe_failure(vm, NULL, vm->syntax_error ? LUA_ERRSYNTAX : status);
    vm->syntax_error = false;
    lua_settop(L, top);
    return status == LUA_OK;
}

typedef struct description {
    lb_failure failure;
    const lb_thread *thread;
    int status;
    bool denied; // it was raised for lack of memory
} description;

// Keeps the string on top of the stack alive in the table at `anchor` and pops it.
static const char *keep(lua_State *L, int anchor) {
    const char *text = lua_tostring(L, -1);
    if (text == NULL) text = "";
    lua_rawseti(L, anchor, (lua_Integer)lua_rawlen(L, anchor) + 1);
    return text;
}

static const char *field(lua_State *L, int table, int anchor, const char *name) {
    if (!lua_istable(L, table)) return "";
    lua_pushstring(L, name);
    if (lua_rawget(L, table) == LUA_TSTRING) return keep(L, anchor);
    lua_pop(L, 1);
    return "";
}

static const char *slot(lua_State *L, int scope, int anchor, int index) {
    if (lua_rawgeti(L, scope, index) == LUA_TSTRING) return keep(L, anchor);
    lua_pop(L, 1);
    return "";
}

// Lua's own syntax errors begin with "name:line:"; the name is known, because it was given.
static const char *syntax_location(lua_State *L, int anchor, const char *message) {
    const char *end = strchr(message, ':');
    while (end != NULL && strspn(end + 1, "0123456789") == 0) end = strchr(end + 1, ':');
    if (end == NULL) return "";
    lua_pushlstring(L, message, (size_t)(end - message) + 1 + strspn(end + 1, "0123456789"));
    return keep(L, anchor);
}

static lb_failure_kind kind_of(const description *found, bool ours) {
    if (found->status == LUA_ERRSYNTAX) return LB_FAILURE_SYNTAX;
    if (found->thread != NULL && found->thread->stop != LB_STOP_NONE) {
        return found->thread->cancelled ? LB_FAILURE_CANCELLED : LB_FAILURE_INSTRUCTIONS;
    }
    if (!ours) return found->denied ? LB_FAILURE_MEMORY : LB_FAILURE_RUNTIME;
    if (strcmp(found->failure.code, "cancelled") == 0) return LB_FAILURE_CANCELLED;
    if (strcmp(found->failure.code, "instructions") == 0) return LB_FAILURE_INSTRUCTIONS;
    if (strcmp(found->failure.code, "memory") == 0) return LB_FAILURE_MEMORY;
    return LB_FAILURE_RUNTIME;
}

static int64_t token_of(lua_State *L, int error) {
    lua_rawgetp(L, LUA_REGISTRYINDEX, &lb_key_tokens);
    lua_pushvalue(L, error);
    lua_rawget(L, -2);
    int64_t *token = lua_touserdata(L, -1); // NULL for none and for an error that stops a thread
    lua_pop(L, 2);
    return token == NULL ? 0 : *token;
}

static int stringify(lua_State *L) {
    luaL_tolstring(L, 1, NULL);
    return 1;
}

// What the error at `error` says of itself.
static const char *text_of(lua_State *L, int error, int anchor) {
    lua_pushcfunction(L, stringify);
    lua_pushvalue(L, error);
    int status = lua_pcall(L, 1, 1, 0);
    if (status == LUA_ERRMEM) lua_error(L);
    if (status != LUA_OK) {
        lua_pop(L, 1);
        lua_pushliteral(L, "an error whose __tostring fails");
    }
    return keep(L, anchor);
}

// A table that a script raised is told as the host's errors are, unless it has its own way.
static bool tells_itself(lua_State *L, int error) {
    if (luaL_getmetafield(L, error, "__tostring") == LUA_TNIL) return false;
    lua_pop(L, 1);
    return true;
}

// Stack: the error, the description. Copies what is known about the error to strings that the registry keeps.
static int describe(lua_State *L) {
    description *found = lua_touserdata(L, 2);
    lb_failure *failure = &found->failure;
    bool ours = lb_is_error(L, 1);
    lua_createtable(L, 6, 0);
    int anchor = lua_gettop(L);
    if (lb_push_scope_of(L, found->thread)) {
        int scope = lua_gettop(L);
        lua_rawgeti(L, scope, LB_SCOPE_ERROR);
        if (lua_rawequal(L, -1, 1)) {
            failure->traceback = slot(L, scope, anchor, LB_SCOPE_TRACEBACK);
            failure->location = slot(L, scope, anchor, LB_SCOPE_LOCATION);
            failure->step = slot(L, scope, anchor, LB_SCOPE_STEP);
            lua_rawgeti(L, scope, LB_SCOPE_MEMORY);
            found->denied = lua_toboolean(L, -1);
        }
        lua_settop(L, anchor);
    }
    if (ours) {
        failure->code = field(L, 1, anchor, "code");
        failure->message = field(L, 1, anchor, "message");
        failure->location = field(L, 1, anchor, "location");
        failure->traceback = field(L, 1, anchor, "traceback");
        failure->step = field(L, 1, anchor, "step");
        failure->token = token_of(L, 1);
    }
    if (!ours && lua_istable(L, 1) && !tells_itself(L, 1)) {
        failure->code = field(L, 1, anchor, "code");
        failure->message = field(L, 1, anchor, "message");
    }
    if (*failure->message == '\0') failure->message = text_of(L, 1, anchor);
    failure->kind = kind_of(found, ours);
    if (failure->kind == LB_FAILURE_SYNTAX) {
        failure->location = syntax_location(L, anchor, failure->message);
        failure->incomplete = strstr(failure->message, "<eof>") != NULL; // as Lua's own interpreter does
    }
    lua_settop(L, anchor);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &lb_key_failure);
    return 0;
}

// Describes the error on top of the machine's own stack in `failure`; the stack is left as it was.
void lb_describe_failure(lb_vm *vm, const lb_thread *thread, int status) {
    lua_State *L = vm->main;
    lb_failure blank = {.kind = LB_FAILURE_RUNTIME, .message = "", .location = "", .traceback = "", .code = ""};
    blank.step = "";
    description found = {.failure = blank, .thread = thread, .status = status};
    lb_fail_memory(vm);
    if (status == LUA_ERRMEM || !lua_checkstack(L, 6)) return;
    int error = lua_gettop(L);
    lua_pushcfunction(L, describe);
    lua_pushvalue(L, error);
    lua_pushlightuserdata(L, &found);
    if (lua_pcall(L, 2, 0, 0) == LUA_OK) {
        vm->failure = found.failure;
    } else {
        lua_pop(L, 1);
    }
}

const lb_failure *lb_vm_failure(const lb_vm *vm) { return &vm->failure; }
