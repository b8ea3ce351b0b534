#ifndef CLUABRIDGE_H
#define CLUABRIDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The embedded Lua virtual machine as total functions: none of them raises, so that no longjmp ever crosses a frame of
// the caller. One thread at a time may use a machine; only lb_thread_interrupt may be called from any thread.
//
// Values cross as trees owned by C. A primitive called in Lua yields: lb_thread_resume returns LB_CALL (or another kind
// of wait), the caller does the work, writes the answer and resumes.

#if defined(__has_attribute)
#if __has_attribute(enum_extensibility)
#define LB_CLOSED __attribute__((enum_extensibility(closed)))
#endif
#endif
#ifndef LB_CLOSED
#define LB_CLOSED
#endif

typedef struct lb_vm lb_vm;
typedef struct lb_thread lb_thread;
typedef struct lb_tree lb_tree;

// MARK: Value trees

typedef enum LB_CLOSED lb_node_kind {
    LB_NIL,
    LB_NULL,
    LB_BOOLEAN,
    LB_INTEGER,
    LB_NUMBER,
    LB_STRING,
    LB_TABLE
} lb_node_kind;

// A tree is its nodes in pre-order. A table is followed by `count` items, then by `fields` pairs of a string and a
// value. A string's bytes are `count` bytes at `offset` of the tree's bytes; a boolean is `integer`.
typedef struct lb_node {
    lb_node_kind kind;
    uint32_t count;
    union {
        int64_t integer;
        double number;
        uint64_t offset;
        uint64_t fields;
    };
} lb_node;

// How deep a table may be nested in a value that crosses.
#define LB_DEPTH_LIMIT 100

size_t lb_tree_count(const lb_tree *tree);
const lb_node *lb_tree_nodes(const lb_tree *tree);
const char *lb_tree_bytes(const lb_tree *tree);

// Writers answer false when memory is short; what is written after that is ignored.
bool lb_tree_add_nil(lb_tree *tree);
bool lb_tree_add_null(lb_tree *tree);
bool lb_tree_add_boolean(lb_tree *tree, bool value);
bool lb_tree_add_integer(lb_tree *tree, int64_t value);
bool lb_tree_add_number(lb_tree *tree, double value);
bool lb_tree_add_string(lb_tree *tree, const char *bytes, size_t length);
bool lb_tree_add_table(lb_tree *tree, size_t items, size_t fields);

// MARK: The machine

typedef struct lb_config {
    size_t memory_limit;        // bytes, 0: none
    uint64_t instruction_limit; // virtual machine instructions of all threads since lb_vm_reset_instructions, 0: none
    uint64_t slice;             // instructions after which a thread pauses, 0: never
    double grace_seconds;       // how long a cancelled thread may go on, to clean up
    bool trace_requests;        // captures a traceback for every request
    uint64_t fail_allocation;   // tests: the n-th allocation fails, 0: none
    bool fail_onwards;          // tests: and so do all that follow
} lb_config;

// NULL when there is not enough memory.
lb_vm *lb_vm_new(const lb_config *config);
// Answers how many bytes were lost: 0.
size_t lb_vm_free(lb_vm *vm);

// Runs a chunk of the host's own library. The first chunk gets the bridge's raw functions and returns the library's
// entry points; each later one sees a private `host` table. It may set globals and cannot wait.
bool lb_vm_bootstrap(lb_vm *vm, const char *source, size_t length);
bool lb_vm_load_module(lb_vm *vm, const char *name, const char *source, size_t length);

size_t lb_vm_memory_used(const lb_vm *vm);
size_t lb_vm_memory_peak(const lb_vm *vm);
uint64_t lb_vm_instructions(const lb_vm *vm);
void lb_vm_reset_instructions(lb_vm *vm);
bool lb_vm_collect(lb_vm *vm);
void lb_vm_fail_allocation(lb_vm *vm, uint64_t nth, bool onwards);
uint64_t lb_vm_allocations(const lb_vm *vm);

// Tokens of errors (see lb_answer_error) that no script can reach any more; false when there is none left.
bool lb_vm_next_dead_token(lb_vm *vm, int64_t *token);

// Whether the library has called `wake` since this was last asked: all threads in LB_WAIT are to look again.
bool lb_vm_take_wake(lb_vm *vm);

// MARK: Failures

