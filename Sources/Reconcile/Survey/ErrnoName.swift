import SystemPackage

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
