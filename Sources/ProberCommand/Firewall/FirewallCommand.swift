import ArgumentParser

/// `prober firewall`: what a ruleset does with flows; no packet is sent.
struct FirewallCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "firewall",
        abstract: "Show what firewall rules do with packets, and which rule decides",
        discussion: """
            Reads the rules of nftables and iptables, of this host or from files, and follows a \
            packet through them as the kernel would. What is not known is said, never guessed. No \
            packet is sent.
            """,
        subcommands: [FirewallQueryCommand.self, FirewallShowCommand.self])
}
