import ArgumentParser

/// The flags that choose how an open TCP port is put to the proof.
struct ProofOptions: ParsableArguments {
    @Flag(
        help: """
            Wait for the first bytes on open connections, and ask for some: tells services from what \
            only answers handshakes
            """)
    var talk = false

    @Flag(
        help: """
            Do not ask random high ports of hosts with an open one, which tell whether a host accepts \
            everything
            """)
    var noDecoys = false
}
