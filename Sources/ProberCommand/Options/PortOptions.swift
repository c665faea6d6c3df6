import ArgumentParser
import Prober

/// The flags that choose which ports are probed.
struct PortOptions: ParsableArguments {
    @Option(
        name: [.customShort("p", allowingJoined: true), .long],
        help: ArgumentHelp(
            "Probe these ports: 22,80,8000-8100, -, -1023, names, tcp:22 (default: --top-ports)",
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

    /// The ports chosen.
    ///
    /// - Throws: ``InputError`` about what was written.
    func spec(_ services: ServiceTable) throws(InputError) -> PortSpec {
        guard let ports else {
            return PortSpec(tcp: try TopPorts.tcp(topPorts ?? TopPorts.count))
        }
        let spec = try PortSpec(parsing: ports, services: services)
        guard spec.udp.isEmpty else {
            throw InputError(
                "--ports", problem: "udp:\(spec.udp) asks for UDP probes",
                remedy: "This version probes TCP only; leave the UDP ports out.")
        }
        return spec
    }
}
