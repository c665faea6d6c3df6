/// A format in which a host, or somebody who looked at it, says what listens.
public enum ReportFormat: String, Hashable, Sendable, CaseIterable {
    /// `netstat` of net-tools, busybox and toybox.
    case linuxNetstat = "netstat-linux"
    /// `netstat` of macOS, the BSDs, AIX, HP-UX, QNX and Junos.
    case bsdNetstat = "netstat-bsd"
    case solarisNetstat = "netstat-solaris"
    case windowsNetstat = "netstat-windows"
    /// `lsof -i` as a table.
    case lsof
    /// `lsof -F` and `-F0`.
    case lsofFields = "lsof-fields"
    case lsofJSON = "lsof-json"
    /// `ss` of iproute2.
    case socketStatistics = "ss"
    /// `sockstat` of FreeBSD and NetBSD.
    case sockstat
    /// `fstat` of OpenBSD.
    case fstat
    /// `/proc/net/tcp` and its siblings.
    case procNet = "proc-net"
    case rpcinfo
    /// `systemctl list-sockets`.
    case systemdSockets = "systemctl"
    /// `docker ps` and `docker port`.
    case dockerPorts = "docker-ps"
    case dockerInspect = "docker-inspect"
    /// `Get-NetTCPConnection` and `Get-NetUDPEndpoint`.
    case powerShell = "powershell"
    /// The table `listening_ports`.
    case osquery
    /// The facts of `listen_ports_facts`.
    case ansible
    /// `ps`, which puts names to process ids.
    case processList = "ps"
    /// `nmap -oX`.
    case nmap
    /// `/proc/net/snmp` and its siblings.
    case kernelCounters = "counters"
    /// `/etc/services`.
    case services
    /// What `prober host --format json` wrote.
    case hostReport = "prober"

    /// The format and the path in `FORMAT:FILE`; no format where the beginning names none.
    public static func named(in word: String) -> (format: ReportFormat?, path: String) {
        guard let colon = word.firstIndex(of: ":"),
            let format = ReportFormat(rawValue: String(word[..<colon]))
        else { return (nil, word) }
        return (format, String(word[word.index(after: colon)...]))
    }

    /// How people call it.
    var title: String {
        switch self {
        case .linuxNetstat: "netstat of Linux"
        case .bsdNetstat: "netstat of a BSD, macOS, AIX or HP-UX"
        case .solarisNetstat: "netstat of Solaris"
        case .windowsNetstat: "netstat of Windows"
        case .lsof, .lsofFields, .lsofJSON: "lsof"
        case .socketStatistics: "ss"
        case .sockstat: "sockstat"
        case .fstat: "fstat"
        case .procNet: "/proc/net"
        case .rpcinfo: "rpcinfo"
        case .systemdSockets: "systemctl list-sockets"
        case .dockerPorts: "docker ps"
        case .dockerInspect: "docker inspect"
        case .powerShell: "PowerShell"
        case .osquery: "osquery"
        case .ansible: "Ansible"
        case .processList: "ps"
        case .nmap: "nmap"
        case .kernelCounters: "/proc/net/snmp"
        case .services: "/etc/services"
        case .hostReport: "prober host"
        }
    }

    /// Whether it lists the sockets of a host, so that what it lacks may mean something.
    var listsSockets: Bool {
        switch self {
        case .linuxNetstat, .bsdNetstat, .solarisNetstat, .windowsNetstat, .lsof, .lsofFields,
            .socketStatistics, .sockstat, .fstat, .procNet, .powerShell, .osquery, .ansible:
            true
        case .lsofJSON, .rpcinfo, .systemdSockets, .dockerPorts, .dockerInspect, .processList,
            .nmap, .kernelCounters, .services, .hostReport:
            false
        }
    }

    /// Whether it says which device a socket is bound to.
    var tellsDevice: Bool { self == .socketStatistics || self == .hostReport }
}