typedef enum LB_CLOSED lb_failure_kind {
    LB_FAILURE_SYNTAX,
    LB_FAILURE_RUNTIME,
    LB_FAILURE_MEMORY,
    LB_FAILURE_INSTRUCTIONS,
    LB_FAILURE_CANCELLED
} lb_failure_kind;

// Texts are UTF-8 or whatever the script raised; they live until the machine's next call. Token 0: no host error.
typedef struct lb_failure {
    lb_failure_kind kind;
    const char *message;
    const char *location;
    const char *traceback;
    const char *code;
    const char *step; // the named stretches of the script that it was raised in, "outer > inner"
    int64_t token;
    bool incomplete; // a syntax error at the end of the text: more input may mend it
} lb_failure;

// What went wrong in the last call that answered NULL or false.
const lb_failure *lb_vm_failure(const lb_vm *vm);

// MARK: Threads

// After LB_PAUSE the thread has only computed for long: it is to be resumed before any other thread of the machine, for
// scripts rely on nothing else running between two waits.
typedef enum LB_CLOSED lb_status { LB_DONE, LB_FAILED, LB_CALL, LB_PARALLEL, LB_TIMEOUT, LB_WAIT, LB_PAUSE } lb_status;

typedef struct lb_request {
    const char *name;         // of the primitive
    const lb_tree *arguments; // LB_CALL: its values, one after the other
    size_t argument_count;
    int64_t number;     // the how-manieth request of its thread, from 1
    bool is_located;    // see lb_vm_locate_request
    const char *source; // chunk name of the nearest frame of a user's chunk, NULL if there is none
    int line;
    const char *traceback; // LB_CALL with trace_requests, else NULL
    size_t count;   // LB_PARALLEL: number of functions
    size_t limit;   // LB_PARALLEL: how many may run at once, 0: all
    double seconds; // LB_TIMEOUT
} lb_request;

// The tree to write the next thread's arguments or the next answer to, emptied.
lb_tree *lb_vm_blank(lb_vm *vm);

// Compiles a user's text chunk and prepares a thread for it; `count` arguments are taken from the blank tree.
// NULL: see lb_vm_failure. A thread is closed with the machine at rest, and freed at any time after that.
lb_thread *lb_thread_new(lb_vm *vm, const char *source, size_t length, const char *name, size_t count, bool globals);
// The `index`-th function (from 0) of the parent's pending LB_PARALLEL or LB_TIMEOUT request.
lb_thread *lb_thread_new_child(lb_vm *vm, lb_thread *parent, size_t index);
void lb_thread_close(lb_vm *vm, lb_thread *thread);
void lb_thread_free(lb_thread *thread);

lb_status lb_thread_resume(lb_vm *vm, lb_thread *thread);
const lb_request *lb_vm_request(const lb_vm *vm);
// Looks up the place of a LB_CALL, before its thread is resumed.
void lb_vm_locate_request(lb_vm *vm, lb_thread *thread);
// After LB_FAILED: what the script raised, described.
const lb_failure *lb_thread_failure(lb_vm *vm, lb_thread *thread);
// Results of a thread that is done, NULL: see lb_vm_failure.
const lb_tree *lb_thread_results(lb_vm *vm, lb_thread *thread, size_t *count);
// Hands the results of a child that is done, or the error of one that failed, to the parent's pending request.
bool lb_thread_keep_results(lb_vm *vm, lb_thread *parent, lb_thread *child, size_t index);
bool lb_thread_keep_error(lb_vm *vm, lb_thread *parent, lb_thread *child);

// Answers to the pending request; the next resume delivers them.
void lb_answer_value(lb_vm *vm);
// The blank tree holds a table of the error's fields (message, code, …). False: no memory to keep the token.
bool lb_answer_error(lb_vm *vm, int64_t token);
void lb_answer_results(lb_vm *vm);
void lb_answer_child_error(lb_vm *vm);

// Asks a running thread to stop at its next instruction check; from any thread of the process.
void lb_thread_interrupt(lb_thread *thread);
// Marks the cancellation as delivered and starts its grace period.
void lb_thread_cancel(lb_vm *vm, lb_thread *thread);
bool lb_thread_is_cancelled(const lb_thread *thread);
// Seconds that are left of the grace period; negative when it is over.
double lb_thread_grace(const lb_thread *thread);

#endif
