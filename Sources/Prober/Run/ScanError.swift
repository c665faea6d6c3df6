public import SystemPackage

/// Why a scan could not be run at all.
public enum ScanError: Error, Hashable, Sendable {
    /// The kernel refused something that every scan needs.
    case system(SystemCallName, Errno)
    /// More probes are to be in flight than descriptors may be open; `possible` of them may be.
    case tooManyInFlight(Int, limit: Int, possible: Int)
    /// So few descriptors may be open that not one probe can be sent.
    case tooFewDescriptors(limit: Int)

    /// Whether other flags would mend it.
    public var isUsage: Bool {
        switch self {
        case .system, .tooFewDescriptors: false
        case .tooManyInFlight: true
        }
    }

    init(_ failure: SystemCallFailure) { self = .system(failure.call, failure.errno) }
}

extension ScanError: CustomStringConvertible {
    /// What happened, to what, and what to do next, on one line.
    public var description: String {
        switch self {
        case .system(let call, let errno):
            "the scan could not start: \(call.rawValue) failed with \(errno.symbol) (\(errno)). "
                + "Free descriptors or memory on this machine and run it again."
        case .tooManyInFlight(let count, let limit, let possible):
            "\(count) probes in flight need more descriptors than the limit of \(limit) allows. "
                + "Lower --in-flight to \(possible), or raise the limit with `ulimit -n`."
        case .tooFewDescriptors(let limit):
            "the limit of \(limit) descriptors leaves none for a probe. "
                + "Raise it with `ulimit -n 256` or more."
        }
    }
}
