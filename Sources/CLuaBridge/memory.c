#include <stdlib.h>

#include "internal.h"

bool lb_fails_on_purpose(lb_vm *vm) {
    vm->allocations++;
    if (vm->fail_at == 0) return false;
    return vm->fail_onwards ? vm->allocations >= vm->fail_at : vm->allocations == vm->fail_at;
}

// Lua's allocator, and the bridge's own: both count towards the machine's limit.
void *lb_allocate(void *ud, void *block, size_t old_size, size_t new_size) {
    lb_vm *vm = ud;
    if (block == NULL) old_size = 0; // Lua passes a kind of object there
    if (new_size == 0) {
        free(block);
        vm->used -= old_size;
        return NULL;
    }
    if (new_size > old_size) {
        vm->denied = (vm->limit != 0 && vm->used - old_size + new_size > vm->limit) || lb_fails_on_purpose(vm);
        if (vm->denied) {
            lb_remember_denial(vm);
            return NULL;
        }
    }
    void *moved = realloc(block, new_size);
    if (moved == NULL) return new_size <= old_size ? block : NULL;
    vm->used = vm->used - old_size + new_size;
    if (vm->used > vm->peak) vm->peak = vm->used;
    return moved;
}

// Makes room for `wanted` items; false leaves the block as it was.
bool lb_grow(lb_vm *vm, void **block, size_t *room, size_t wanted, size_t item) {
    if (wanted <= *room) return true;
    size_t larger = *room < 16 ? 16 : *room * 2;
    if (larger < wanted) larger = wanted;
    if (larger > SIZE_MAX / item) return false;
    void *moved = lb_allocate(vm, *block, *room * item, larger * item);
    if (moved == NULL) return false;
    *block = moved;
    *room = larger;
    return true;
}
