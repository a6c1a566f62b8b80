# SPDX-License-Identifier: Apache-2.0
"""A small local router: one stable port, releases behind it, weights between them.

    python -m shipway_runtime.router STATE_DIR

It outlives the command that started it, and its workers end with it:

    __main__   detach, take the lock of STATE_DIR, run
    daemon     open the port and the control socket, housekeeping, orderly end
    control    place, route, retire, observe, listen, stop, ping: JSON lines on a unix socket
    router     what is placed, its weights, its counters; the verbs
    dispatch   which release and worker answers a request; what is tried again
    release    N workers of one release, each replaced when it dies
    worker     one process of the release's own interpreter
    upstream   connections to a worker
    streaming  the body of a response that is passed on while it arrives
    frontend   connections of clients
    messages   requests and responses, and their bytes
    state      what is remembered in STATE_DIR/state.json
    sockets    where unix sockets lie
    ports      a free port, chosen once
    listeners  on which ports the processes of a worker listen
    logs       logs of bounded size, and their last lines
"""
