#ifndef HOLDFAST_FUZZ_DRIVER_H
#define HOLDFAST_FUZZ_DRIVER_H

#include <stddef.h>
#include <stdint.h>

/// Reads bytes that were made up; -1 where they are not worth keeping.
typedef int (*fuzz_reader)(const uint8_t *start, size_t count);

/// Has libFuzzer make up bytes for `read` until it is done, as its arguments say.
void fuzz_run(int32_t count, char **arguments, fuzz_reader read);

#endif
