#include <libpq-fe.h>

#include "lazy.h"
