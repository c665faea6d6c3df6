import Prober
import Reconcile

/// What came of `--verify`, in lines for people.
struct VerificationLines {
    private let verification: PortVerification

    /// The lines of `verification`.
    init(_ verification: PortVerification) { self.verification = verification }

    /// What was tried, then each port that is held and not listed.
    var lines: [String] { [conclusion] + untested + verification.unlisted.map(Self.line) }

    private var conclusion: String {
        let tried = verification.sweeps.map { "\($0.transport.rawValue) \(Self.name($0.family))" }
            .joined(separator: ", ")
        let what = tried.isEmpty ? "no port" : "the ports of \(tried)"
        return switch verification.conclusion {
        case .nothingHidden: "\(what) were tried; nothing hides"
        case .hidden: "\(what) were tried; something hides"
        case .undecided: "\(what) were tried, and not everything could be told"
        }
    }

    private var untested: [String] {
        verification.sweeps.filter { !$0.untested.isEmpty }.map {
            "\($0.transport.rawValue) \(Self.name($0.family)) not tried: "
                + "\($0.untested) (for lack of privilege or of time)"
        }
    }

    private static func line(_ port: UnlistedPort) -> String {
        let lacking = port.lacks.map(name).joined(separator: " nor ")
        let place = "\(port.transport.rawValue) \(name(port.family)) port \(port.port)"
        return switch port.kind {
        case .hidden: "\(place) is HIDDEN: held, and not in \(lacking)"
        case .reserved: "\(place) is reserved by a sysctl, and held by what is not in \(lacking)"
        case .boundOrHidden:
            "\(place) is held by what is not in \(lacking): a socket that does not listen, which "
                + "this kernel does not list, or one that is hidden"
        }
    }

    private static func name(_ list: UnlistedPort.List) -> String {
        switch list {
        case .socketDiagnosis: "sock_diag"
        case .proc: "/proc/net"
        }
    }

    private static func name(_ family: IPAddress.Family) -> String {
        family == .ipv4 ? "IPv4" : "IPv6"
    }
}
