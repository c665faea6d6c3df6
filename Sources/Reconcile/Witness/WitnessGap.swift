/// Why a witness cannot tell which probes of a scan did not come.
public enum WitnessGap: Hashable, Sendable {
    /// The file was cut, or the capture ended early.
    case incomplete
    /// So many packets were lost; nil where nobody counted.
    case dropped(UInt64?)
    /// There was no room for so many probes.
    case uncounted(UInt64)
    /// This interface alone was watched.
    case interface(String)
    /// The scan's file does not say when its probes left, and from which ports.
    case noTraces
    /// Probes of the vantage came outside the scan's time: of another scan, or the clock was set.
    case clock
    /// No probe came by which another machine's clock could be compared.
    case noProbe
    /// It did not run during the whole scan, and long enough around it.
    case time
    /// The host has none of the scan's addresses.
    case otherHost
}

extension Witness {
    /// Why it may have missed something while it ran; nil when it cannot.
    var gap: WitnessGap? {
        guard isComplete, ended != nil else { return .incomplete }
        guard dropped == 0 else { return .dropped(dropped) }
        guard uncounted == 0 else { return .uncounted(uncounted) }
        return interface == Self.allInterfaces ? nil : .interface(interface)
    }

    /// Whether nothing that came while it ran can be missing.
    var missesNothing: Bool { gap == nil }
}
