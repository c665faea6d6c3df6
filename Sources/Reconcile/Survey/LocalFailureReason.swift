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

/// The C name of an error number, as files carry it.
enum ErrnoName {
    /// `ENETUNREACH`, or `E123` for a number without a name here.
    static func of(_ error: Errno) -> String { names[error] ?? "E\(error.rawValue)" }

    /// The error that `name` stands for, as ``of(_:)`` writes it.
    static func error(named name: String) -> Errno? {
        if let error = names.first(where: { $0.value == name })?.key { return error }
        guard name.first == "E" else { return nil }
        return Int32(name.dropFirst()).map { Errno(rawValue: $0) }
    }

    private static let names: [Errno: String] = [
        .notPermitted: "EPERM", .interrupted: "EINTR", .ioError: "EIO",
        .badFileDescriptor: "EBADF", .resourceTemporarilyUnavailable: "EAGAIN",
        .noMemory: "ENOMEM", .permissionDenied: "EACCES", .badAddress: "EFAULT",
        .resourceBusy: "EBUSY", .invalidArgument: "EINVAL",
        .tooManyOpenFilesInSystem: "ENFILE", .tooManyOpenFiles: "EMFILE",
        .notSocket: "ENOTSOCK", .protocolNotSupported: "EPROTONOSUPPORT",
        .addressFamilyNotSupported: "EAFNOSUPPORT", .addressInUse: "EADDRINUSE",
        .addressNotAvailable: "EADDRNOTAVAIL", .networkDown: "ENETDOWN",
        .networkUnreachable: "ENETUNREACH", .networkReset: "ENETRESET",
        .connectionAbort: "ECONNABORTED", .connectionReset: "ECONNRESET",
        .noBufferSpace: "ENOBUFS", .socketIsConnected: "EISCONN",
        .socketNotConnected: "ENOTCONN", .timedOut: "ETIMEDOUT",
        .connectionRefused: "ECONNREFUSED", .hostIsDown: "EHOSTDOWN",
        .noRouteToHost: "EHOSTUNREACH", .alreadyInProcess: "EALREADY",
        .nowInProgress: "EINPROGRESS",
    ]
}
