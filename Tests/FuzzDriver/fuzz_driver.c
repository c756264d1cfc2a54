#include "fuzz_driver.h"

// The entry of libFuzzer's for a program that has a `main` of its own.
int LLVMFuzzerRunDriver(int *count, char ***arguments, fuzz_reader read);

static fuzz_reader reader;

// Asked for by the `main` that libFuzzer brings, and that ours takes the place of.
int LLVMFuzzerTestOneInput(const uint8_t *start, size_t count) { return reader(start, count); }

void fuzz_run(int32_t count, char **arguments, fuzz_reader read) {
    int given = count;
    reader = read;
    LLVMFuzzerRunDriver(&given, &arguments, LLVMFuzzerTestOneInput);
}
