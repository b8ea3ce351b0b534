/* The shared objects that this process has loaded, libpq among them once it is used: their paths as the dynamic linker knows them. */
#ifndef PGBC_LOADED_H
#define PGBC_LOADED_H

#ifdef __linux__
#include <link.h>

static inline void pgbc_each_loaded(void *context, void (*each)(void *context, const char *path)) {
    for (struct link_map *object = _r_debug.r_map; object != NULL; object = object->l_next) each(context, object->l_name);
}
#else
static inline void pgbc_each_loaded(void *context, void (*each)(void *context, const char *path)) {}
#endif

#endif
