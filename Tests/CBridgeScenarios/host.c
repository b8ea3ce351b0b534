#include "host.h"

#include <string.h>

void host_report(host *host, const char *problem) {
    if (host->problem == NULL) host->problem = problem;
}

static void check_failure(host *host, const lb_failure *failure) {
    host->refused = true;
    if (failure == NULL || failure->message == NULL || *failure->message == '\0') {
        host_report(host, "a failure has no message");
    }
    if (failure != NULL && (failure->location == NULL || failure->traceback == NULL || failure->code == NULL)) {
        host_report(host, "a failure has a text that is NULL");
    }
}

// MARK: Primitives

static void add_string(lb_tree *tree, const char *text) { lb_tree_add_string(tree, text, strlen(text)); }

static void copy_tree(lb_tree *to, const lb_tree *from, size_t first, size_t end) {
    const lb_node *nodes = lb_tree_nodes(from);
    for (size_t i = first; i < end; i++) {
        const lb_node *node = &nodes[i];
        switch (node->kind) {
        case LB_NIL: lb_tree_add_nil(to); break;
        case LB_NULL: lb_tree_add_null(to); break;
        case LB_BOOLEAN: lb_tree_add_boolean(to, node->integer != 0); break;
        case LB_INTEGER: lb_tree_add_integer(to, node->integer); break;
        case LB_NUMBER: lb_tree_add_number(to, node->number); break;
        case LB_STRING: lb_tree_add_string(to, lb_tree_bytes(from) + node->offset, node->count); break;
        case LB_TABLE: lb_tree_add_table(to, node->count, (size_t)node->fields); break;
        }
    }
}

static void answer_fields(host *host, const char *code) {
    lb_tree *blank = lb_vm_blank(host->vm);
    lb_tree_add_table(blank, 0, 2);
    add_string(blank, "code");
    add_string(blank, code);
    add_string(blank, "message");
    add_string(blank, "it was asked to fail");
    if (lb_answer_error(host->vm, host->tokens + 1)) host->tokens++;
}

// The module "m" waits while it loads; others do not exist.
static void answer_module(host *host, const lb_request *request) {
    const char *source = "local t = probe('echo', 5); return {value = t[1]}";
    lb_tree *blank = lb_vm_blank(host->vm);
    const lb_node *name = lb_tree_nodes(request->arguments);
    if (name->count != 1 || *lb_tree_bytes(request->arguments) != 'm') {
        lb_tree_add_nil(blank);
    } else {
        lb_tree_add_table(blank, 0, 2);
        add_string(blank, "source");
        add_string(blank, source);
        add_string(blank, "path");
        add_string(blank, "m.lua");
    }
    lb_answer_value(host->vm);
}

static void answer_call(host *host, lb_thread *thread) {
    const lb_request *request = lb_vm_request(host->vm);
    if (strcmp(request->name, "fail") == 0) return answer_fields(host, "asked");
    if (strcmp(request->name, "cancel") == 0) {
        lb_thread_cancel(host->vm, thread);
        return answer_fields(host, "cancelled");
    }
    if (strcmp(request->name, "interrupt") == 0) lb_thread_interrupt(thread);
    if (strcmp(request->name, "module.find") == 0) return answer_module(host, request);
    lb_tree *blank = lb_vm_blank(host->vm);
    lb_tree_add_table(blank, request->argument_count, 0);
    copy_tree(blank, request->arguments, 0, lb_tree_count(request->arguments));
    lb_answer_value(host->vm);
}

// MARK: Threads

static lb_status drive(host *host, lb_thread *thread);

static bool run_child(host *host, lb_thread *parent, size_t index) {
    lb_thread *child = lb_thread_new_child(host->vm, parent, index);
    if (child == NULL) {
        check_failure(host, lb_vm_failure(host->vm));
        answer_fields(host, "memory");
        return false;
    }
    bool done = drive(host, child) == LB_DONE, kept;
    if (done) kept = lb_thread_keep_results(host->vm, parent, child, index);
    else kept = lb_thread_keep_error(host->vm, parent, child);
    if (!kept) check_failure(host, lb_vm_failure(host->vm));
    lb_thread_close(host->vm, child);
    lb_thread_free(child);
    if (kept && !done) lb_answer_child_error(host->vm);
    if (!kept) answer_fields(host, "memory");
    return kept && done;
}

static void answer_children(host *host, lb_thread *parent) {
    size_t count = lb_vm_request(host->vm)->count;
    for (size_t i = 0; i < count; i++) {
        if (!run_child(host, parent, i)) return;
    }
    lb_answer_results(host->vm);
}

static lb_status drive(host *host, lb_thread *thread) {
    lb_answer_value(host->vm);
    for (;;) {
        lb_status status = lb_thread_resume(host->vm, thread);
        int64_t token;
        while (lb_vm_next_dead_token(host->vm, &token)) host->dead_tokens++;
        lb_vm_take_wake(host->vm);
        switch (status) {
        case LB_DONE:
        case LB_FAILED: return status;
        case LB_CALL: answer_call(host, thread); break;
        case LB_PARALLEL:
        case LB_TIMEOUT: answer_children(host, thread); break;
        case LB_WAIT: lb_answer_value(host->vm); break;
        case LB_PAUSE: host->pauses++; break;
        }
    }
}

// MARK: Scripts

static lb_thread *begin(host *host, const char *source) {
    lb_tree *blank = lb_vm_blank(host->vm);
    lb_tree_add_integer(blank, 20);
    add_string(blank, "an argument that is longer than a short string of Lua");
    lb_thread *thread = lb_thread_new(host->vm, source, strlen(source), "scenario.lua", 2, false);
    if (thread == NULL) check_failure(host, lb_vm_failure(host->vm));
    return thread;
}

static bool first_is(host *host, lb_thread *thread, int64_t expected) {
    size_t count;
    const lb_tree *results = lb_thread_results(host->vm, thread, &count);
    if (results == NULL) {
        check_failure(host, lb_vm_failure(host->vm));
        return false;
    }
    if (count == 0) return false;
    const lb_node *node = lb_tree_nodes(results);
    return node->kind == LB_INTEGER && node->integer == expected;
}

bool host_run(host *host, const char *source, int64_t expected) {
    lb_thread *thread = begin(host, source);
    if (thread == NULL) return false;
    bool right = false;
    if (drive(host, thread) == LB_DONE) right = first_is(host, thread, expected);
    else check_failure(host, lb_thread_failure(host->vm, thread));
    lb_thread_close(host->vm, thread);
    lb_thread_free(thread);
    return right;
}

bool host_run_failing(host *host, const char *source, lb_failure_kind kind) {
    lb_thread *thread = begin(host, source);
    if (thread == NULL) return kind == lb_vm_failure(host->vm)->kind;
    bool right = false;
    if (drive(host, thread) == LB_DONE) {
        size_t count;
        if (lb_thread_results(host->vm, thread, &count) == NULL) right = lb_vm_failure(host->vm)->kind == kind;
    } else {
        const lb_failure *failure = lb_thread_failure(host->vm, thread);
        check_failure(host, failure);
        right = failure->kind == kind;
    }
    lb_thread_close(host->vm, thread);
    lb_thread_free(thread);
    return right;
}
