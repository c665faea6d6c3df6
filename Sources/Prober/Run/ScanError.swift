public import SystemPackage

/// Why a scan could not be run at all.
public enum ScanError: Error, Hashable, Sendable {
    /// The kernel refused something that every scan needs.
    case system(SystemCallName, Errno)
    /// More probes are to be in flight than descriptors may be open.
    case tooFewDescriptors(inFlight: Int, limit: Int, possible: Int)

    /// Whether other flags would mend it.
    public var isUsage: Bool {
        switch self {
        case .system: false
        case .tooFewDescriptors: true
        }
    }

    init(_ failure: SystemCallFailure) { self = .system(failure.call, failure.errno) }
}

extension ScanError: CustomStringConvertible {
    /// What happened, to what, and what to do next.
    public var description: String {
        switch self {
        case .system(let call, let errno):
            """
            the scan could not start: \(call.rawValue) failed with \(errno.symbol) (\(errno))
              Free descriptors or memory on this machine and run it again.
            """
        case .tooFewDescriptors(let inFlight, let limit, let possible):
            """
            \(inFlight) probes in flight need more descriptors than the limit of \(limit) allows
              Lower --in-flight to \(possible), or raise the limit with `ulimit -n`.
            """
        }
    }
}
