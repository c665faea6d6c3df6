import ArgumentParser
import Prober

/// The flags that choose where probes leave from, in which order, and which part of them.
struct RouteOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Send from this address; twice for one of each family", valueName: "address"))
    var source: [String] = []

    @Option(help: ArgumentHelp("Send through this interface", valueName: "name"))
    var interface: String?

    @Option(
        help: ArgumentHelp(
            "Choose the order of the probes (default: a random number, which is printed)",
            valueName: "n"))
    var seed: UInt64?

    @Option(
        help: ArgumentHelp(
            "Probe only part k of n; all parts with the same seed are the whole",
            valueName: "k/n"),
        transform: { text in
            guard let shard = Shard(text) else {
                throw ValidationError("a shard is written k/n with 1 ≤ k ≤ n, as in 1/4")
            }
            return shard
        })
    var shard: Shard?

    func validate() throws {
        guard interface.map({ (1...15).contains($0.utf8.count) }) ?? true else {
            throw ValidationError("an interface name has 1 to 15 characters")
        }
    }

    /// The interface asked for.
    ///
    /// - Throws: ``InputError`` when this machine has none of that name.
    func existingInterface() throws(InputError) -> String? {
        guard let interface, !NetworkInterface.exists(interface) else { return interface }
        throw InputError(
            "--interface", problem: "this machine has no interface called \"\(interface)\"",
            remedy: "Name one that `ip link` shows.")
    }

    /// The source addresses asked for, at most one of each family.
    ///
    /// - Throws: ``InputError`` about what was written.
    func sources() throws(InputError) -> [IPAddress] {
        var addresses: [IPAddress] = []
        for text in source {
            guard let address = IPAddress(text) else {
                throw InputError(
                    "--source", problem: "\"\(text)\" is no address",
                    remedy: "Write one of this machine's addresses, as in 198.51.100.2.")
            }
            guard !addresses.contains(where: { $0.family == address.family }) else {
                throw InputError(
                    "--source", problem: "\(address) is the second address of its family",
                    remedy: "Give one source for IPv4 and one for IPv6 at most.")
            }
            addresses.append(address)
        }
        return addresses
    }
}
