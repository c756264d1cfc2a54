#pragma once
#define NNG_ELIDE_DEPRECATED 1
#include <nng/nng.h>
#include <nng/protocol/reqrep0/rep.h>
#include <nng/protocol/reqrep0/req.h>
#include <nng/supplemental/util/platform.h>
#include <nng/transport/ws/websocket.h>
#include <signal.h>
#include <stdbool.h>

// SIG_IGN is a cast in a macro, which Swift cannot import.
static inline bool cnng_ignore_broken_pipes(void) {
    return signal(SIGPIPE, SIG_IGN) != SIG_ERR;
}
