#include <string.h>

#include "internal.h"

// What a cleared tree may keep for the next value, in nodes and in bytes.
#define KEPT_ROOM 65536

void lb_tree_init(lb_tree *tree, lb_vm *vm) {
    memset(tree, 0, sizeof *tree);
    tree->vm = vm;
}

void lb_tree_release(lb_tree *tree) {
    lb_allocate(tree->vm, tree->nodes, tree->capacity * sizeof *tree->nodes, 0);
    lb_allocate(tree->vm, tree->bytes, tree->room, 0);
    lb_tree_init(tree, tree->vm);
}

void lb_tree_clear(lb_tree *tree) {
    if (tree->capacity > KEPT_ROOM || tree->room > KEPT_ROOM) lb_tree_release(tree);
    tree->count = 0;
    tree->length = 0;
    tree->failed = false;
}

size_t lb_tree_count(const lb_tree *tree) { return tree->count; }
const lb_node *lb_tree_nodes(const lb_tree *tree) { return tree->nodes; }
const char *lb_tree_bytes(const lb_tree *tree) { return tree->bytes; }

static lb_node *add(lb_tree *tree, lb_node_kind kind) {
    if (tree->failed) return NULL;
    if (!lb_grow(tree->vm, (void **)&tree->nodes, &tree->capacity, tree->count + 1, sizeof *tree->nodes)) {
        tree->failed = true;
        return NULL;
    }
    lb_node *node = &tree->nodes[tree->count++];
    node->kind = kind;
    node->count = 0;
    node->integer = 0;
    return node;
}

bool lb_tree_add_nil(lb_tree *tree) { return add(tree, LB_NIL) != NULL; }
bool lb_tree_add_null(lb_tree *tree) { return add(tree, LB_NULL) != NULL; }

bool lb_tree_add_boolean(lb_tree *tree, bool value) {
    lb_node *node = add(tree, LB_BOOLEAN);
    if (node != NULL) node->integer = value;
    return node != NULL;
}

bool lb_tree_add_integer(lb_tree *tree, int64_t value) {
    lb_node *node = add(tree, LB_INTEGER);
    if (node != NULL) node->integer = value;
    return node != NULL;
}

bool lb_tree_add_number(lb_tree *tree, double value) {
    lb_node *node = add(tree, LB_NUMBER);
    if (node != NULL) node->number = value;
    return node != NULL;
}

bool lb_tree_add_string(lb_tree *tree, const char *bytes, size_t length) {
    if (tree->failed) return false;
    if (length > UINT32_MAX || !lb_grow(tree->vm, (void **)&tree->bytes, &tree->room, tree->length + length, 1)) {
        tree->failed = true;
        return false;
    }
    lb_node *node = add(tree, LB_STRING);
    if (node == NULL) return false;
    node->count = (uint32_t)length;
    node->offset = tree->length;
    if (length > 0) memcpy(tree->bytes + tree->length, bytes, length);
    tree->length += length;
    return true;
}

bool lb_tree_add_table(lb_tree *tree, size_t items, size_t fields) {
    if (items > UINT32_MAX) {
        tree->failed = true;
        return false;
    }
    lb_node *node = add(tree, LB_TABLE);
    if (node == NULL) return false;
    node->count = (uint32_t)items;
    node->fields = fields;
    return true;
}

static void push_table(lua_State *L, const lb_tree *tree, const lb_node *node, size_t *cursor) {
    size_t items = node->count, fields = (size_t)node->fields;
    luaL_checkstack(L, 4, "a value is nested too deeply");
    lua_createtable(L, items > INT_MAX ? INT_MAX : (int)items, fields > INT_MAX ? INT_MAX : (int)fields);
    for (size_t i = 1; i <= items; i++) {
        lb_tree_push(L, tree, cursor);
        lua_rawseti(L, -2, (lua_Integer)i);
    }
    for (size_t i = 0; i < fields; i++) {
        lb_tree_push(L, tree, cursor);
        lb_tree_push(L, tree, cursor);
        lua_rawset(L, -3);
    }
}

// Pushes the value at the cursor and moves the cursor behind it. Raises when memory is short: call it under Lua only.
void lb_tree_push(lua_State *L, const lb_tree *tree, size_t *cursor) {
    if (*cursor >= tree->count) {
        lua_pushnil(L);
        return;
    }
    const lb_node *node = &tree->nodes[(*cursor)++];
    switch (node->kind) {
    case LB_NIL: lua_pushnil(L); break;
    case LB_NULL: lua_pushlightuserdata(L, LB_NULL_POINTER); break;
    case LB_BOOLEAN: lua_pushboolean(L, node->integer != 0); break;
    case LB_INTEGER: lua_pushinteger(L, node->integer); break;
    case LB_NUMBER: lua_pushnumber(L, node->number); break;
    case LB_STRING: lua_pushlstring(L, node->count == 0 ? "" : tree->bytes + node->offset, node->count); break;
    case LB_TABLE: push_table(L, tree, node, cursor); break;
    }
}
