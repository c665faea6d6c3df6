import ArgumentParser
import Prober

/// The flags that choose which ports are probed.
struct PortOptions: ParsableArguments {
    @Option(
        name: [.customShort("p", allowingJoined: true), .long],
        help: ArgumentHelp(
            """
            Probe these ports: 22,80,8000-8100, -, -1023, names, tcp:22,udp:53, udp:common \
            (default: --top-ports)
            """,
            valueName: "ports"))
    var ports: String?

    @Option(
        help: ArgumentHelp(
            "Probe the n TCP ports that matter most (default: the whole list)", valueName: "n"))
    var topPorts: Int?

    func validate() throws {
        guard ports == nil || topPorts == nil else {
            throw ValidationError("--ports and --top-ports exclude each other; give one of them")
        }
    }

    /// Whether nothing was chosen.
    var isEmpty: Bool { ports == nil && topPorts == nil }

    /// The ports chosen.
    ///
    /// - Throws: ``InputError`` about what was written.
    ///
    /// Numbers and names that stand without a transport are TCP ports, or UDP ports when `isUDP`.
    func spec(
        _ services: ServiceTable, isUDP: Bool, includesIndustrial: Bool = false
    ) throws(InputError) -> PortSpec {
        if let ports {
            return try PortSpec(
                parsing: ports, for: isUDP ? [.udp] : [.tcp], services: services,
                includesIndustrial: includesIndustrial)
        }
        guard !isUDP else {
            guard topPorts == nil else {
                throw InputError(
                    "--top-ports", problem: "the list of top ports is of TCP ports",
                    remedy: "Leave it out: --udp alone probes udp:common.")
            }
            return try PortSpec(
                parsing: "udp:common", services: services, includesIndustrial: includesIndustrial)
        }
        return PortSpec(tcp: try TopPorts.tcp(topPorts ?? TopPorts.count))
    }
}
