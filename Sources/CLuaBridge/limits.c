#include <time.h>

#include "internal.h"

double lb_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void stop_if_too_long(lua_State *L, lb_vm *vm, lb_thread *thread) {
    if (vm->instruction_limit == 0 || vm->instructions <= vm->instruction_limit) return;
    if (thread != NULL) {
        thread->stop = LB_STOP_INSTRUCTIONS;
        thread->allowance = vm->instructions + LB_CLEANUP_INSTRUCTIONS;
    }
    lb_raise_stop(L, "instructions", "the script ran for more instructions than it may");
}

static void stop_if_expired(lua_State *L, lb_thread *thread) {
    if (thread->stop == LB_STOP_INSTRUCTIONS && lb_of(L)->instructions > thread->allowance) {
        thread->stop = LB_STOP_EXPIRED;
    }
    if (thread->cancelled && lb_now() > thread->deadline) thread->stop = LB_STOP_EXPIRED;
    lb_refuse_if_expired(L);
}

static void stop_if_interrupted(lua_State *L, lb_thread *thread) {
    if (thread->cancelled || atomic_load_explicit(&thread->interrupt, memory_order_relaxed) == 0) return;
    lb_thread_cancel(lb_of(L), thread);
    lb_raise(L, "cancelled", "the script was cancelled while it computed");
}

// Called every LB_HOOK_INTERVAL instructions of any coroutine. May raise: it runs under Lua.
void lb_hook(lua_State *L, lua_Debug *activation) {
    (void)activation;
    lb_vm *vm = lb_of(L);
    lb_thread *thread = vm->running;
    vm->instructions += LB_HOOK_INTERVAL;
    if (thread == NULL || thread->stop == LB_STOP_NONE) stop_if_too_long(L, vm, thread);
    if (thread == NULL) return;
    stop_if_expired(L, thread);
    stop_if_interrupted(L, thread);
    if (vm->slice != 0 && vm->instructions >= vm->slice_end && lb_blocked(L) == NULL) {
        vm->pausing = true;
        lua_yield(L, 0); // in a hook this only marks the coroutine, and returns
    }
}

// Once its time to clean up is over, a thread is given nothing any more.
void lb_refuse_if_expired(lua_State *L) {
    lb_thread *thread = lb_of(L)->running;
    if (thread == NULL || thread->stop != LB_STOP_EXPIRED) return;
    lb_raise_stop(L, thread->cancelled ? "cancelled" : "instructions", "the time to clean up is over");
}

void lb_thread_interrupt(lb_thread *thread) { atomic_store(&thread->interrupt, 1); }

void lb_thread_cancel(lb_vm *vm, lb_thread *thread) {
    if (thread->cancelled) return;
    thread->cancelled = true;
    double deadline = lb_now() + vm->grace_seconds;
    if (thread->deadline == 0 || deadline < thread->deadline) thread->deadline = deadline;
}

bool lb_thread_is_cancelled(const lb_thread *thread) { return thread->cancelled; }

double lb_thread_grace(const lb_thread *thread) { return thread->deadline - lb_now(); }
