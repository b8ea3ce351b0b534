// libedit for Swift: its variadic functions under fixed signatures, and keys of our own.
#ifndef PGBC_CEDIT_H
#define PGBC_CEDIT_H

#include <histedit.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/// What the editor asks of its owner. `context` is the owner's.
typedef struct ce_owner {
    void *context;
    /// The text that may stand in front of a line.
    const char *(*prompt)(void *context);
    /// What Tab makes of the text in front of the cursor: what to insert, and a listing to show; both made with malloc, or null.
    void (*complete)(void *context, const char *before, char **insertion, char **listing);
    /// Whether to stop waiting for keys, as at the end of the input. Asked ten times a second.
    bool (*stops)(void *context);
    /// Set by Ctrl-C: the line was thrown away.
    bool interrupted;
} ce_owner;

static inline ce_owner *ce_owner_of(EditLine *editor) {
    void *owner = NULL;
    el_get(editor, EL_CLIENTDATA, &owner);
    return owner;
}

static inline char *ce_prompt(EditLine *editor) {
    ce_owner *owner = ce_owner_of(editor);
    return (char *)owner->prompt(owner->context);
}

static inline unsigned char ce_interrupt(EditLine *editor, int key) {
    (void)key;
    ce_owner_of(editor)->interrupted = true;
    const LineInfo *line = el_line(editor);
    el_cursor(editor, (int)(line->lastchar - line->cursor));
    line = el_line(editor);
    el_deletestr(editor, (int)(line->cursor - line->buffer));
    fputs("^C", stdout);
    return CC_NEWLINE;
}

static inline unsigned char ce_complete(EditLine *editor, int key) {
    (void)key;
    ce_owner *owner = ce_owner_of(editor);
    const LineInfo *line = el_line(editor);
    char *before = strndup(line->buffer, (size_t)(line->cursor - line->buffer));
    char *insertion = NULL, *listing = NULL;
    if (before == NULL) return CC_ERROR;
    owner->complete(owner->context, before, &insertion, &listing);
    unsigned char verdict = CC_ERROR;
    if (insertion != NULL && *insertion != '\0') {
        el_insertstr(editor, insertion);
        verdict = CC_REFRESH;
    } else if (listing != NULL && *listing != '\0') {
        fprintf(stdout, "\n%s\n", listing);
        fflush(stdout);
        verdict = CC_REDISPLAY;
    }
    free(before);
    free(insertion);
    free(listing);
    return verdict;
}

/// The bytes that follow the first one of a character in UTF-8.
static inline int ce_following(unsigned char first) {
    return first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : first >= 0xC0 ? 1 : 0;
}

static inline int ce_read_key(EditLine *editor, wchar_t *key) {
    ce_owner *owner = ce_owner_of(editor);
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    while (poll(&input, 1, 100) < 1) {
        if (owner->stops(owner->context)) return 0;
    }
    unsigned char byte;
    if (read(STDIN_FILENO, &byte, 1) != 1) return 0;
    int following = ce_following(byte);
    wchar_t value = following == 0 ? byte : byte & (0x3F >> following);
    for (; following > 0 && read(STDIN_FILENO, &byte, 1) == 1; following--) value = (value << 6) | (byte & 0x3F);
    *key = value;
    return 1;
}

/// An editor on the standard streams, or null. `owner` has to outlive it.
static inline EditLine *ce_open(const char *program, ce_owner *owner) {
    EditLine *editor = el_init(program, stdin, stdout, stderr);
    if (editor == NULL) return NULL;
    el_set(editor, EL_CLIENTDATA, owner);
    el_set(editor, EL_EDITOR, "emacs");
    el_set(editor, EL_PROMPT, ce_prompt);
    el_set(editor, EL_SIGNAL, 0);
    el_set(editor, EL_GETCFN, ce_read_key);
    el_set(editor, EL_ADDFN, "pgbc-complete", "complete", ce_complete);
    el_set(editor, EL_ADDFN, "pgbc-interrupt", "throw the line away", ce_interrupt);
    el_set(editor, EL_BIND, "^I", "pgbc-complete", NULL);
    el_set(editor, EL_BIND, "^R", "em-inc-search-prev", NULL);
    el_set(editor, EL_SETTY, "-d", "-isig", NULL);
    el_set(editor, EL_BIND, "^C", "pgbc-interrupt", NULL);
    return editor;
}

/// Waits for a line. The terminal is set before the prompt is shown, so that what is typed at it is never echoed twice.
static inline const char *ce_line(EditLine *editor, int *count) {
    el_set(editor, EL_PREP_TERM, 1);
    return el_gets(editor, count);
}

/// A history of so many lines, or null.
static inline History *ce_history_open(EditLine *editor, int size) {
    History *lines = history_init();
    if (lines == NULL) return NULL;
    HistEvent event;
    history(lines, &event, H_SETSIZE, size);
    history(lines, &event, H_SETUNIQUE, 1);
    el_set(editor, EL_HIST, history, lines);
    return lines;
}

static inline void ce_history_load(History *lines, const char *file) {
    HistEvent event;
    history(lines, &event, H_LOAD, file);
}

static inline void ce_history_save(History *lines, const char *file) {
    HistEvent event;
    history(lines, &event, H_SAVE, file);
}

static inline void ce_history_add(History *lines, const char *line) {
    HistEvent event;
    history(lines, &event, H_ENTER, line);
}

#endif
