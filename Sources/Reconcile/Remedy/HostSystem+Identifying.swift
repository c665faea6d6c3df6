import Prober

extension HostSystem {
    /// How to find out which process has one of `ports`, and which service that is.
    func identifying(_ transport: Transport, _ ports: PortSet) -> [Remedy.Step] {
        let port = ports.count == 1 ? ports.ranges.first?.lowerBound : nil
        switch self {
        case .linux, .linuxSystemd, .linuxOpenRC, .linuxSysV:
            return [.run(Self.socketStatistics(transport, ports))]
                + (self == .linuxSystemd ? [.run("systemctl status PID", "names its unit")] : [])
        case .aix:
            let block = transport == .tcp ? "tcpcb" : "inpcb"
            return [
                .run(
                    "netstat -Aan\(fixed: Self.search(port))",
                    "the first column is the socket's control block"),
                .run(
                    "rmsock BLOCK \(fixed: block)",
                    "names the process that holds it; it removes nothing that is in use"),
                .run(
                    "lsof -nP -i\(fixed: Self.internet(transport, port))",
                    "the same, where lsof is installed"),
                .run("ps -fp PID"),
            ]
        case .freeBSD:
            let ports = port.map { " -p \($0)" } ?? ""
            return [.run("sockstat -46l -P \(transport)\(fixed: ports)"), .run("ps -fp PID")]
        case .netBSD:
            let ports = port.map { " -p \($0)" } ?? ""
            return [.run("sockstat -n -l\(fixed: ports)"), .run("ps -fp PID")]
        case .openBSD:
            let pattern = port.map { " | grep '\(transport.rawValue) .*:\($0)'" }
            return [
                .run("fstat\(fixed: pattern ?? " | grep internet")"), .run("ps -p PID -o args"),
            ]
        case .solaris:
            let pattern = port.map { "port: \($0)$" } ?? "port: "
            return [
                .run(
                    "netstat -aun\(fixed: Self.search(port))",
                    "names the process from Solaris 11.2 on"),
                .run(
                    "ls /proc | xargs -n 1 pfiles 2>/dev/null | egrep '^[0-9]+:|\(fixed: pattern)'",
                    "the process stands above its sockets"),
                .run("svcs -p", "shows the service that each process belongs to"),
            ]
        case .macOS:
            let state = transport == .tcp ? " -sTCP:LISTEN" : ""
            return [
                .run("lsof -nP -i\(fixed: Self.internet(transport, port) + state)"),
                .run("launchctl list | grep PID", "names the job that it belongs to"),
            ]
        case .hpux:
            return [
                .run(
                    "lsof -nP -i\(fixed: Self.internet(transport, port))",
                    "where lsof is installed; nothing else there names the process"),
                .run("ps -fp PID"),
            ]
        case .windows: return Self.windowsIdentifying(transport, port)
        }
    }

    /// How to find that out where it is not known what the system is.
    static func identifyingAnywhere(_ transport: Transport, _ ports: PortSet) -> [Remedy.Step] {
        let port = ports.count == 1 ? ports.ranges.first?.lowerBound : nil
        return [
            .run(socketStatistics(transport, ports), "on Linux"),
            .run("netstat -Aan\(fixed: search(port))", "on AIX; then `rmsock`"),
            .run(
                "lsof -nP -i\(fixed: internet(transport, port))",
                "on other Unix systems that have lsof"),
            .run(("netstat -abno" as HostCommand).read(by: .powerShell), "on Windows"),
        ]
    }

    private static func windowsIdentifying(
        _ transport: Transport, _ port: UInt16?
    ) -> [Remedy.Step] {
        let ports = port.map { " -LocalPort \($0)" } ?? ""
        let list: HostCommand =
            switch transport {
            case .tcp:
                "Get-NetTCPConnection -State Listen\(fixed: ports) | Format-Table LocalAddress, LocalPort, OwningProcess"
            case .udp:
                "Get-NetUDPEndpoint\(fixed: ports) | Format-Table LocalAddress, LocalPort, OwningProcess"
            }
        return [
            .run(list.read(by: .powerShell)),
            .run(
                ("Get-CimInstance Win32_Service -Filter 'ProcessId = PID'" as HostCommand)
                    .read(by: .powerShell), "names the service"),
            .run(
                ("netstat -abno" as HostCommand).read(by: .powerShell), "on a Windows without these"
            ),
        ]
    }

    /// `ss` with only the ports that are wanted, as long as those are few.
    private static func socketStatistics(_ transport: Transport, _ ports: PortSet) -> HostCommand {
        let kind = transport == .tcp ? "-lptn" : "-lpun"
        guard ports.count <= 8 else { return "ss \(fixed: kind)" }
        let filter = ports.map { "sport = :\($0)" }.joined(separator: " or ")
        return "ss \(fixed: kind) '\(fixed: filter)'"
    }

    private static func search(_ port: UInt16?) -> String {
        port.map { " | grep '[.]\($0) '" } ?? " | grep LISTEN"
    }

    private static func internet(_ transport: Transport, _ port: UInt16?) -> String {
        transport.rawValue.uppercased() + (port.map { ":\($0)" } ?? "")
    }
}
