import ArgumentParser
import Prober

/// The flags that choose which addresses are probed.
struct TargetOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "Probe these: addresses, blocks, ranges or host names, IPv4 and IPv6 mixed",
            valueName: "target"))
    var targets: [String] = []

    @Option(
        help: ArgumentHelp(
            "Read more targets from a file, or from standard input with -", valueName: "file"))
    var targetsFrom: [String] = []

    @Option(
        help: ArgumentHelp(
            "Never probe these targets; repeat the flag or part them by commas",
            valueName: "target"))
    var exclude: [String] = []

    @Option(help: ArgumentHelp("Never probe the targets in a file", valueName: "file"))
    var excludeFrom: [String] = []

    @Option(
        help: ArgumentHelp(
            "Refuse any target outside of the ones in this file", valueName: "file"))
    var scope: String?

    @Flag(
        help: "Probe special-purpose ranges too: link-local, multicast, reserved and the like")
    var allowSpecial = false
}
