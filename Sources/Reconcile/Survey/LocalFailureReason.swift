public import Prober
import SystemPackage

/// The word for why a probe failed on this side; stable, because files carry it.
public enum LocalFailureReason: String, Hashable, Sendable, CaseIterable {
    /// Too few file descriptors.
    case noDescriptors = "no-descriptors"
    /// No route leads to the address.
    case noRoute = "no-route"
    /// The kernel or a local rule forbids the probe.
    case notPermitted = "not-permitted"
    /// No local address or port is left to send from.
    case noAddress = "no-address"
    /// The kernel is out of memory for it.
    case noBuffers = "no-buffers"
    /// This machine's own firewall or routing rejected the packet.
    case rejectedHere = "rejected-here"
    /// The kernel joined the probing socket to itself each time.
    case selfConnect = "self-connect"
    /// The scan was stopped first.
    case interrupted
    /// Any other failed system call.
    case failed

    /// The word for `failure`.
    public init(_ failure: LocalFailure) {
        switch failure {
        case .rejectedHere: self = .rejectedHere
        case .selfConnect: self = .selfConnect
        case .interrupted: self = .interrupted
        case .system(_, let error): self = Self.words[error] ?? .failed
        }
    }

    private static let words: [Errno: LocalFailureReason] = [
        .tooManyOpenFiles: .noDescriptors, .tooManyOpenFilesInSystem: .noDescriptors,
        .networkUnreachable: .noRoute, .noRouteToHost: .noRoute, .networkDown: .noRoute,
        .notPermitted: .notPermitted, .permissionDenied: .notPermitted,
        .addressNotAvailable: .noAddress, .addressInUse: .noAddress,
        .noBufferSpace: .noBuffers, .noMemory: .noBuffers,
    ]
}
