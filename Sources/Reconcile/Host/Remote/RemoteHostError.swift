/// Why a host could not be asked over ssh.
public enum RemoteHostError: Error, Hashable {
    /// This machine has no ssh.
    case noSSH
    /// ssh could not be run; with the name of the error.
    case cannotRun(SSHDestination, String)
    /// ssh did not get through to the host, with what it said.
    case notConnected(SSHDestination, message: String)
    /// It took longer than this many seconds.
    case tooSlow(SSHDestination, seconds: Int)
    /// Whoever asked does not want to wait any more.
    case stopped(SSHDestination)
    /// The host wrote more than this many bytes.
    case tooMuch(SSHDestination, byteCount: Int)
    /// The script did not come to its end, with what was said last.
    case brokeOff(SSHDestination, message: String)
    /// No command of the host lists sockets, of the system that it names.
    case noSocketTable(SSHDestination, system: String)
    /// The host has no tcpdump.
    case noTcpdump(SSHDestination)
    /// The host's tcpdump captures nothing, with what it said last.
    case cannotCapture(SSHDestination, message: String)
}

extension RemoteHostError: CustomStringConvertible {
    /// What happened, as a sentence without a full stop.
    public var summary: String {
        switch self {
        case .noSSH: "ssh is not installed on this machine"
        case .cannotRun(let host, let error): "ssh to \(host) cannot be run (\(error))"
        case .notConnected(let host, let message):
            "ssh does not get through to \(host)" + Self.quoted(message)
        case .tooSlow(let host, let seconds):
            "\(host) was not done after \(seconds) seconds, and ssh was ended"
        case .stopped(let host): "\(host) had not answered over ssh when the run was stopped"
        case .tooMuch(let host, let count):
            "\(host) wrote more than \(count >> 20) MiB, and ssh was ended"
        case .brokeOff(let host, let message):
            "\(host) did not run the script to its end" + Self.quoted(message)
        case .noSocketTable(let host, let system):
            "no command of \(host) lists its sockets"
                + (system.isEmpty
                    ? "" : ", which calls itself \(system.prefix(40).debugDescription)")
        case .noTcpdump(let host): "\(host) has no tcpdump"
        case .cannotCapture(let host, let message):
            "tcpdump of \(host) captures nothing" + Self.quoted(message)
        }
    }

    /// What happened, and what to do, in one line.
    public var description: String { "\(summary). \(remedy)" }

    private var remedy: String {
        switch self {
        case .noSSH: "Install an OpenSSH client."
        case .stopped: "Run it again."
        case .cannotRun: "Free memory or processes, and try again."
        case .notConnected(let host, _), .tooSlow(let host, _):
            "No password is asked for: see that `ssh -o BatchMode=yes \(host) true` works."
        case .tooMuch(let host, _), .brokeOff(let host, _):
            "See what `echo uname | ssh \(host) sh -s` writes: it needs a POSIX shell."
        case .noSocketTable:
            "Install ss, netstat, sockstat or lsof there, or make a report and give it to --from."
        case .noTcpdump: "Install it there, or run prober witness on the host itself."
        case .cannotCapture(let host, _):
            "It needs root or CAP_NET_RAW: see that `ssh \(host) tcpdump -i any -c 1` works."
        }
    }

    private static func quoted(_ message: String) -> String {
        message.isEmpty ? "" : ": \(message.prefix(300).trimmingFullStops)"
    }
}

extension StringProtocol {
    /// The text without the full stops at its end, for the middle of a line.
    fileprivate var trimmingFullStops: String {
        var text = String(self)
        while text.hasSuffix(".") { text.removeLast() }
        return text
    }
}
