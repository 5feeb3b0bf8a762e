// For any processor: vectors of four.
#define LANES 4
#define ROWS 6
#define NAME "generic"
#define TABLE winograd_generic
#include "winograd_body.h"
