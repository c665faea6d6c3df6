import ArgumentParser

/// The flags that say whether packets are captured, and kept.
struct CaptureOptions: ParsableArguments {
    @Flag(
        help: """
            Look at the packets as well, with libpcap: who answers, from how far away. \
            --capture=FILE.pcapng keeps them, too, for Wireshark. Needs root or CAP_NET_RAW; without, \
            the scan goes on and says so
            """)
    var capture = false

    /// What `--capture=FILE` is respelled to, since no flag can have a value and do without.
    @Option(name: .customLong("capture-file"), help: .hidden)
    var captureFile: String?

    /// Whether packets are to be captured.
    var isWanted: Bool { capture || captureFile != nil }

    func validate() throws {
        guard captureFile != "" else {
            throw ValidationError("--capture= needs the name of a file, as in --capture=web.pcapng")
        }
    }

    /// The arguments with `--capture=FILE` in the spelling the parser knows (see ``DryRun``).
    static func respelled(_ arguments: [String]) -> [String] {
        let flags = arguments.prefix { $0 != "--" }
        return flags.map { argument in
            argument.hasPrefix("--capture=")
                ? "--capture-file=" + argument.dropFirst("--capture=".count) : argument
        } + arguments[flags.endIndex...]
    }
}
