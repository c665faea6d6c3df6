import Prober

/// What kind of system a host has, as far as its commands differ: the system itself and, on Linux,
/// what starts its services.
public enum HostSystem: String, Hashable, Sendable, CaseIterable {
    /// Linux of which it is not known what starts services.
    case linux
    case linuxSystemd = "linux-systemd"
    case linuxOpenRC = "linux-openrc"
    case linuxSysV = "linux-sysv"
    case aix
    case freeBSD = "freebsd"
    case openBSD = "openbsd"
    case netBSD = "netbsd"
    /// Solaris and illumos.
    case solaris
    case macOS = "macos"
    case hpux = "hp-ux"
    case windows

    /// The system that calls itself `name` in `uname -s`; nil for one that nobody knows here.
    init?(uname name: String) {
        switch name {
        case "Linux": self = .linux
        case "AIX": self = .aix
        case "FreeBSD", "DragonFly", "GNU/kFreeBSD": self = .freeBSD
        case "OpenBSD": self = .openBSD
        case "NetBSD": self = .netBSD
        case "SunOS": self = .solaris
        case "Darwin": self = .macOS
        case "HP-UX": self = .hpux
        case let name where name.hasPrefix("CYGWIN_") || name.hasPrefix("MINGW"): self = .windows
        default: return nil
        }
    }

    /// Whether it is Linux, whatever starts its services.
    public var isLinux: Bool {
        switch self {
        case .linux, .linuxSystemd, .linuxOpenRC, .linuxSysV: true
        case .aix, .freeBSD, .openBSD, .netBSD, .solaris, .macOS, .hpux, .windows: false
        }
    }

    /// What two sources that say `self` and `other` come to; nil where they contradict each other.
    func joined(with other: HostSystem) -> HostSystem? {
        if self == other || other == .linux && isLinux { return self }
        return self == .linux && other.isLinux ? other : nil
    }
}

extension ReportFormat {
    /// The system that writes reports in this format; nil where several do.
    var system: HostSystem? {
        switch self {
        case .linuxNetstat, .socketStatistics, .procNet, .kernelCounters: .linux
        case .systemdSockets: .linuxSystemd
        case .solarisNetstat: .solaris
        case .windowsNetstat, .powerShell: .windows
        case .fstat: .openBSD
        case .bsdNetstat, .sockstat, .lsof, .lsofFields, .lsofJSON, .rpcinfo, .dockerPorts,
            .dockerInspect, .osquery, .ansible, .processList, .nmap, .services, .hostReport:
            nil
        }
    }
}

extension HostReport {
    /// Concludes from what is listed what kind of system the host has.
    ///
    /// `named` are the systems that its sources name; where they contradict each other, nothing is
    /// concluded. `first` is the name of the first process.
    mutating func concludeSystem(_ named: [HostSystem], first: String? = nil) {
        guard var system = named.first else { return }
        for other in named.dropFirst() {
            guard let joined = system.joined(with: other) else { return }
            system = joined
        }
        if system == .linux {
            let units = [".service", ".socket", ".scope", ".slice"]
            let hasUnits = listeners.contains { listener in
                units.contains { listener.unit?.hasSuffix($0) ?? false }
            }
            if hasUnits || first == "systemd" { system = .linuxSystemd }
            if first == "openrc-init" { system = .linuxOpenRC }
        }
        self.system = system
    }
}
