internal import CNNG

/// Makes a write to a connection that is gone an error, not the process's end.
///
/// The first thing that both programs do: libnng writes without asking for
/// that itself. It holds for the whole process.
package func ignoreBrokenPipes() {
    let isIgnored = cnng_ignore_broken_pipes()
    precondition(isIgnored, "SIGPIPE can be ignored by any process")
}
